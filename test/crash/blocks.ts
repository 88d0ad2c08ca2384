import type { CommitMultiStore, StoreOptions } from '../../chain/store/multistore.ts';

/** Everything happens often: checkpoints, prunes, new log files; and hardly a node stays in memory. */
export const crashOptions: StoreOptions = {
  meta: { chainId: 'infinet-crash-1', bech32Prefix: 'infinet' },
  stores: ['acc', 'bank', 'staking'],
  checkpointEvery: 6,
  logSegmentBytes: 20_000,
  pruning: { keepRecent: 12, interval: 3 },
  cache: { treeNodes: 50, readNodes: 20, valueBytes: 5000 },
};

/** Numbers from 0 to 2^32 - 1 that depend on the seed alone (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Commits the next block: its writes depend on the seed and the height alone. */
export function commitBlock(store: CommitMultiStore, seed: number): void {
  const height = store.version + 1n;
  const random = randomNumbers(seed * 1_000_003 + Number(height));
  const bank = store.working.store('bank');
  for (let left = 20 + (random() % 60); left > 0; left--) {
    const key = `balance/${random() % 1500}`;
    if (random() % 5 === 0) bank.delete(key);
    else bank.set(key, Buffer.from(`${height}`.repeat(1 + (random() % 20))));
  }
  if (random() % 3 === 0) store.working.store('acc').set(`account/${random() % 50}`, Buffer.from(`${random()}`));
  store.stage(height);
  store.commit();
}
