import type { Batch } from './batch.ts';
import { littleEndianBytes } from './bytes.ts';
import { type HashAll, parents } from './canonical/hashing.ts';
import { CHUNK_BYTES, HASH_BYTES } from './merkle.ts';
import { packedStride } from './rules.ts';

/** Rows padded with +0 to the stride that the trace uses. */
export function packRows(values: Float32Array, rows: number): Float32Array {
  const cols = values.length / rows;
  const stride = packedStride(cols);
  if (stride === cols) return values;
  const packed = new Float32Array(rows * stride);
  for (let row = 0; row < rows; row += 1) packed.set(values.subarray(row * cols, (row + 1) * cols), row * stride);
  return packed;
}

/** Whether a packed row of so many values fills its chunks alone, so that they are the same in every batch. */
export function hasWholeChunks(cols: number): boolean {
  return packedStride(cols) * 4 >= CHUNK_BYTES;
}

/**
 * What a record contributes to the tree over a batch's features, hashed when a batch first has it: the nodes over its
 * chunks, as high up as they are its own wherever in the batch it stands.
 */
export class RowHashes {
  /** The bytes of hashes, four at a time. */
  private readonly nodes: Uint32Array;
  private readonly known: Uint8Array;
  /** Levels above the chunks, and nodes a record. */
  private readonly levels: number;
  private readonly perRow: number;

  constructor(features: number, records: number) {
    const chunks = hasWholeChunks(features) ? (packedStride(features) * 4) / CHUNK_BYTES : 0;
    let levels = 0;
    while (chunks > 0 && chunks % 2 ** (levels + 1) === 0) levels += 1;
    this.levels = levels;
    this.perRow = chunks / 2 ** levels;
    this.nodes = new Uint32Array((records * this.perRow * HASH_BYTES) / 4);
    this.known = new Uint8Array(records);
  }

  /** The nodes of a batch's rows, in batch order, concatenated: one level of the tree over its features. */
  of(batch: Batch, hash: HashAll): Uint8Array {
    const { records } = batch;
    this.learn(batch, hash);
    const words = (this.perRow * HASH_BYTES) / 4;
    const out = new Uint32Array(records.length * words);
    for (let row = 0; row < records.length; row += 1) {
      const from = (records[row] ?? 0) * words;
      for (let i = 0; i < words; i += 1) out[row * words + i] = this.nodes[from + i] ?? 0;
    }
    return new Uint8Array(out.buffer);
  }

  private learn({ records, features, labels }: Batch, hash: HashAll): void {
    const missing: number[] = [];
    for (let row = 0; row < records.length; row += 1) if (this.known[records[row] ?? 0] !== 1) missing.push(row);
    if (missing.length === 0) return;
    const width = features.length / labels.length;
    const values = new Float32Array(missing.length * width);
    missing.forEach((row, i) => {
      values.set(features.subarray(row * width, (row + 1) * width), i * width);
    });
    let level = hash(0, littleEndianBytes(packRows(values, missing.length)), CHUNK_BYTES);
    for (let i = 0; i < this.levels; i += 1) level = parents(hash, level);
    const nodes = new Uint8Array(this.nodes.buffer);
    const bytes = this.perRow * HASH_BYTES;
    missing.forEach((row, i) => {
      const record = records[row] ?? 0;
      nodes.set(level.subarray(i * bytes, (i + 1) * bytes), record * bytes);
      this.known[record] = 1;
    });
  }
}
