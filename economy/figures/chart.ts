import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

export type Row = Readonly<Record<string, string | number>>;

/** A figure: what is drawn, and the rows that it is drawn from. */
export interface Figure {
  /** File name without its ending. */
  readonly name: string;
  readonly rows: readonly Row[];
  /** Its data and looks are added when it is drawn. */
  readonly spec: TopLevelSpec;
}

/** What held a round's budget, in colours that people who see fewer colours can tell apart (Okabe and Ito). */
export const limitColours = {
  domain: ['schedule', 'value', 'supply', 'rate'],
  range: ['#D55E00', '#0072B2', '#009E73', '#CC79A7'],
};
export const kindColours = { domain: ['dataset', 'model'], range: ['#0072B2', '#E69F00'] };

/** Looks of all figures. */
const config = {
  background: 'white',
  font: 'Helvetica, Arial, sans-serif',
  axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e8e8e8' },
  legend: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 320, titleLimit: 320 },
  concat: { spacing: 30 },
  padding: 12,
  title: {
    anchor: 'start',
    fontSize: 14,
    subtitleFontSize: 11.5,
    subtitleColor: '#555',
    subtitlePadding: 4,
    offset: 10,
  },
  header: { labelFontSize: 12, titleFontSize: 12 },
} as const;

/** Writes `<name>.svg` and `<name>.csv` and returns their paths. */
export async function writeFigure(folder: string, { name, rows, spec }: Figure): Promise<string[]> {
  const whole = { ...spec, config, data: { values: [...rows] } };
  const view = new View(parse(compile(whole).spec), { renderer: 'none' });
  const paths = ['svg', 'csv'].map((ending) => join(folder, `${name}.${ending}`));
  const [svg = '', csv = ''] = paths;
  writeFileSync(svg, await view.toSVG());
  writeFileSync(csv, csvOf(rows));
  view.finalize();
  return paths;
}

function csvOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cell = (value: string | number | undefined): string => {
    const text = String(value ?? '');
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((line) => line.map(cell).join(','))
    .join('\n')}\n`;
}

/** A time in seconds since the Unix epoch as a date. */
export function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
