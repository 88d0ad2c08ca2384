import { parseArgs } from 'node:util';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { commitBlock, crashOptions } from './blocks.ts';
import { openSnapshots } from './snapshots.ts';

/** Commits so many blocks and ends; says each height and app hash. A write that fails ends it with status 1 and the reason. */
const { positionals } = parseArgs({ allowPositionals: true });
const [folder = '', seed = '0', blocks = '0'] = positionals;
try {
  const store = CommitMultiStore.open(folder, { ...crashOptions, warn: (text) => console.error(`warning: ${text}`) });
  const snapshots = openSnapshots(folder, store, (text) => console.error(`warning: ${text}`));
  for (let left = Number(blocks); left > 0; left--) {
    commitBlock(store, Number(seed));
    snapshots.committed(store.version);
    process.stdout.write(`${store.version} ${Buffer.from(store.appHash).toString('hex')}\n`);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  await snapshots.close();
  await store.close();
} catch (error) {
  console.error(`failed: ${error}`);
  process.exit(1);
}
