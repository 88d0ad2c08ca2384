import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CommitMultiStore, type StoreOptions } from '../chain/store/multistore.ts';
import { type Benchmark, median, rounded, timed } from './bench.ts';

const sends = 2_000;
/** Accounts made in one block. */
const fillStep = 20_000;

const options: StoreOptions = {
  meta: { chainId: 'bench-1', bech32Prefix: 'infinet' },
  stores: ['acc', 'bank'],
  pruning: { keepRecent: 100, interval: 10 },
};

/** An account's key: a prefix byte and 20 bytes of address, spread over the key space as hashes are. */
function key(prefix: string, index: number): string {
  const address = Buffer.alloc(20);
  for (let word = 0; word < 5; word += 1)
    address.writeUInt32BE(Math.imul(index + 1, 0x9e3779b1 + word * 2) >>> 0, word * 4);
  return prefix + address.toString('latin1');
}

/** What a bank send reads and writes: the sender's account (sequence) and both balances. */
function send(store: CommitMultiStore, accounts: number, height: number, index: number): void {
  const sender = (index * 7919 + height * 104_729) % accounts;
  const recipient = (sender * 31 + 17) % accounts;
  const value = Buffer.from(`${height}:${index}`.padEnd(60, '.'));
  const [acc, bank] = [store.working.store('acc'), store.working.store('bank')];
  const accountKey = key('\x01', sender);
  const balanceKeys = [key('\x02', sender), key('\x02', recipient)];
  acc.get(accountKey);
  acc.set(accountKey, value);
  for (const balance of balanceKeys) {
    bank.get(balance);
    bank.set(balance, value.subarray(0, 16));
  }
}

async function fill(store: CommitMultiStore, accounts: number): Promise<void> {
  const value = Buffer.alloc(60, 1);
  for (let done = 0; done < accounts; ) {
    for (const end = Math.min(accounts, done + fillStep); done < end; done += 1) {
      store.working.store('acc').set(key('\x01', done), value);
      store.working.store('bank').set(key('\x02', done), value.subarray(0, 16));
    }
    store.stage(store.version + 1n);
    store.commit();
    await setTimeout(1);
  }
}

/** MB by kind: all that is resident, and of that what no file backs. LMDB's pages are file-backed. */
function residentMb(): { rss: number; anonymous: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const mb = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { rss: mb('VmRSS'), anonymous: mb('RssAnon') };
}

/** Milliseconds from the start of a new process until the store in `folder` is open. */
function coldStart(folder: string): number {
  const module = join(import.meta.dirname, '../chain/store/multistore.ts');
  const script = `
    const { CommitMultiStore } = await import(${JSON.stringify(module)});
    CommitMultiStore.open(${JSON.stringify(folder)}, ${JSON.stringify(options)});
    console.log(performance.now());
    process.exit(0);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

function readFlags() {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { accounts: { type: 'string' }, blocks: { type: 'string' }, pause: { type: 'string' } },
  });
  const number = (text: string | undefined, otherwise: number) => (text === undefined ? otherwise : Number(text));
  return {
    accounts: number(values.accounts, 100_000),
    blocks: number(values.blocks, 50),
    pauseMs: number(values.pause, 0),
  };
}

export const store: Benchmark = {
  about: `reads, writes, stage and commit (fsynced) of ${sends} sends; --accounts N --blocks N --pause MS`,
  run: async (say) => {
    const { accounts, blocks, pauseMs } = readFlags();
    const folder = mkdtempSync(join(tmpdir(), 'infinet-bench-'));
    const opened = CommitMultiStore.open(folder, options);
    try {
      const start = performance.now();
      await fill(opened, accounts);
      say(`${accounts} accounts written in ${rounded((performance.now() - start) / 1000, 1)} s`);
      const times = {
        execute: [] as number[],
        stage: [] as number[],
        commit: [] as number[],
        block: [] as number[],
        cpu: [] as number[],
      };
      const began = performance.now();
      for (let height = 1; height <= blocks; height += 1) {
        const cpu = process.threadCpuUsage();
        const execute = timed(() => {
          for (let index = 0; index < sends; index += 1) send(opened, accounts, height, index);
        })[0];
        const stage = timed(() => opened.stage(opened.version + 1n))[0];
        const commit = timed(() => opened.commit())[0];
        const used = process.threadCpuUsage(cpu);
        times.cpu.push((used.user + used.system) / 1000);
        times.execute.push(execute);
        times.stage.push(stage);
        times.commit.push(commit);
        times.block.push(execute + stage + commit);
        await setTimeout(pauseMs);
      }
      const wallMs = (performance.now() - began) / blocks;
      const { rss, anonymous } = residentMb();
      await opened.close();
      const figures = {
        accounts,
        sends,
        blocks,
        executeMedianMs: rounded(median(times.execute), 1),
        stageMedianMs: rounded(median(times.stage), 1),
        commitMedianMs: rounded(median(times.commit), 1),
        blockMedianMs: rounded(median(times.block), 1),
        blockCpuMedianMs: rounded(median(times.cpu), 1),
        blockWorstMs: rounded(Math.max(...times.block), 1),
        wallMsPerBlock: rounded(wallMs, 1),
        rss_mb: rss,
        rss_anonymous_mb: anonymous,
        databaseMb: Math.round(statSync(join(folder, 'state.mdb')).size / 1e6),
        coldStartMs: Math.round(coldStart(folder)),
      };
      say(
        `reads and writes ${figures.executeMedianMs} ms, stage ${figures.stageMedianMs} ms, commit ${figures.commitMedianMs} ms`,
      );
      say(
        `a block of ${sends} sends: median ${figures.blockMedianMs} ms (${figures.blockCpuMedianMs} ms of CPU), worst ${figures.blockWorstMs} ms`,
      );
      say(
        `resident ${rss} MB, of that ${anonymous} MB not backed by files; open in a new process ${figures.coldStartMs} ms`,
      );
      return figures;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
