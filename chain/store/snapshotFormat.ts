import { hash } from 'node:crypto';
import { type ByteReader, ByteWriter, FormatError } from './bytes.ts';
import { postOrder, writeNode } from './iavl/nodeStream.ts';
import type { StoreMeta } from './metadata.ts';
import type { CommittedVersion } from './version.ts';

/** The only format so far. */
export const snapshotFormat = 1;
const magic = Buffer.from('IFSN');
/** A chunk ends with the first node that reaches so many bytes; CometBFT takes chunks of up to 16 MiB. */
export const chunkTarget = 4 * 1024 * 1024;
/** So many nodes are read at a time between other work, some milliseconds. */
const nodesAtOnce = 1000;

/** What a snapshot starts with. */
export interface SnapshotHead {
  readonly height: bigint;
  readonly meta: StoreMeta;
  /** Names and numbers of entries, in order of the names. */
  readonly stores: readonly (readonly [name: string, entries: number])[];
}

/**
 * The bytes of a version, the same on every node: the first chunk starts with `IFSN`, format, height, chain id, Bech32
 * prefix and the stores; then come the nodes of each tree in post-order (`iavl/nodeStream.ts`). A chunk holds whole nodes.
 * Between chunks come `undefined`s, where other work may be done.
 */
export function* snapshotChunks(
  version: CommittedVersion,
  meta: StoreMeta,
  target = chunkTarget,
): Generator<Buffer | undefined> {
  const writer = new ByteWriter();
  writer.raw(magic);
  writer.varint(snapshotFormat);
  writer.varint(Number(version.height));
  writer.string(meta.chainId);
  writer.string(meta.bech32Prefix);
  writer.varint(version.trees.size);
  for (const [name, tree] of version.trees) {
    writer.string(name);
    writer.varint(tree.size);
  }
  let nodes = 0;
  for (const tree of version.trees.values()) {
    for (const node of postOrder(tree)) {
      writeNode(writer, node);
      if (++nodes % nodesAtOnce === 0) yield undefined;
      if (writer.length >= target) yield writer.take();
    }
  }
  if (writer.length > 0) yield writer.take();
}

/** Reads the head; the reader stands at the first node then. Throws `FormatError`. */
export function readHead(reader: ByteReader): SnapshotHead {
  if (!reader.raw(4).equals(magic) || reader.varint() !== snapshotFormat) throw new FormatError('is no snapshot');
  const height = BigInt(reader.varint());
  const meta = { chainId: reader.string(), bech32Prefix: reader.string() };
  // No list of a claimed length: what a stranger claims may be more than there is memory, or than an array can have.
  const stores: (readonly [string, number])[] = [];
  for (let left = reader.varint(); left > 0; left--) stores.push([reader.string(), reader.varint()]);
  return { height, meta, stores };
}

/** What ABCI calls a snapshot's metadata: the SHA-256 of each chunk, one after another. The snapshot's hash is theirs. */
export function chunkHashes(metadata: Uint8Array): Buffer[] {
  if (metadata.length === 0 || metadata.length % 32 !== 0) throw new FormatError('has metadata that are no hashes');
  const bytes = Buffer.from(metadata);
  return Array.from({ length: bytes.length / 32 }, (_, index) => bytes.subarray(index * 32, index * 32 + 32));
}

export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}
