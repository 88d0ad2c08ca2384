import { type Database, open, type RootDatabase } from 'lmdb';
import { readBatch } from './batch.ts';
import { DamageError } from './damage.ts';

/** The tables of the state database and what their keys are; numbers are big-endian. */
export const tables = {
  /** Store (1 byte), node id (6 bytes): a node's record. */
  nodes: 0,
  /** Store (1 byte), key: the value at the last checkpoint. */
  flat: 1,
  /** Height (6 bytes): app hash, roots and next node ids. */
  versions: 2,
  /** Height (6 bytes): nodes that the version before had and this one does not. */
  orphans: 3,
  /** Names: `checkpoint` and `oldest`, heights of 6 bytes; `stores`, their names in the order of their numbers. */
  info: 4,
} as const;

const names = Object.keys(tables);

/** LMDB takes keys of up to 1,978 bytes. Longer ones are served by the trees alone. */
export const longestFlatKey = 1_900;

type Table = Database<Buffer, Buffer>;

/**
 * The state database: one LMDB environment, written in whole transactions that are on disk when they return. A reader
 * sees the last transaction that was finished when it began; a reader begins anew with each turn of the event loop.
 */
export class StateDatabase {
  readonly path: string;
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #tables: readonly Table[];
  readonly #ending: () => boolean;

  /**
   * Opens or creates the file, or with `readOnly` opens it as it is. Any number of threads of one process may have it open.
   * Once `ending` says so no transaction begins, and one of several batches is undone between two of them.
   */
  constructor(
    path: string,
    { readOnly = false, ending = () => false }: { readonly readOnly?: boolean; readonly ending?: () => boolean } = {},
  ) {
    this.path = path;
    this.#ending = ending;
    // Never `noSync`, never `useWritemap`: a kill or a power loss would leave torn pages.
    this.#root = open<Buffer, Buffer>({
      path,
      maxDbs: names.length,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
      readOnly,
    });
    this.#tables = names.map((name) =>
      this.#root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' }),
    );
  }

  #table(table: number): Table {
    const found = this.#tables[table];
    if (found === undefined) throw new Error(`the state database has no table ${table}`);
    return found;
  }

  /** The bytes are valid until the next read. */
  get(table: number, key: Buffer): Buffer | undefined {
    return this.#table(table).getBinaryFast(key);
  }

  /** Entries from `start` on, those below `end`. */
  range(table: number, start: Buffer, end: Buffer): Iterable<{ readonly key: Buffer; readonly value: Buffer }> {
    return this.#table(table).getRange({ start, end });
  }

  /** Performs the batches as one transaction and returns once it is on disk. */
  write(batches: readonly Buffer[]): void {
    this.transaction(() => {
      for (const batch of batches) {
        this.#requireTime();
        this.#perform(batch);
      }
    });
  }

  /** `work` may `put` and `remove`; a throw undoes all of it. */
  transaction<T>(work: () => T): T {
    this.#requireTime();
    const result = this.#root.transactionSync(work);
    this.refresh();
    return result;
  }

  /** Within a transaction. */
  put(table: number, key: Buffer, value: Buffer): void {
    this.#table(table).putSync(key, value);
  }

  /** Within a transaction; an absent key is left alone. */
  remove(table: number, key: Buffer): void {
    this.#table(table).removeSync(key);
  }

  /** Lets reads in this turn of the event loop see what another thread has written. */
  refresh(): void {
    for (const table of this.#tables) table.resetReadTxn();
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #requireTime(): void {
    if (this.#ending()) throw new Error('the process ends, so nothing more is written');
  }

  #perform(batch: Buffer): void {
    for (const { table, key, value } of readBatch(batch)) {
      if (value === undefined) this.#table(table).removeSync(key);
      else this.#table(table).putSync(key, value);
    }
  }
}

/** `prefix` and a number of 6 bytes. */
export function numberKey(value: number, ...prefix: readonly number[]): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + 6);
  key.set(prefix);
  key.writeUIntBE(value, prefix.length, 6);
  return key;
}

/** A height kept under a name in the `info` table. */
export function readHeight(database: StateDatabase, name: string): bigint | undefined {
  const found = database.get(tables.info, Buffer.from(name));
  if (found === undefined) return undefined;
  if (found.length !== 6) throw new DamageError(`${database.path} is damaged: "${name}" is no height`);
  return BigInt(found.readUIntBE(0, 6));
}
