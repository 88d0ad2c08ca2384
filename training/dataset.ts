import { bytesToFloats, floatsToBytes } from './bytes.ts';
import { MerkleTree } from './merkle.ts';
import { RowHashes } from './rowHashes.ts';
import type { RecordSpec } from './spec.ts';

/** Data that does not fit its record specification; a run on it is INVALID. */
export class DataError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataError';
  }
}

/** One record before it is encoded. */
export interface RecordRow {
  readonly features: ArrayLike<number>;
  /** Class, from 0. */
  readonly label: number;
}

/** The file of a data set: each row's features, then its class, as float32 little endian. @throws DataError */
export function encodeRecords(record: RecordSpec, rows: readonly RecordRow[]): Uint8Array {
  const columns = record.features + 1;
  const values = new Float32Array(rows.length * columns);
  rows.forEach(({ features, label }, row) => {
    if (features.length !== record.features) {
      throw new DataError(`record ${row} has ${features.length} features, not ${record.features}`);
    }
    values.set(features, row * columns);
    values[row * columns + record.features] = label;
  });
  return floatsToBytes(values);
}

/** Records in memory. The data root is the content root of the file that holds them one after another. */
export class Dataset {
  readonly records: number;
  /** `records` rows of `features + 1` values. */
  readonly values: Float32Array;
  readonly tree: MerkleTree;
  /** Hashes of the rows that batches have been made of. */
  readonly rowHashes: RowHashes;
  private readonly record: RecordSpec;

  /** @throws DataError unless the bytes are whole records, finite, with a class below `classes` */
  constructor(record: RecordSpec, bytes: Uint8Array) {
    const columns = record.features + 1;
    if (bytes.length === 0 || bytes.length % (4 * columns) !== 0) {
      throw new DataError(`${bytes.length} bytes are not whole records of ${4 * columns} bytes`);
    }
    this.record = record;
    this.values = bytesToFloats(bytes);
    this.records = this.values.length / columns;
    this.tree = MerkleTree.ofContent(bytes);
    this.rowHashes = new RowHashes(record.features, this.records);
    this.values.forEach((value, i) => {
      const label = i % columns === record.features;
      if (!Number.isFinite(value) || (label && !(Number.isInteger(value) && value >= 0 && value < record.classes))) {
        throw new DataError(`record ${Math.floor(i / columns)}: value ${i % columns} is ${value}`);
      }
    });
  }

  get root(): Uint8Array {
    return this.tree.root;
  }

  features(index: number): Float32Array {
    const { features } = this.record;
    return this.values.subarray(index * (features + 1), index * (features + 1) + features);
  }

  label(index: number): number {
    return this.values[index * (this.record.features + 1) + this.record.features] ?? 0;
  }
}
