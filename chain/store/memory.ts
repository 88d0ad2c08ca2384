import type { ByteString, ChildBranch, KeyRange, KVStore, StateBranch } from './kv.ts';
import { compareKeys, inRange, OverlayBranch } from './overlay.ts';

class MemoryStore implements KVStore {
  readonly #entries = new Map<ByteString, Uint8Array>();

  get(key: ByteString): Uint8Array | undefined {
    return this.#entries.get(key);
  }

  has(key: ByteString): boolean {
    return this.#entries.has(key);
  }

  set(key: ByteString, value: Uint8Array): void {
    this.#entries.set(key, value);
  }

  delete(key: ByteString): void {
    this.#entries.delete(key);
  }

  *iterate(range: KeyRange): Iterable<readonly [ByteString, Uint8Array]> {
    const keys = [...this.#entries.keys()].filter((key) => inRange(key, range)).sort(compareKeys);
    if (range.reverse) keys.reverse();
    for (const key of keys) {
      const value = this.#entries.get(key);
      if (value !== undefined) yield [key, value];
    }
  }
}

/** Uncommitted state in memory, for module tests and dry runs: no versions, no proofs, nothing on disk. */
export class MemoryState implements StateBranch {
  readonly #stores = new Map<string, MemoryStore>();

  store(name: string): KVStore {
    let store = this.#stores.get(name);
    if (store === undefined) {
      store = new MemoryStore();
      this.#stores.set(name, store);
    }
    return store;
  }

  branch(): ChildBranch {
    return new OverlayBranch(this);
  }
}
