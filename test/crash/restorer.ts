import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StateSync } from '../../chain/app/stateSync.ts';
import { silentLogger } from '../../chain/logger.ts';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { crashOptions } from './blocks.ts';
import { openSnapshots } from './snapshots.ts';

/**
 * Joins `folder` by the newest snapshot of `source`, as state sync does, and says each chunk that is taken and in the end the app
 * hash. After the chunk `waitAt` it waits, so that somebody can kill it there.
 */
const [source = '', folder = '', appHash = '', waitAt] = process.argv.slice(2);
const none = () => {
  throw new Error('takes no snapshot');
};
const from = openSnapshots(source, { at: none, pin: none });
const store = CommitMultiStore.open(folder, crashOptions);
const sync = new StateSync({ store, snapshots: openSnapshots(folder, store), logger: silentLogger });
const [snapshot] = from.list();
if (snapshot === undefined) throw new Error(`no snapshot in ${join(source, 'snapshots')}`);
await sync.offer({ snapshot, appHash: Buffer.from(appHash, 'hex') });
for (let index = 0; index < snapshot.chunks; index++) {
  const chunk = from.chunk(snapshot.height, snapshot.format, index) ?? new Uint8Array();
  await sync.apply({ index, chunk, sender: 'peer' });
  console.log(index);
  if (`${index}` === waitAt) await setTimeout(600_000);
}
console.log(Buffer.from(store.appHash).toString('hex'));
await store.close();
