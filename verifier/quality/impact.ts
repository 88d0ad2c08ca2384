import { knnShapley, MAX_SHARD_POINTS } from '../../modules/valuation/shapley.ts';
import { type ImpactSchema, usablePoints } from './points.ts';
import type { TableSchema } from './schema.ts';
import type { Tables } from './tables.ts';

/** Pairs of a row and a shard's row that are compared at most; a larger shard is cut after its first rows. */
export const MAX_PAIRS = 20_000_000;

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
  impact: ImpactSchema,
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
