import { type Column, columnNamed, type TableSchema } from './schema.ts';
import { aliasOf, canonical, isValid, secondsOf } from './sql.ts';
import type { Tables } from './tables.ts';

export const PPM = 1_000_000n;

/** part / whole in 10^-6, rounded down; 10^6 for a whole of nothing, in which nothing is wrong. */
export function ratio(part: bigint, whole: bigint): bigint {
  return whole === 0n ? PPM : (part * PPM) / whole;
}

/** What was counted cell by cell. */
export interface CellCounts {
  readonly rows: bigint;
  /** Cells of required columns. */
  readonly expected: bigint;
  readonly missing: bigint;
  /** Cells with something in them, in all columns of the schema. */
  readonly present: bigint;
  /** Present cells that are not of their type, range, values or pattern, or that contradict the trusted reference. */
  readonly invalid: bigint;
}

/** `withReference`: the table `reference` holds trusted rows, matched by the schema's keys. */
export async function countCells(tables: Tables, schema: TableSchema, withReference: boolean): Promise<CellCounts> {
  const compare = withReference && schema.keys.length > 0;
  const aggregates = schema.columns.flatMap((column, at) => {
    return [`count(data.c${at})`, `count(*) FILTER (WHERE ${cellIsGood(column, at, compare)})`];
  });
  const source = agreementSource(schema, compare, 'data');
  const [rows, ...counts] = integers(await tables.row(`SELECT count(*), ${aggregates.join(', ')} FROM ${source}`));
  let expected = 0n;
  let missing = 0n;
  let present = 0n;
  let valid = 0n;
  for (const [at, column] of schema.columns.entries()) {
    const filled = counts[2 * at] ?? 0n;
    present += filled;
    valid += counts[2 * at + 1] ?? 0n;
    if (!column.required) continue;
    expected += rows ?? 0n;
    missing += (rows ?? 0n) - filled;
  }
  return { rows: rows ?? 0n, expected, missing, present, invalid: present - valid };
}

/** True if the cell is valid and, where trusted rows are compared with, says the same as the row of its key. */
export function cellIsGood(column: Column, at: number, compare: boolean): string {
  const cell = `data.c${at}`;
  if (!compare) return isValid(column, cell);
  const agrees = `(ref.c${at} IS NULL OR ${canonical(column, cell)} = ${canonical(column, `ref.c${at}`)})`;
  return `${isValid(column, cell)} AND ${agrees}`;
}

/** `data` (a table or query of that name), beside its trusted rows if they are compared with. */
export function agreementSource(schema: TableSchema, compare: boolean, data: string): string {
  return compare ? `${data} LEFT JOIN (${firstOfEachKey(schema)}) ref ON ${sameKey(schema)}` : data;
}

/**
 * Rows that repeat an earlier one (the same key, or without keys the same in every column) or that break a dependency
 * (rows with equal `from` that differ in `to`); each row counts once.
 */
export async function countInconsistent(tables: Tables, schema: TableSchema): Promise<bigint> {
  const flagged = `SELECT ${inconsistency(schema)} AS bad FROM data`;
  return integers(await tables.row(`SELECT count(*) FILTER (WHERE bad) FROM (${flagged})`))[0] ?? 0n;
}

/** Whether a row of `data` is such a one. */
export function inconsistency(schema: TableSchema): string {
  const aliases = (names: readonly string[]) => names.map((name) => comparable(schema, name));
  const allPresent = (cells: readonly string[]) => cells.map((cell) => `${cell} IS NOT NULL`).join(' AND ');
  const keys = schema.keys.length > 0 ? aliases(schema.keys) : aliases(schema.columns.map(({ name }) => name));
  const repeated = `row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY rowid) > 1`;
  const flags = [schema.keys.length > 0 ? `(${repeated} AND ${allPresent(keys)})` : `(${repeated})`];
  for (const { from, to } of schema.dependencies) {
    const sources = aliases(from);
    const target = comparable(schema, to);
    const group = `OVER (PARTITION BY ${sources.join(', ')})`;
    flags.push(`(${allPresent(sources)} AND min(${target}) ${group} <> max(${target}) ${group})`);
  }
  return `coalesce(${flags.join(' OR ')}, false)`;
}

/** Mean freshness of the rows at `asOf` (seconds since the Unix epoch), in 10^-6; rows without a valid time count 0. */
export async function meanFreshness(
  tables: Tables,
  schema: TableSchema,
  timestamp: NonNullable<TableSchema['timestamp']>,
  asOf: bigint,
): Promise<bigint> {
  const seconds = secondsOf(aliasOf(schema, timestamp.column));
  const groups = await tables.rows(`SELECT ${seconds} AS second, count(*) FROM data GROUP BY second`);
  let rows = 0n;
  let sum = 0n;
  for (const [second, count] of groups) {
    if (typeof count !== 'bigint') continue;
    rows += count;
    if (typeof second === 'bigint') sum += count * freshness(asOf - second, BigInt(timestamp.half_life_seconds));
  }
  return rows === 0n ? 0n : sum / rows;
}

/**
 * Halves with each half-life, linearly in between, in 10^-6: 10^6 at age 0, 750,000 after half of it. A time in the
 * future is worth nothing: nobody gains by postdating.
 */
export function freshness(age: bigint, halfLife: bigint): bigint {
  if (age < 0n) return 0n;
  const halvings = age / halfLife;
  if (halvings >= 64n) return 0n;
  const rest = age % halfLife;
  return ((PPM >> halvings) * (2n * halfLife - rest)) / (2n * halfLife);
}

function firstOfEachKey(schema: TableSchema): string {
  const keys = schema.keys.map((name) => comparable(schema, name)).join(', ');
  return `SELECT * FROM reference QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY rowid) = 1`;
}

function sameKey(schema: TableSchema): string {
  return schema.keys
    .map((name) => `${comparable(schema, name, 'data.')} = ${comparable(schema, name, 'ref.')}`)
    .join(' AND ');
}

/** A column's cell in the form that comparisons use. */
function comparable(schema: TableSchema, name: string, table = ''): string {
  return canonical(columnNamed(schema, name, 'columns'), table + aliasOf(schema, name));
}

function integers(row: readonly unknown[]): bigint[] {
  return row.map((value) => {
    if (typeof value !== 'bigint') throw new TypeError(`a count is not an integer: ${String(value)}`);
    return value;
  });
}
