import { hash } from 'node:crypto';
import { ics23 } from '../../sdk/codec/index.ts';
import { compareKeys } from './overlay.ts';

/**
 * The Merkle map that makes one app hash of many stores, as the Cosmos SDK builds it (store v1.1, internal/maps): leaves
 * `name || SHA-256(store hash)`, each part with its varint length, in order of the names, under the tree of RFC 6962.
 */
export class MerkleMap {
  readonly #names: readonly string[];
  readonly #values: ReadonlyMap<string, Uint8Array>;
  readonly #leaves: readonly Uint8Array[];
  /** 32 bytes. */
  readonly root: Uint8Array;

  /** `values`: store name to store hash, 32 bytes. Names are ASCII, at most 127 characters. */
  constructor(values: ReadonlyMap<string, Uint8Array>) {
    this.#values = values;
    this.#names = [...values.keys()].sort(compareKeys);
    this.#leaves = this.#names.map((name) => leafHash(name, values.get(name) ?? new Uint8Array(0)));
    this.root = rootOf(this.#leaves);
  }

  /** Protobuf bytes of the `ics23.CommitmentProof` that `name` has its hash. */
  prove(name: string): Uint8Array {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`no store is called ${name}`);
    const exist: ics23.ExistenceProof = {
      key: Buffer.from(name),
      value,
      leaf: {
        hash: ics23.HashOp.SHA256,
        prehashKey: ics23.HashOp.NO_HASH,
        prehashValue: ics23.HashOp.SHA256,
        length: ics23.LengthOp.VAR_PROTO,
        prefix: leafPrefix,
      },
      path: pathTo(this.#leaves, this.#names.indexOf(name)),
    };
    return ics23.CommitmentProof.encode(ics23.CommitmentProof.fromPartial({ exist })).finish();
  }
}

const leafPrefix = Uint8Array.of(0);
const innerPrefix = Uint8Array.of(1);

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return hash('sha256', Buffer.concat(parts), 'buffer');
}

function leafHash(name: string, value: Uint8Array): Uint8Array {
  const key = Buffer.from(name);
  if (key.length === 0 || key.length > 127) throw new Error(`store name "${name}" is empty or too long`);
  return sha256(leafPrefix, Uint8Array.of(key.length), key, Uint8Array.of(32), sha256(value));
}

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const split = splitPoint(leaves.length);
  return sha256(innerPrefix, rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** The steps from a leaf up to the root. */
function pathTo(leaves: readonly Uint8Array[], index: number): ics23.InnerOp[] {
  if (leaves.length < 2) return [];
  const split = splitPoint(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  const step: ics23.InnerOp =
    index < split
      ? { hash: ics23.HashOp.SHA256, prefix: innerPrefix, suffix: rootOf(right) }
      : { hash: ics23.HashOp.SHA256, prefix: Buffer.concat([innerPrefix, rootOf(left)]), suffix: new Uint8Array(0) };
  return [...(index < split ? pathTo(left, index) : pathTo(right, index - split)), step];
}

/** Largest power of two below `length`. */
function splitPoint(length: number): number {
  return 2 ** (31 - Math.clz32(length - 1));
}
