import { DuckDBDecimalValue } from '@duckdb/node-api';
import { knnShapley, type LabelledPoints, SHAPLEY_SCALE } from '../../modules/valuation/formulas.ts';
import { columnNamed, decimalText, type TableSchema } from './schema.ts';
import { aliasOf, isValid, numberOf } from './sql.ts';
import type { Tables } from './tables.ts';

/** Pairs of a row and a shard's row that are compared at most; a larger shard is cut after its first rows. */
export const MAX_PAIRS = 20_000_000;

/** Features are scaled to whole numbers from 0 to this. */
const FEATURE_SCALE = 1_000_000n;

export interface Impact {
  /** Sum of the rows' KNN-Shapley values, in 10^-6. */
  readonly micro: bigint;
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
  const shardRows = Math.min(shard.features.length, Math.max(1, Math.floor(MAX_PAIRS / rows)));
  const cut = { features: shard.features.slice(0, shardRows), labels: shard.labels.slice(0, shardRows) };
  const values = knnShapley(train, cut, impact.k);
  const sum = values.reduce((whole, value) => whole + value, 0n);
  return { micro: (sum * 1_000_000n) / SHAPLEY_SCALE, rows, shardRows };
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
  const cells = impact.features.map((name) => numberOf(aliasOf(schema, name)));
  const ranges = impact.features.map((name) => rangeOf(schema, name));
  const rows = await tables.rows(
    `SELECT ${[aliasOf(schema, impact.label), ...cells].join(', ')} FROM ${table} WHERE ${valid.join(' AND ')} ORDER BY rowid`,
  );
  return {
    labels: rows.map(([label]) => String(label)),
    features: rows.map(([, ...values]) =>
      values.map((value, at) => {
        if (!(value instanceof DuckDBDecimalValue)) throw new TypeError('a feature is not a decimal');
        const { max, min } = ranges[at] ?? { max: 1n, min: 0n };
        return Number(((value.value - min) * FEATURE_SCALE) / (max - min));
      }),
    ),
  };
}

/** The feature's range in 10^-9, the scale of DECIMAL(38,9). */
function rangeOf(schema: TableSchema, name: string): { min: bigint; max: bigint } {
  const { max, min } = columnNamed(schema, name, 'impact.features');
  return { min: nano(min ?? 0), max: nano(max ?? 1) };
}

function nano(value: number): bigint {
  const [whole = '0', fraction = ''] = decimalText(value).split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
