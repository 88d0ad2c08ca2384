import { mergeSketches, rowSketch } from '../../modules/contribution/formulas.ts';
import { DataRefused, ObjectiveUnusable } from './errors.ts';
import { measureImpact } from './impact.ts';
import { countCells, countInconsistent, meanFreshness, PPM, ratio } from './ratios.ts';
import type { Measurement, MeasureRequest, TableFile } from './request.ts';
import { parseSchema, type TableSchema } from './schema.ts';
import { sniffMediaType, Tables } from './tables.ts';

export const DEFAULT_MEMORY_MB = 512;

/**
 * Measures in this process; the bytes of strangers belong in a child process instead (`measure.ts`). Integers all
 * through, so that every verifier finds the same.
 * @throws DataRefused, ObjectiveUnusable, MeasurementFailed
 */
export async function measureTables(request: MeasureRequest): Promise<Measurement> {
  const schema = parseSchema(request.schema);
  const tables = await Tables.open(schema, request.memoryMb ?? DEFAULT_MEMORY_MB);
  try {
    await load(tables, 'data', request.data);
    if (request.holdout !== undefined) await loadTrusted(tables, 'holdout', request.holdout);
    if (request.reference !== undefined) await loadTrusted(tables, 'reference', request.reference);
    await tables.lock();
    return await measureLoaded(tables, schema, request);
  } finally {
    tables.close();
  }
}

async function measureLoaded(tables: Tables, schema: TableSchema, request: MeasureRequest): Promise<Measurement> {
  const notes: string[] = [];
  const cells = await countCells(tables, schema, request.reference !== undefined);
  const inconsistent = await countInconsistent(tables, schema);
  const metrics = new Map<string, bigint>([
    ['accuracy', ratio(cells.present - cells.invalid, cells.present)],
    ['completeness', ratio(cells.expected - cells.missing, cells.expected)],
    ['consistency', ratio(cells.rows - inconsistent, cells.rows)],
    ['inconsistent_rows', inconsistent],
    ['invalid_cells', cells.invalid],
    ['missing_cells', cells.missing],
    ['rows', cells.rows],
    ['timeliness', PPM],
  ]);
  if (schema.timestamp === undefined) notes.push('no timestamp column: timeliness is 10^6');
  else metrics.set('timeliness', await meanFreshness(tables, schema, schema.timestamp, request.asOf / 1_000_000_000n));
  if (request.reference !== undefined && schema.keys.length === 0) notes.push('no keys: the reference was not used');
  await addImpact(tables, schema, request, metrics, notes);
  return {
    metrics: [...metrics].map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    notes,
    sketch: await sketchOf(tables, schema),
  };
}

async function addImpact(
  tables: Tables,
  schema: TableSchema,
  request: MeasureRequest,
  metrics: Map<string, bigint>,
  notes: string[],
): Promise<void> {
  if (schema.impact === undefined || request.holdout === undefined) {
    notes.push('no held-out shard or no label: impact was not measured');
    return;
  }
  const impact = await measureImpact(tables, schema, schema.impact);
  metrics.set('impact_micro', impact?.micro ?? 0n);
  metrics.set('harmful_rows', BigInt(impact?.harmfulRows ?? 0));
  metrics.set('impact_rows', BigInt(impact?.rows ?? 0));
  metrics.set('shard_rows', BigInt(impact?.shardRows ?? 0));
  if (impact === undefined) notes.push('no row has a label and all features: impact is 0');
}

async function sketchOf(tables: Tables, schema: TableSchema): Promise<bigint[]> {
  const cells = schema.columns.map((_, at) => `c${at}`).join(', ');
  let sketch: bigint[] = [];
  for await (const rows of tables.pieces(`SELECT ${cells} FROM data`)) {
    const text = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
    sketch = mergeSketches(sketch, rowSketch(text));
  }
  return sketch;
}

export async function load(tables: Tables, table: string, file: TableFile): Promise<void> {
  await tables.load(table, { path: file.path, mediaType: file.mediaType ?? (await sniffMediaType(file.path)) });
}

/** What the objective brought is not the contributor's fault. */
export async function loadTrusted(tables: Tables, table: string, file: TableFile): Promise<void> {
  try {
    await load(tables, table, file);
  } catch (error) {
    if (error instanceof DataRefused) throw new ObjectiveUnusable(`${table}: ${error.message}`);
    throw error;
  }
}
