/**
 * The key-value interface between modules and the store.
 *
 * Keys are byte strings: one character (0 to 255) a byte, so that JavaScript's string order is byte order and a key can
 * stand in a `Map`. Values are byte arrays that nobody changes after handing them over.
 */
export type ByteString = string;

/** A half-open range of keys, `start` included, `end` excluded; either may be open. */
export interface KeyRange {
  readonly start?: ByteString;
  readonly end?: ByteString;
  readonly reverse?: boolean;
}

export interface KVReader {
  get(key: ByteString): Uint8Array | undefined;
  has(key: ByteString): boolean;
  /** Entries in byte order of their keys (descending if `reverse`). The store may not be written while this is read. */
  iterate(range: KeyRange): Iterable<readonly [ByteString, Uint8Array]>;
}

export interface KVStore extends KVReader {
  set(key: ByteString, value: Uint8Array): void;
  delete(key: ByteString): void;
}

/** Named stores seen together, readable and writable; `branch` isolates writes until `write` is called. */
export interface StateBranch {
  store(name: string): KVStore;
  branch(): ChildBranch;
}

export interface ChildBranch extends StateBranch {
  /** Hands all writes to the parent. Without it they are dropped. */
  write(): void;
}

export function fromByteString(key: ByteString): Uint8Array {
  return new Uint8Array(Buffer.from(key, 'latin1'));
}

/** The first key after every key that starts with `prefix`, or undefined if there is none (all bytes 255). */
export function prefixEnd(prefix: ByteString): ByteString | undefined {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const byte = prefix.charCodeAt(last);
    if (byte < 255) return prefix.slice(0, last) + String.fromCharCode(byte + 1);
  }
  return undefined;
}
