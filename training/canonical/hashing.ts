import { concat, HASH_BYTES, sha256 } from '../merkle.ts';

/** The tree of `merkle.ts` over concatenated hashes, by whatever hashes many short messages fastest. */

/** Hash of prefix and message for consecutive messages of `length` bytes, the last one possibly shorter; concatenated. */
export type HashAll = (prefix: 0 | 1, messages: Uint8Array, length: number) => Uint8Array;

export function hashAll(prefix: 0 | 1, messages: Uint8Array, length: number): Uint8Array {
  const count = Math.ceil(messages.length / length);
  const out = new Uint8Array(count * HASH_BYTES);
  const input = new Uint8Array(1 + length);
  input[0] = prefix;
  for (let i = 0; i < count; i += 1) {
    const message = messages.subarray(i * length, (i + 1) * length);
    input.set(message, 1);
    out.set(sha256(input.subarray(0, 1 + message.length)), i * HASH_BYTES);
  }
  return out;
}

/** The level above concatenated hashes: pairs hashed, the last of an odd number carried up. */
export function parents(hash: HashAll, level: Uint8Array): Uint8Array {
  const odd = (level.length / HASH_BYTES) % 2 === 1;
  const paired = odd ? level.length - HASH_BYTES : level.length;
  const above = hash(1, level.subarray(0, paired), 2 * HASH_BYTES);
  return odd ? concat([above, level.subarray(paired)]) : above;
}

/** The root above concatenated hashes of at least one leaf: a copy. */
export function rootOver(hash: HashAll, leaves: Uint8Array): Uint8Array {
  let level = leaves;
  while (level.length > HASH_BYTES) level = parents(hash, level);
  return Uint8Array.from(level);
}

/** Content root of bytes that are not empty. */
export function contentRootBy(hash: HashAll, bytes: Uint8Array, chunkBytes: number): Uint8Array {
  return rootOver(hash, hash(0, bytes, chunkBytes));
}

/** Every level, leaves first, of a tree over concatenated leaf hashes. */
export function levelsOver(hash: HashAll, leaves: Uint8Array): Uint8Array[] {
  const levels = [leaves];
  for (let level = leaves; level.length > HASH_BYTES; ) {
    level = parents(hash, level);
    levels.push(level);
  }
  return levels;
}
