import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureCometbft } from '../chain/node/cometbft.ts';
import { freePorts } from '../test/e2e/node.ts';
import { type Benchmark, type Figures, rounded, type Say } from './bench.ts';
import { makeOurHome, makeSimdHome, type Ports, type Transport } from './chain/homes.ts';
import { accounts, failedTxs, lastHeight, makeTxs, rounds, sendAll, untilCommitted } from './chain/load.ts';
import { Program } from './chain/processes.ts';

/** One chain under load. */
interface Setup {
  readonly name: string;
  readonly rpc: string;
  /** The state machine; where CometBFT is inside it, both. */
  readonly app: Program;
  readonly comet: Program | undefined;
  /** Txs that the chain puts into each block by itself. */
  readonly ownTxs: number;
  readonly txs: string[][];
  /** Sent before those, and not measured. */
  readonly warmUp: string[][];
}

interface Measured {
  readonly tps: number;
  readonly appCpuMs: number;
  readonly cometCpuMs: number;
  readonly rssMb: number;
}

const total = accounts * rounds;

async function measure(setup: Setup, say: Say): Promise<Measured> {
  const { rpc, app, comet } = setup;
  await untilRunning(setup);
  if (setup.warmUp.length > 0) {
    const first = await lastHeight(rpc);
    await sendAll(rpc, setup.warmUp);
    await untilCommitted(rpc, first, setup.warmUp.flat().length, setup.ownTxs);
  }
  const height = await lastHeight(rpc);
  const before = { app: app.cpuMs(), comet: comet?.cpuMs() ?? 0 };
  const start = performance.now();
  await sendAll(rpc, setup.txs);
  const last = await untilCommitted(rpc, height, total, setup.ownTxs);
  const seconds = (performance.now() - start) / 1000;
  const after = { app: app.cpuMs(), comet: comet?.cpuMs() ?? 0 };
  const failed = await failedTxs(rpc, height + 1, last);
  if (failed > 0) throw new Error(`${setup.name}: ${failed} txs failed in their blocks`);
  const measured = {
    tps: rounded(total / seconds, 0),
    appCpuMs: rounded((after.app - before.app) / total, 3),
    cometCpuMs: rounded((after.comet - before.comet) / total, 3),
    rssMb: rounded(app.rssMb(), 0),
  };
  say(
    `${setup.name}: ${measured.tps} tx/s over ${last - height} blocks, app ${measured.appCpuMs} ms of CPU a tx, ` +
      `CometBFT ${measured.cometCpuMs} ms, ${measured.rssMb} MiB`,
  );
  return measured;
}

async function untilRunning({ name, rpc, app, comet }: Setup): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (!app.isRunning || comet?.isRunning === false) break;
    try {
      if ((await lastHeight(rpc)) >= 3) return;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  throw new Error(`${name} does not make blocks:\n${app.lastWords}\n${comet?.lastWords ?? ''}`);
}

async function withHome<T>(work: (home: string, ports: Ports) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'infinet-bench-'));
  const [rpc, p2p, abci, api] = (await freePorts(4)).map((port) => `127.0.0.1:${port}`);
  if (rpc === undefined || p2p === undefined || abci === undefined || api === undefined) throw new Error('no ports');
  try {
    return await work(home, { rpc, p2p, abci, api });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function benchOurs(cometbft: string, { transport, warmUp }: Flags, say: Say): Promise<Measured> {
  return withHome(async (home, ports) => {
    await makeOurHome(home, cometbft, ports, transport);
    const main = fileURLToPath(new URL('../chain/main.ts', import.meta.url));
    const profile =
      process.env.BENCH_PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`];
    const app = new Program(process.execPath, [...profile, main, 'start', '--home', home]);
    const comet = new Program(cometbft, ['start', '--home', home]);
    const load = loadOf('infinet', 'uinf', warmUp);
    return stopping([comet, app], () =>
      measure({ name: `infinetd, ${transport}`, rpc: ports.rpc, app, comet, ownTxs: 1, ...load }, say),
    );
  });
}

/** With CometBFT inside it if no binary is given. */
function benchSimd(
  simd: string,
  cometbft: string | undefined,
  { transport, warmUp }: Flags,
  say: Say,
): Promise<Measured> {
  return withHome(async (home, ports) => {
    makeSimdHome(home, simd, ports, transport);
    const [grpc = 0] = await freePorts(1);
    const common = [
      'start',
      '--home',
      home,
      '--minimum-gas-prices',
      '0stake',
      '--log_level',
      'error',
      '--mempool.max-txs=-1',
    ];
    const quiet = [
      '--api.enable=false',
      '--grpc.enable=false',
      '--grpc.address',
      `127.0.0.1:${grpc}`,
      '--grpc-web.enable=false',
    ];
    const outside = ['--with-comet=false', '--transport', transport, '--address', `tcp://${ports.abci}`];
    const app = new Program(simd, [...common, ...quiet, ...(cometbft === undefined ? [] : outside)]);
    const comet = cometbft === undefined ? undefined : new Program(cometbft, ['start', '--home', home]);
    const load = loadOf('cosmos', 'stake', warmUp);
    const name = comet === undefined ? 'simd, CometBFT inside' : `simd, CometBFT outside, ${transport}`;
    const programs = comet === undefined ? [app] : [comet, app];
    return stopping(programs, () => measure({ name, rpc: ports.rpc, app, comet, ownTxs: 0, ...load }, say));
  });
}

async function stopping<T>(programs: readonly Program[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const program of programs) await program.stop();
  }
}

function simdBinary(): string {
  const path = process.env.SIMD ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'infinet', 'simd');
  if (!existsSync(path)) throw new Error(`simd is not at ${path}: build it (test/differential/README.md) or set SIMD`);
  return path;
}

interface Flags {
  readonly peer: boolean;
  readonly transport: Transport;
  /** Rounds that are not measured: a virtual machine compiles what runs often while it runs. */
  readonly warmUp: number;
}

function readFlags(): Flags {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      peer: { type: 'boolean', default: false },
      transport: { type: 'string', default: 'socket' },
      'warm-up': { type: 'string', default: '0' },
    },
  });
  const { peer, transport } = values;
  if (transport !== 'socket' && transport !== 'grpc') throw new Error('--transport takes "socket" or "grpc"');
  const warmUp = Number(values['warm-up']);
  if (!Number.isSafeInteger(warmUp) || warmUp < 0) throw new Error('--warm-up takes a number of rounds');
  return { peer, transport, warmUp };
}

function loadOf(prefix: string, denom: string, warmUp: number): Pick<Setup, 'txs' | 'warmUp'> {
  const all = makeTxs(prefix, denom, warmUp + rounds);
  return { warmUp: all.slice(0, warmUp), txs: all.slice(warmUp) };
}

async function run(say: Say): Promise<Figures> {
  const flags = readFlags();
  const { peer, transport, warmUp } = flags;
  const cometbft = await ensureCometbft({ onProgress: say });
  const load = rounded(loadavg()[0] ?? 0, 1);
  const ours = await benchOurs(cometbft, flags, say);
  const figures = {
    transport,
    warm_up_rounds: warmUp,
    tps: ours.tps,
    app_cpu_ms_per_tx: ours.appCpuMs,
    comet_cpu_ms_per_tx: ours.cometCpuMs,
    rss_mb: ours.rssMb,
    load_before: load,
  };
  if (!peer) return figures;
  const simd = simdBinary();
  const outside = await benchSimd(simd, cometbft, flags, say);
  const inside = await benchSimd(simd, undefined, flags, say);
  return {
    ...figures,
    peer_tps: outside.tps,
    peer_app_cpu_ms_per_tx: outside.appCpuMs,
    peer_comet_cpu_ms_per_tx: outside.cometCpuMs,
    ratio: rounded(ours.tps / outside.tps),
    peer_inside_tps: inside.tps,
    peer_inside_cpu_ms_per_tx: inside.appCpuMs,
    ratio_inside: rounded(ours.tps / inside.tps),
  };
}

export const chain: Benchmark = {
  about: `${accounts} accounts x ${rounds} bank sends through CometBFT; --peer: simd under the same load; --transport grpc, --warm-up N`,
  run,
};
