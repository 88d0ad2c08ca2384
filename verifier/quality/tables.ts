import { open } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DataRefused, MeasurementFailed, ObjectiveUnusable } from './errors.ts';
import type { TableSchema } from './schema.ts';
import { identifier, isValid, textLiteral } from './sql.ts';

export const CSV = 'text/csv';
export const JSON_ARRAY = 'application/json';
export const JSON_LINES = 'application/x-ndjson';

/** Rows beyond which a table is refused. */
export const MAX_ROWS = 1_000_000n;

export type Row = readonly unknown[];

/** A database in memory on one thread, with no way out of the process once `lock` was called. */
export class Tables {
  readonly #connection: DuckDBConnection;
  readonly #schema: TableSchema;

  private constructor(connection: DuckDBConnection, schema: TableSchema) {
    this.#connection = connection;
    this.#schema = schema;
  }

  /** @param memoryMb what DuckDB may use; it spills nothing to disk */
  static async open(schema: TableSchema, memoryMb: number): Promise<Tables> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: `${memoryMb}MB`,
      temp_directory: '',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const tables = new Tables(await instance.connect(), schema);
    await tables.#checkExpressions();
    return tables;
  }

  /** Reads a file into `table`; throws DataRefused for bytes that are not such a table. */
  async load(table: string, file: { path: string; mediaType: string }): Promise<void> {
    if (/[*?[\]{}]/.test(file.path)) throw new MeasurementFailed(`path ${file.path} would be read as a pattern`);
    const source = sourceOf(this.#schema, file.mediaType, file.path);
    try {
      const present = new Set((await this.rows(`DESCRIBE SELECT * FROM ${source}`)).map(([name]) => name));
      const cells = this.#schema.columns.map(({ name }, at) => {
        const cell = present.has(name) ? identifier(name) : 'NULL';
        return `nullif(trim(CAST(${cell} AS VARCHAR)), '') AS c${at}`;
      });
      await this.#connection.run(`CREATE TABLE ${table} AS SELECT ${cells.join(', ')} FROM ${source}`);
    } catch (error) {
      throw asLoadError(error);
    }
    const [count] = await this.row(`SELECT count(*) FROM ${table}`);
    if (typeof count === 'bigint' && count > MAX_ROWS)
      throw new DataRefused('too_many_rows', `${count}, at most ${MAX_ROWS}`);
    if (count === 0n) throw new DataRefused('no_rows', 'the table is empty');
  }

  /** Makes `data` the table of that name, once all are loaded. */
  async use(table: string): Promise<void> {
    await this.#connection.run(`CREATE OR REPLACE TABLE data AS SELECT * FROM ${table} ORDER BY rowid`);
    await this.#connection.run(`DROP TABLE ${table}`);
  }

  /** From here on no file can be opened and no setting changed. */
  async lock(): Promise<void> {
    await this.#connection.run('SET enable_external_access = false');
    await this.#connection.run('SET lock_configuration = true');
  }

  async rows(sql: string): Promise<Row[]> {
    return (await this.#connection.runAndReadAll(sql)).getRows();
  }

  /** The result column by column, for results of many rows. */
  async columns(sql: string): Promise<Row[]> {
    return (await this.#connection.runAndReadAll(sql)).getColumns();
  }

  /** The result in pieces, so that it never stands in memory whole. */
  async *pieces(sql: string): AsyncIterable<Row[]> {
    yield* (await this.#connection.stream(sql)).yieldRows();
  }

  async row(sql: string): Promise<Row> {
    const [first] = await this.rows(sql);
    if (first === undefined) throw new MeasurementFailed('a query without rows');
    return first;
  }

  close(): void {
    this.#connection.closeSync();
  }

  /** A pattern that does not compile would otherwise look like bad data. */
  async #checkExpressions(): Promise<void> {
    for (const column of this.#schema.columns) {
      try {
        await this.rows(`SELECT ${isValid(column, 'cell')} FROM (SELECT 'x' AS cell)`);
      } catch (error) {
        throw new ObjectiveUnusable(`schema: column ${column.name}: ${messageOf(error)}`);
      }
    }
  }
}

/** The kind of table by its first character: a list, an object on each line, or else CSV. */
export async function sniffMediaType(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const start = buffer.subarray(0, bytesRead).toString('utf8').trimStart();
    return start.startsWith('[') ? JSON_ARRAY : start.startsWith('{') ? JSON_LINES : CSV;
  } finally {
    await file.close();
  }
}

/** Every option that would otherwise be guessed from the data is given, so that no file chooses how it is read. */
function sourceOf(schema: TableSchema, mediaType: string, path: string): string {
  const file = textLiteral(path);
  const json = (format: string) => {
    const columns = schema.columns.map(({ name }) => `${identifier(name)}: 'VARCHAR'`).join(', ');
    return `read_json(${file}, format = '${format}', records = 'true', compression = 'uncompressed', columns = {${columns}})`;
  };
  switch (mediaType) {
    case CSV:
      return `read_csv(${file}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = '', comment = '', skip = 0, strict_mode = true, null_padding = false, ignore_errors = false, compression = 'none', encoding = 'utf-8')`;
    case JSON_ARRAY:
      return json('array');
    case JSON_LINES:
      return json('newline_delimited');
    default:
      throw new DataRefused('unsupported_media_type', `${mediaType}; known are ${CSV}, ${JSON_ARRAY}, ${JSON_LINES}`);
  }
}

/** DuckDB says by its first words whether the input is at fault; memory, files and our own mistakes are not. */
function asLoadError(error: unknown): Error {
  const message = messageOf(error);
  const ofTheData = /^(Invalid Input|Conversion) Error/.test(message);
  return ofTheData ? new DataRefused('unreadable', message.split('\n')[0] ?? '') : new MeasurementFailed(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
