import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommitMultiStore } from '../../../chain/store/multistore.ts';
import { rollbackStore } from '../../../chain/store/rollback.ts';
import { commitBlock, crashOptions } from '../blocks.ts';
import { openSnapshots } from '../snapshots.ts';

/**
 * What is recorded: a store begins, restarts, takes blocks back and goes on; another one is restored from its snapshot.
 * Before and after each step it says at which heights the store in which folder may be found from now on.
 */
const [root = '', seedText = '0', blocksText = '40'] = process.argv.slice(2);
const seed = Number(seedText);
const blocks = Number(blocksText);
const node = join(root, 'node');

function may(folder: string, ...heights: bigint[]): void {
  process.stdout.write(`${folder} ${heights.join(' ')}\n`);
}

function commit(name: string, store: CommitMultiStore): void {
  may(name, store.version, store.version + 1n);
  commitBlock(store, seed);
  may(name, store.version);
}

async function run(count: number): Promise<bigint> {
  const store = CommitMultiStore.open(node, crashOptions);
  const snapshots = openSnapshots(node, store);
  for (let left = count; left > 0; left--) {
    commit('node', store);
    snapshots.committed(store.version);
    // Checkpoints and snapshots are written meanwhile.
    await sleep(8);
  }
  await snapshots.close();
  await store.close();
  return store.version;
}

may('node', 0n);
await run(blocks);
const tip = await run(Math.ceil(blocks / 2));
may('node', tip - 4n, tip);
await rollbackStore(node, crashOptions.meta, crashOptions.stores, 4);
may('node', tip - 4n);
await run(Math.ceil(blocks / 4));

const source = CommitMultiStore.open(node, crashOptions);
const snapshots = openSnapshots(node, source);
await snapshots.take(source.version);
const [snapshot] = snapshots.list();
if (snapshot === undefined) throw new Error('no snapshot was taken');
may('joiner', 0n);
const joiner = CommitMultiStore.open(join(root, 'joiner'), crashOptions);
const restore = joiner.restore(snapshot, source.at(snapshot.height).appHash);
for (let index = 0; index < snapshot.chunks; index++) {
  restore.add(snapshots.chunk(snapshot.height, snapshot.format, index) ?? new Uint8Array());
}
may('joiner', 0n, snapshot.height);
await joiner.adopt(restore);
may('joiner', snapshot.height);
for (let left = 8; left > 0; left--) {
  commit('joiner', joiner);
  await sleep(8);
}
await joiner.close();
await source.close();
