import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { commitBlock, crashOptions } from './blocks.ts';

/** App hashes of a store in memory that no crash has ever met, by height. */
export class Twin {
  readonly seed: number;
  readonly #store = CommitMultiStore.open(undefined, { ...crashOptions, pruning: { keepRecent: 1, interval: 1 } });
  readonly #hashes = new Map<bigint, string>();

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Lower-case hex. */
  hashAt(height: bigint): string | undefined {
    while (this.#store.version < height) {
      commitBlock(this.#store, this.seed);
      this.#hashes.set(this.#store.version, hex(this.#store.appHash));
    }
    return this.#hashes.get(height);
  }
}

/**
 * Opens the store and holds it to the twin, whichever way it is read; commits `more` blocks on top. Returns the height at
 * which it opened. Throws on any difference.
 */
export async function checkStore(folder: string, twin: Twin, more = 0): Promise<bigint> {
  const store = CommitMultiStore.open(folder, crashOptions);
  try {
    const { version } = store;
    compareStore(store, twin);
    for (let left = more; left > 0; left--) commitBlock(store, twin.seed);
    if (more > 0) compareStore(store, twin);
    return version;
  } finally {
    await store.close();
  }
}

function compareStore(store: CommitMultiStore, twin: Twin): void {
  const { version } = store;
  if (version > 0n && hex(store.appHash) !== twin.hashAt(version)) throw new Error(`another app hash at ${version}`);
  for (const name of ['bank', 'acc']) {
    for (const [key, value] of store.committed.store(name).iterate({})) {
      const flat = store.committed.store(name).get(key);
      if (flat === undefined || Buffer.compare(flat, value) !== 0) {
        throw new Error(`tree and flat state differ at ${key}, height ${version}`);
      }
    }
  }
  for (let height = store.oldest; height <= version; height += 1n) {
    if (height > 0n && hex(store.at(height).appHash) !== twin.hashAt(height)) {
      throw new Error(`another app hash at kept height ${height}`);
    }
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
