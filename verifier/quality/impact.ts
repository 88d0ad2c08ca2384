import { knnShapley, type LabelledPoints, MAX_SHARD_POINTS } from '../../modules/valuation/shapley.ts';
import { columnNamed, decimalText, type TableSchema } from './schema.ts';
import { aliasOf, isValid, scaledFeature } from './sql.ts';
import type { Tables } from './tables.ts';

/** Pairs of a row and a shard's row that are compared at most; a larger shard is cut after its first rows. */
export const MAX_PAIRS = 20_000_000;

/** Features are scaled to whole numbers from 0 to this; 64 of them, a million rows: distances stay exact. */
const FEATURE_SCALE = 10_000;

export interface Impact {
  /** Sum of the rows' KNN-Shapley values, in 10^-6. */
  readonly micro: bigint;
  /** Rows of negative value: the shard is better told without them. */
  readonly harmfulRows: number;
  /** Rows that had all features and a label. */
  readonly rows: number;
  readonly shardRows: number;
}

/** Values the rows of `data` on the rows of `holdout`; undefined if either has no usable row. */
export async function measureImpact(
  tables: Tables,
  schema: TableSchema,
  impact: NonNullable<TableSchema['impact']>,
): Promise<Impact | undefined> {
  const train = await usablePoints(tables, schema, impact, 'data');
  const shard = await usablePoints(tables, schema, impact, 'holdout');
  const rows = train.features.length;
  if (rows === 0 || shard.features.length === 0) return undefined;
  const most = Math.min(MAX_SHARD_POINTS, Math.max(1, Math.floor(MAX_PAIRS / rows)));
  const shardRows = Math.min(shard.features.length, most);
  const cut = { features: shard.features.slice(0, shardRows), labels: shard.labels.slice(0, shardRows) };
  const { utilityMicro, values } = knnShapley(train, cut, impact.k);
  const harmfulRows = values.filter((value) => value < 0n).length;
  return { micro: utilityMicro, harmfulRows, rows, shardRows };
}

/** Rows whose label and features are all present and valid, in the file's order, scaled by the schema's ranges. */
async function usablePoints(
  tables: Tables,
  schema: TableSchema,
  impact: NonNullable<TableSchema['impact']>,
  table: string,
): Promise<LabelledPoints> {
  const valid = [impact.label, ...impact.features].map((name) =>
    isValid(columnNamed(schema, name, 'impact'), aliasOf(schema, name)),
  );
  const cells = impact.features.map((name) => {
    const { max, min } = rangeOf(schema, name);
    return scaledFeature(aliasOf(schema, name), { max, min, scale: FEATURE_SCALE });
  });
  const [labels = [], ...features] = await tables.columns(
    `SELECT ${[aliasOf(schema, impact.label), ...cells].join(', ')} FROM ${table} WHERE ${valid.join(' AND ')} ORDER BY rowid`,
  );
  return {
    labels: labels.map(String),
    features: labels.map((_, row) => features.map((values) => Number(values[row]))),
  };
}

/** The feature's range in 10^-6. */
function rangeOf(schema: TableSchema, name: string): { min: bigint; max: bigint } {
  const { max, min } = columnNamed(schema, name, 'impact.features');
  return { min: micro(min ?? 0), max: micro(max ?? 1) };
}

function micro(value: number): bigint {
  const [whole = '0', fraction = ''] = decimalText(value).split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}
