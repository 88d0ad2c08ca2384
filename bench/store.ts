import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CommitMultiStore } from '../chain/store/multistore.ts';
import { type Benchmark, type Figures, median, rounded, type Say, timed } from './bench.ts';
import { measureApp } from './store/app.ts';
import { execute, options } from './store/load.ts';
import { MemoryCurve, memoryMb } from './store/memory.ts';
import { measureRestore } from './store/restore.ts';

const coldShape = z.object({ openMs: z.number(), firstBlockMs: z.number() });

/** A new process opens the folder and makes its first block; both since the start of the process, milliseconds. */
function coldStart(folder: string, accounts: number, sends: number): z.infer<typeof coldShape> {
  const program = join(import.meta.dirname, 'store/load.ts');
  const args = [program, 'first', folder, String(accounts), String(sends)];
  return coldShape.parse(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
}

/** A folder that was kept from another run has its accounts. */
function fillOnce(folder: string, accounts: number): void {
  if (existsSync(join(folder, 'state.mdb'))) return;
  const program = join(import.meta.dirname, 'store/load.ts');
  execFileSync(process.execPath, [program, 'fill', folder, String(accounts)]);
}

function readFlags() {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      accounts: { type: 'string', default: '100000' },
      blocks: { type: 'string' },
      sends: { type: 'string', default: '2000' },
      pause: { type: 'string', default: '0' },
      folder: { type: 'string' },
      app: { type: 'boolean', default: false },
      restore: { type: 'boolean', default: false },
    },
  });
  return {
    accounts: Number(values.accounts),
    blocks: Number(values.blocks ?? (values.app ? 20 : 50)),
    sends: Number(values.sends),
    pauseMs: Number(values.pause),
    folder: values.folder,
    app: values.app,
    restore: values.restore,
  };
}

/** Reads and writes, stage and commit by themselves, without the app. */
async function measureStore(folder: string, flags: ReturnType<typeof readFlags>, say: Say): Promise<Figures> {
  const { accounts, blocks, sends, pauseMs } = flags;
  const start = performance.now();
  fillOnce(folder, accounts);
  const store = CommitMultiStore.open(folder, options);
  const fillSeconds = rounded((performance.now() - start) / 1000, 1);
  say(`${accounts} accounts written in ${fillSeconds} s`);
  if (flags.restore) return { accounts, fillSeconds, ...(await measureRestore(folder, store, say)) };
  const times = { execute: [], stage: [], commit: [], block: [], cpu: [] } as Record<string, number[]>;
  const note = (name: string, ms: number) => times[name]?.push(ms);
  const curve = new MemoryCurve(blocks);
  const began = performance.now();
  const cpuBefore = process.threadCpuUsage();
  for (let block = 1; block <= blocks; block += 1) {
    const cpu = process.threadCpuUsage();
    const executeMs = timed(() => execute(store, accounts, sends))[0];
    const stageMs = timed(() => store.stage(store.version + 1n))[0];
    const commitMs = timed(() => store.commit())[0];
    const used = process.threadCpuUsage(cpu);
    note('cpu', (used.user + used.system) / 1000);
    note('execute', executeMs);
    note('stage', stageMs);
    note('commit', commitMs);
    note('block', executeMs + stageMs + commitMs);
    const memory = curve.block(block);
    if (memory !== undefined && blocks >= 1000) {
      say(`block ${block}: ${memory.anonymous} MB without a file behind it, ${memory.rss} MB resident`);
    }
    await setTimeout(pauseMs);
  }
  const threadCpu = process.threadCpuUsage(cpuBefore);
  const wallMs = (performance.now() - began) / blocks;
  const { rss, anonymous, heapUsed } = memoryMb();
  await store.close();
  const middle = (name: string) => rounded(median(times[name] ?? []), 1);
  const cold = coldStart(folder, accounts, sends);
  const figures = {
    accounts,
    sends,
    blocks,
    fillSeconds,
    executeMedianMs: middle('execute'),
    stageMedianMs: middle('stage'),
    commitMedianMs: middle('commit'),
    blockMedianMs: middle('block'),
    blockCpuMedianMs: middle('cpu'),
    blockWorstMs: rounded(Math.max(...(times.block ?? [])), 1),
    /** Main thread, with what it does between blocks. */
    threadCpuMsPerBlock: rounded((threadCpu.user + threadCpu.system) / 1000 / blocks, 1),
    wallMsPerBlock: rounded(wallMs, 1),
    rss_mb: rss,
    rss_anonymous_mb: anonymous,
    rss_anonymous_most_mb: curve.mostMb,
    rss_anonymous_curve_mb: curve.text,
    heap_used_mb: heapUsed,
    databaseMb: Math.round(statSync(join(folder, 'state.mdb')).size / 1e6),
    coldOpenMs: cold.openMs,
    coldStartMs: cold.firstBlockMs,
  };
  say(
    `reads and writes ${figures.executeMedianMs} ms, stage ${figures.stageMedianMs} ms, commit ${figures.commitMedianMs} ms`,
  );
  say(
    `a block of ${sends} sends: median ${figures.blockMedianMs} ms (${figures.blockCpuMedianMs} ms of CPU), worst ${figures.blockWorstMs} ms`,
  );
  say(
    `resident ${rss} MB, of that ${anonymous} MB not backed by files (most ${curve.mostMb}); ` +
      `a new process is open after ${cold.openMs} ms and has its first block after ${cold.firstBlockMs} ms`,
  );
  return figures;
}

export const store: Benchmark = {
  about:
    'reads, writes, stage and commit (fsynced) of blocks of sends; --accounts N --blocks N --sends N --pause MS; ' +
    '--folder DIR keeps and reuses the accounts; --app: FinalizeBlock and Commit of the whole chain; --restore: a snapshot and a node that joins by it',
  run: async (say) => {
    const flags = readFlags();
    const folder = flags.folder ?? mkdtempSync(join(tmpdir(), 'infinet-bench-'));
    try {
      return flags.app ? await measureApp(folder, flags, say) : await measureStore(folder, flags, say);
    } finally {
      if (flags.folder === undefined) rmSync(folder, { recursive: true, force: true });
    }
  },
};
