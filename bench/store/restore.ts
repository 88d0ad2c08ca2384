import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { Snapshots } from '../../chain/store/snapshots.ts';
import { type Figures, rounded, type Say, timed } from '../bench.ts';
import { options } from './load.ts';

/** Takes a snapshot of the last height and restores it into another folder, chunk by chunk as state sync does. */
export async function measureRestore(folder: string, source: CommitMultiStore, say: Say): Promise<Figures> {
  const settings = { meta: options.meta, interval: 0, keepRecent: 1, warn: say };
  const snapshots = new Snapshots({ ...settings, folder: join(folder, 'snapshots') }, source);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const taking = performance.now();
  await snapshots.take(source.version);
  const takeSeconds = rounded((performance.now() - taking) / 1000, 1);
  const takeLongestMs = rounded(delay.max / 1e6, 0);
  delay.disable();
  const [snapshot] = snapshots.list();
  if (snapshot === undefined) throw new Error('no snapshot was taken');
  say(`a snapshot of ${snapshot.chunks} chunks in ${takeSeconds} s, other work waited for ${takeLongestMs} ms at most`);
  const joining = CommitMultiStore.open(join(folder, 'joining'), options);
  const began = performance.now();
  const restore = joining.restore(snapshot, source.appHash);
  const chunkMs: number[] = [];
  for (let index = 0; index < snapshot.chunks; index += 1) {
    const chunk = snapshots.chunk(snapshot.height, snapshot.format, index) ?? new Uint8Array();
    const [ms, outcome] = timed(() => restore.add(chunk));
    if (outcome !== (index === snapshot.chunks - 1 ? 'done' : 'more')) throw new Error(`chunk ${index} is ${outcome}`);
    chunkMs.push(ms);
    await setImmediate();
  }
  const adopting = performance.now();
  await joining.adopt(restore);
  const adoptMs = rounded(performance.now() - adopting, 0);
  const restoreSeconds = rounded((performance.now() - began) / 1000, 1);
  await joining.close();
  await source.close();
  const chunkLongestMs = rounded(Math.max(...chunkMs), 0);
  say(`restored in ${restoreSeconds} s: the longest chunk took ${chunkLongestMs} ms, moving into place ${adoptMs} ms`);
  return { chunks: snapshot.chunks, takeSeconds, takeLongestMs, restoreSeconds, chunkLongestMs, adoptMs };
}
