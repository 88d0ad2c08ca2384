import type { LabelledPoints } from '../../modules/valuation/shapley.ts';
import { agreementSource, cellIsGood, freshness, inconsistency, PPM } from './ratios.ts';
import { columnNamed, decimalText, type TableSchema } from './schema.ts';
import { aliasOf, isValid, scaledFeature, secondsOf } from './sql.ts';
import type { Tables } from './tables.ts';

/** Features are scaled to whole numbers from 0 to this; 64 of them, a million rows: distances stay exact. */
const FEATURE_SCALE = 10_000;

export type ImpactSchema = NonNullable<TableSchema['impact']>;

/** Rows of `table` whose label and features are all present and valid, in the file's order, scaled by the schema's ranges. */
export async function usablePoints(
  tables: Tables,
  schema: TableSchema,
  impact: ImpactSchema,
  table: string,
): Promise<LabelledPoints> {
  const columns = await tables.columns(
    `SELECT ${pointCells(schema, impact, '').join(', ')} FROM ${table} WHERE ${isUsable(schema, impact, '')} ORDER BY rowid`,
  );
  return pointsOf(columns);
}

export interface RatedPoints {
  readonly points: LabelledPoints;
  /** For each of them completeness x accuracy x consistency x timeliness of that row, 10^-6, rounded down once. */
  readonly quality: readonly bigint[];
}

/**
 * The usable rows of the table `data`, each with its own quality, so that how a dataset is cut changes none of it. `asOf` is
 * in seconds since the Unix epoch.
 */
export async function ratedPoints(
  tables: Tables,
  schema: TableSchema,
  impact: ImpactSchema,
  { asOf, withReference }: { readonly asOf: bigint; readonly withReference: boolean },
): Promise<RatedPoints> {
  const compare = withReference && schema.keys.length > 0;
  const required = schema.columns.flatMap(({ required: needed }, at) => (needed ? [`data.c${at}`] : []));
  const cells = schema.columns.map((_, at) => `data.c${at}`);
  const goodCells = schema.columns.map((column, at) => cellIsGood(column, at, compare));
  const count = (conditions: readonly string[]) =>
    conditions.length === 0 ? '0' : conditions.map((each) => `CASE WHEN ${each} THEN 1 ELSE 0 END`).join(' + ');
  const { timestamp } = schema;
  const columns = await tables.columns(
    `SELECT ${[
      `CAST(${count(required.map((cell) => `${cell} IS NOT NULL`))} AS BIGINT)`,
      `CAST(${count(cells.map((cell) => `${cell} IS NOT NULL`))} AS BIGINT)`,
      `CAST(${count(goodCells)} AS BIGINT)`,
      'data.bad',
      timestamp === undefined ? 'CAST(NULL AS BIGINT)' : secondsOf(`data.${aliasOf(schema, timestamp.column)}`),
      ...pointCells(schema, impact, 'data.'),
    ].join(
      ', ',
    )} FROM ${agreementSource(schema, compare, `(SELECT rowid AS place, *, ${inconsistency(schema)} AS bad FROM data) data`)}
     WHERE ${isUsable(schema, impact, 'data.')} ORDER BY data.place`,
  );
  const [filled = [], present = [], good = [], bad = [], seconds = [], ...rest] = columns;
  const quality = filled.map((_, row) => {
    const fresh = timestamp === undefined ? PPM : freshnessOf(seconds[row], asOf, BigInt(timestamp.half_life_seconds));
    const part = (some: unknown, whole: bigint) => ({
      some: whole === 0n ? 1n : integer(some),
      whole: whole === 0n ? 1n : whole,
    });
    const complete = part(filled[row], BigInt(required.length));
    const accurate = part(good[row], integer(present[row]));
    if (bad[row] === true) return 0n;
    return (fresh * complete.some * accurate.some) / (complete.whole * accurate.whole);
  });
  return { points: pointsOf(rest), quality };
}

function freshnessOf(second: unknown, asOf: bigint, halfLife: bigint): bigint {
  return typeof second === 'bigint' ? freshness(asOf - second, halfLife) : 0n;
}

function isUsable(schema: TableSchema, impact: ImpactSchema, prefix: string): string {
  return [impact.label, ...impact.features]
    .map((name) => isValid(columnNamed(schema, name, 'impact'), prefix + aliasOf(schema, name)))
    .join(' AND ');
}

/** The label's cell, then each feature as a whole number. */
function pointCells(schema: TableSchema, impact: ImpactSchema, prefix: string): string[] {
  const features = impact.features.map((name) => {
    const { max, min } = rangeOf(schema, name);
    return scaledFeature(prefix + aliasOf(schema, name), { max, min, scale: FEATURE_SCALE });
  });
  return [prefix + aliasOf(schema, impact.label), ...features];
}

function pointsOf([labels = [], ...features]: readonly (readonly unknown[])[]): LabelledPoints {
  return {
    labels: labels.map(String),
    features: labels.map((_, row) => features.map((values) => Number(values[row]))),
  };
}

function integer(value: unknown): bigint {
  if (typeof value !== 'bigint') throw new TypeError(`a count is not an integer: ${String(value)}`);
  return value;
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
