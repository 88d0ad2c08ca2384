import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommitMultiStore } from '../chain/store/multistore.ts';
import { type Benchmark, median, rounded, timed } from './bench.ts';

const accounts = 100_000;
const sends = 2_000;
const blocks = 30;

/** An account's key: a prefix byte and 20 bytes of address, spread over the key space as hashes are. */
function key(prefix: string, index: number): string {
  const address = Buffer.alloc(20);
  for (let word = 0; word < 5; word += 1)
    address.writeUInt32BE(Math.imul(index + 1, 0x9e3779b1 + word * 2) >>> 0, word * 4);
  return prefix + address.toString('latin1');
}

/** What a bank send writes: the sender's account (sequence) and both balances. */
function writeSend(store: CommitMultiStore, height: number, index: number): void {
  const sender = (index * 7919 + height * 104_729) % accounts;
  const recipient = (sender * 31 + 17) % accounts;
  const value = Buffer.from(`${height}:${index}`.padEnd(60, '.'));
  store.working.store('acc').set(key('\x01', sender), value);
  store.working.store('bank').set(key('\x02', sender), value.subarray(0, 16));
  store.working.store('bank').set(key('\x02', recipient), value.subarray(0, 16));
}

function fill(store: CommitMultiStore): void {
  const value = Buffer.alloc(60, 1);
  for (let index = 0; index < accounts; index += 1) {
    store.working.store('acc').set(key('\x01', index), value);
    store.working.store('bank').set(key('\x02', index), value.subarray(0, 16));
  }
  store.stage(1n);
  store.commit();
}

export const store: Benchmark = {
  about: `stage and commit (fsynced) of ${sends} sends' writes at ${accounts} accounts`,
  run: async (say) => {
    const folder = mkdtempSync(join(tmpdir(), 'infinet-bench-'));
    const opened = CommitMultiStore.open(folder, {
      meta: { chainId: 'bench-1', bech32Prefix: 'infinet' },
      stores: ['acc', 'bank'],
    });
    try {
      const [fillTime] = timed(() => fill(opened));
      say(`${accounts} accounts written in ${rounded(fillTime / 1000, 1)} s`);
      const stageTimes: number[] = [];
      const commitTimes: number[] = [];
      for (let height = 2; height < 2 + blocks; height += 1) {
        for (let index = 0; index < sends; index += 1) writeSend(opened, height, index);
        stageTimes.push(timed(() => opened.stage(BigInt(height)))[0]);
        commitTimes.push(timed(() => opened.commit())[0]);
      }
      const figures = {
        accounts,
        sends,
        blocks,
        stageMedianMs: rounded(median(stageTimes), 1),
        stageWorstMs: rounded(Math.max(...stageTimes), 1),
        commitMedianMs: rounded(median(commitTimes), 1),
        commitWorstMs: rounded(Math.max(...commitTimes), 1),
      };
      say(`stage (IAVL hashing): median ${figures.stageMedianMs} ms, worst ${figures.stageWorstMs} ms`);
      say(`commit (change set on disk): median ${figures.commitMedianMs} ms, worst ${figures.commitWorstMs} ms`);
      return figures;
    } finally {
      await opened.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
