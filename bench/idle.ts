import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ensureCometbft } from '../chain/node/cometbft.ts';
import { localnetPaths, prepareHomes } from '../localnet/homes.ts';
import { type RunningProcess, startProcess, untilReady } from '../localnet/processes.ts';
import { servicesProgram, validatorProgram } from '../localnet/programs.ts';
import { clientNode, describeTopology, rpcUrl } from '../localnet/topology.ts';
import { freeOffset } from '../test/e2e/sharedNetwork.ts';
import { type Benchmark, type Figures, rounded, type Say } from './bench.ts';
import { lastHeight } from './chain/load.ts';
import { cpuMsOf, rssMbOf } from './chain/processes.ts';

/** Blocks before the measurement: by then V8 has compiled what runs in each block. */
const warmUpSeconds = 30;

/** The localnet's validators with oracle prices and the beacon, and nothing to do. */
async function run(say: Say): Promise<Figures> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { validators: { type: 'string', default: '4' }, seconds: { type: 'string', default: '60' } },
  });
  const validators = Number(values.validators);
  const seconds = Number(values.seconds);
  const folder = mkdtempSync(join(tmpdir(), 'infinet-idle-'));
  const running: RunningProcess[] = [];
  try {
    const cometbft = await ensureCometbft({ onProgress: say });
    const paths = localnetPaths(folder);
    const options = { validators, portOffset: await freeOffset(validators), placement: 'loopback' } as const;
    const topology = describeTopology(options);
    mkdirSync(paths.folder, { recursive: true });
    await prepareHomes(topology, options, paths, cometbft);
    running.push(startProcess(servicesProgram(topology, paths)));
    for (const validator of topology.validators) {
      // No validator needs the indexer, so there is no database.
      running.push(startProcess(validatorProgram(validator, paths, { cometbft, databaseUrl: '' })));
    }
    for (const process of running) await untilReady(process, 120);
    const rpc = rpcUrl(clientNode(topology)).replace('http://', '');
    say(`${validators} validators are up; ${warmUpSeconds} s to warm up, ${seconds} s to measure`);
    await sleep(warmUpSeconds * 1000);
    const nodes = running.slice(1);
    const [height, cpu, start] = [await lastHeight(rpc), nodes.map(({ pid }) => cpuMsOf(pid)), performance.now()];
    await sleep(seconds * 1000);
    const elapsedMs = performance.now() - start;
    const blocks = (await lastHeight(rpc)) - height;
    const shares = nodes.map(({ pid }, index) => (100 * (cpuMsOf(pid) - (cpu[index] ?? 0))) / elapsedMs);
    return {
      validators,
      block_ms: rounded(elapsedMs / blocks, 0),
      infinetd_core_percent: rounded(shares.reduce((sum, share) => sum + share, 0) / shares.length),
      infinetd_core_percent_most: rounded(Math.max(...shares)),
      infinetd_cpu_ms_per_block: rounded(
        (shares.reduce((a, b) => a + b, 0) * elapsedMs) / 100 / shares.length / blocks,
      ),
      rss_mb: rounded(Math.max(...nodes.map(({ pid }) => rssMbOf(pid))), 0),
      loadavg: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]),
    };
  } finally {
    for (const process of running.reverse()) await process.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const idle: Benchmark = {
  about: 'CPU of each infinetd of a network without txs; --validators N, --seconds N',
  run,
};
