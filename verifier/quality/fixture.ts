/** Tables in temporary files, for tests. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { measureTables } from './measureTables.ts';
import type { MeasureRequest } from './request.ts';

export type TableRow = Record<string, string | number | boolean | null>;

export const penguinsPath = join(import.meta.dirname, '../../node_modules/vega-datasets/data/penguins.json');
export const penguinsSchema = readFileSync(
  join(import.meta.dirname, '../../localnet/story/penguins.schema.json'),
  'utf8',
);

export function penguins(): TableRow[] {
  return JSON.parse(readFileSync(penguinsPath, 'utf8'));
}

const folder = mkdtempSync(join(tmpdir(), 'infinet-quality-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export function file(content: string | Uint8Array, name = `table-${files++}`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

export function jsonFile(rows: readonly TableRow[]): { path: string } {
  return { path: file(JSON.stringify(rows)) };
}

/** Metrics by name as plain numbers. */
export async function metricsOf(
  request: Partial<MeasureRequest> & Pick<MeasureRequest, 'data'>,
): Promise<Record<string, number>> {
  const { metrics } = await measureTables({ schema: penguinsSchema, asOf: 0n, ...request });
  return Object.fromEntries(metrics.map(({ name, value }) => [name, Number(value)]));
}
