import { rowSketch } from '../modules/contribution/formulas.ts';

/**
 * Sketch of a CSV's rows without its header, cells in the order of the file. A cell in quotes keeps commas and doubled
 * quotes; line breaks within cells cut a row in two, which only makes a copy look less alike.
 */
export function csvSketch(text: string): bigint[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return rowSketch(lines.slice(1).map(cellsOf));
}

function cellsOf(line: string): string[] {
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(cells, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
