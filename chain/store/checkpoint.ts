import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync, renameSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteReader, ByteWriter, FormatError } from './bytes.ts';
import { DamageError } from './damage.ts';
import { syncFolder } from './files.ts';
import type { NodeHasher } from './iavl/node.ts';
import { nodeCount, postOrder, TreeBuilder, writeNode } from './iavl/nodeStream.ts';
import type { Tree } from './iavl/tree.ts';
import { CommittedVersion } from './version.ts';

/** A file `checkpoint-<height>`. */
export interface CheckpointFile {
  readonly path: string;
  readonly height: bigint;
}

const magic = Buffer.from('IFCP');
const formatVersion = 1;
/** Bytes after which the writer lets others run. */
const chunkTarget = 128 * 1024;

/** Newest first. Removes what an interrupted writer left. */
export function listCheckpoints(folder: string): CheckpointFile[] {
  const files: CheckpointFile[] = [];
  for (const name of readdirSync(folder)) {
    const [, digits, temporary] = /^checkpoint-(\d{20})(\.tmp)?$/.exec(name) ?? [];
    if (digits === undefined) continue;
    if (temporary === undefined) files.push({ path: join(folder, name), height: BigInt(digits) });
    else unlinkSync(join(folder, name));
  }
  return files.sort((a, b) => (a.height > b.height ? -1 : 1));
}

/**
 * Writes all trees of a version, a chunk at a time, so that blocks go on meanwhile. The file appears under its name once
 * it is complete and on disk.
 */
export async function writeCheckpoint(folder: string, version: CommittedVersion): Promise<CheckpointFile> {
  const path = join(folder, `checkpoint-${version.height.toString().padStart(20, '0')}`);
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    const digest = createHash('sha256');
    for (const chunk of chunksOf(version)) {
      digest.update(chunk);
      await file.writeFile(chunk);
    }
    await file.writeFile(digest.digest());
    await file.sync();
  } finally {
    await file.close();
  }
  renameSync(`${path}.tmp`, path);
  syncFolder(folder);
  return { path, height: version.height };
}

/** Chunks, each a u32 length and so many bytes of whole nodes; an empty one ends them. The first is the header. */
function* chunksOf(version: CommittedVersion): Generator<Buffer> {
  const writer = new ByteWriter();
  writer.raw(magic);
  writer.varint(formatVersion);
  writer.varint(Number(version.height));
  writer.raw(version.appHash);
  writer.varint(version.trees.size);
  for (const [name, tree] of version.trees) {
    writer.string(name);
    writer.varint(tree.size);
  }
  yield framed(writer);
  for (const tree of version.trees.values()) {
    for (const node of postOrder(tree)) {
      writeNode(writer, node);
      if (writer.length >= chunkTarget) yield framed(writer);
    }
  }
  if (writer.length > 0) yield framed(writer);
  yield framed(writer);
}

function framed(writer: ByteWriter): Buffer {
  const content = writer.take();
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** Reads a checkpoint back and verifies its digest and its app hash; throws `DamageError` with what is wrong. */
export function readCheckpoint({ path, height }: CheckpointFile, hasher: NodeHasher): CommittedVersion {
  const fd = openSync(path, 'r');
  try {
    return decode(new ChunkFile(fd), height, hasher);
  } catch (error) {
    if (error instanceof FormatError) throw new DamageError(`${path} is damaged: it ${error.message}`);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function decode(file: ChunkFile, height: bigint, hasher: NodeHasher): CommittedVersion {
  const head = file.next();
  if (!head.raw(4).equals(magic) || head.varint() !== formatVersion) throw new FormatError('is no checkpoint');
  if (BigInt(head.varint()) !== height) throw new FormatError('is of another height than its name says');
  const appHash = head.raw(32);
  const sizes = Array.from({ length: head.varint() }, () => [head.string(), head.varint()] as const);
  const trees = new Map<string, Tree>();
  let chunk = head;
  for (const [name, size] of sizes) {
    const builder = new TreeBuilder(hasher);
    for (let left = nodeCount(size); left > 0; left--) {
      if (chunk.atEnd) chunk = file.next();
      builder.add(chunk);
    }
    trees.set(name, builder.finish());
  }
  if (!file.next().atEnd) throw new FormatError('holds more nodes than it says');
  file.verifyDigest();
  const version = new CommittedVersion(height, trees);
  if (!appHash.equals(version.appHash)) throw new FormatError('has trees of another app hash than it says');
  return version;
}

/** Reads chunks and hashes all that went by. */
class ChunkFile {
  readonly #fd: number;
  readonly #digest: Hash = createHash('sha256');
  #left: number;

  constructor(fd: number) {
    this.#fd = fd;
    this.#left = fstatSync(fd).size;
  }

  next(): ByteReader {
    const length = this.#read(4);
    const content = this.#read(length.readUInt32BE(0));
    this.#digest.update(length).update(content);
    return new ByteReader(content);
  }

  verifyDigest(): void {
    if (!this.#digest.digest().equals(this.#read(32))) throw new FormatError('fails its checksum');
  }

  #read(length: number): Buffer {
    if (length > this.#left) throw new FormatError('ends early');
    this.#left -= length;
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const got = readSync(this.#fd, bytes, done, length - done, null);
      if (got === 0) throw new FormatError('ends early');
      done += got;
    }
    return bytes;
  }
}
