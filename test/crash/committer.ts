import { setTimeout } from 'node:timers/promises';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { Snapshots } from '../../chain/store/snapshots.ts';
import { commitBlock, crashOptions } from './blocks.ts';

/** Commits blocks and takes snapshots until it is killed or cannot write, and says after each commit how far it got. */
const [folder = '', seed = '0', pauseMs = '0'] = process.argv.slice(2);
const store = CommitMultiStore.open(folder, crashOptions);
const snapshots = new Snapshots(
  {
    folder: `${folder}/snapshots`,
    meta: crashOptions.meta,
    interval: 10,
    keepRecent: 2,
    chunkBytes: 4000,
    warn: () => {},
  },
  store,
);
for (;;) {
  commitBlock(store, Number(seed));
  snapshots.committed(store.version);
  process.stdout.write(`${store.version} ${Buffer.from(store.appHash).toString('hex')}\n`);
  await setTimeout(Number(pauseMs));
}
