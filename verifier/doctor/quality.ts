import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from '../quality/measure.ts';
import type { Check } from './backends.ts';

const schema = JSON.stringify({ columns: [{ name: 'a', type: 'integer', required: true }], keys: ['a'] });

/** Whether data sets can be measured: DuckDB in a child process, on a table whose metrics are known. */
export async function checkQuality(): Promise<Check> {
  const base = { name: 'duckdb', needed: true };
  const folder = mkdtempSync(join(tmpdir(), 'infinet-doctor-'));
  try {
    const path = join(folder, 'table.csv');
    // Three rows of four have a value.
    writeFileSync(path, 'a,b\n1,x\n2,x\n3,x\n,x\n');
    const { metrics } = await measure({ data: { path, mediaType: 'text/csv' }, schema, asOf: 0n });
    const completeness = metrics.find(({ name }) => name === 'completeness')?.value;
    if (completeness !== 750_000n) {
      return { ...base, state: 'broken', note: `a table that is complete to 75% was measured as ${completeness}` };
    }
    return { ...base, state: 'works', note: 'measures data sets' };
  } catch (error) {
    const note = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { ...base, state: 'broken', note, remedy: 'npm install (it brings @duckdb/node-api for this platform)' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
