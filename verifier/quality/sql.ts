import { type Column, columnNamed, decimalText, isNumeric, type TableSchema } from './schema.ts';

/**
 * SQL of the measurements. Tables have columns c0, c1 ... in the schema's order, all text with spaces trimmed, null where
 * nothing was given: names and texts of strangers never stand in an expression unquoted.
 */

/** Numbers are fixed-point with twelve digits before the point and six after it, so that no float takes part. */
const decimal = 'DECIMAL(18,6)';

export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `c3` for the schema's fourth column. */
export function aliasOf(schema: TableSchema, name: string): string {
  return `c${schema.columns.indexOf(columnNamed(schema, name, 'columns'))}`;
}

/** The number in a cell, null if it is none. */
function numberOf(column: Column, cell: string): string {
  return `TRY_CAST(${cell} AS ${column.type === 'integer' ? 'BIGINT' : decimal})`;
}

/**
 * (number - min) * scale / (max - min) as a whole number, rounded down, of a cell that is valid; `min` and `max` in 10^-6.
 * In integers: DuckDB divides decimals as floats. The decimal's six places are taken as text, which cannot overflow.
 */
export function scaledFeature(cell: string, range: { min: bigint; max: bigint; scale: number }): string {
  const micro = `CAST(replace(CAST(TRY_CAST(${cell} AS ${decimal}) AS VARCHAR), '.', '') AS HUGEINT)`;
  return `CAST((${micro} - ${range.min}) * ${range.scale} // ${range.max - range.min} AS INTEGER)`;
}

/** The cell as text that is equal for equal values: 1, 1.0 and +1 are one key. */
export function canonical(column: Column, cell: string): string {
  return isNumeric(column) ? `coalesce(CAST(${numberOf(column, cell)} AS VARCHAR), ${cell})` : cell;
}

/** Whole seconds since the Unix epoch, null if the cell is no UTC time in ISO 8601. */
export function secondsOf(cell: string): string {
  const shape = '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?Z?)?';
  const time = `TRY_CAST(${cell} AS TIMESTAMP)`;
  return `CASE WHEN regexp_full_match(${cell}, ${textLiteral(shape)}) THEN epoch_ms(${time}) // 1000 END`;
}

/** True if the cell is of the column's type, in its range, one of its values, of its pattern; false or null otherwise. */
export function isValid(column: Column, cell: string): string {
  const parts = [isOfType(column, cell)];
  if (column.min !== undefined) parts.push(`${numberOf(column, cell)} >= ${decimalText(column.min)}`);
  if (column.max !== undefined) parts.push(`${numberOf(column, cell)} <= ${decimalText(column.max)}`);
  if (column.values !== undefined) parts.push(`${cell} IN (${column.values.map(textLiteral).join(', ')})`);
  if (column.pattern !== undefined) parts.push(`regexp_full_match(${cell}, ${textLiteral(column.pattern)})`);
  return `(${parts.join(' AND ')})`;
}

function isOfType(column: Column, cell: string): string {
  const like = (shape: string) => `regexp_full_match(${cell}, ${textLiteral(shape)})`;
  switch (column.type) {
    case 'number':
      return `${like('[+-]?[0-9]{1,12}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?')} AND ${numberOf(column, cell)} IS NOT NULL`;
    case 'integer':
      return `${like('[+-]?[0-9]{1,18}([.]0{1,9})?')} AND ${numberOf(column, cell)} IS NOT NULL`;
    case 'boolean':
      return `lower(${cell}) IN ('true', 'false')`;
    case 'timestamp':
      return `${secondsOf(cell)} IS NOT NULL`;
    case 'text':
      return `${cell} IS NOT NULL`;
  }
}
