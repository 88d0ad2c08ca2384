import { parseArgs } from 'node:util';
import { neverRefused, neverSucceeded } from './coverage.ts';
import { GasProbe } from './probes/gas.ts';
import { simulate, simulateTwice } from './run.ts';
import { emptySummary, merge, table } from './summary.ts';
import { simulateTwin } from './twin.ts';

const help = `npm run simulate -- [options]
  --seed N      first seed (1)
  --seeds N     how many seeds, counted up (1)
  --blocks N    blocks of each chain (200)
  --minutes N   begin no seed later than this
  --twin        beside each chain a second node in another process, time zone and language, restarted every 10 blocks
  --gas         what each message type costs in CPU time for its gas, against a bank send
Without --twin and --gas each chain runs twice, with restarts, pruning, nodes that join from snapshots and an export and
import drawn from the seed; both runs must agree. Over ${floorBlocks()} blocks and more every message type must have succeeded and every
documented error have occurred.
`;

/** Blocks of all seeds from which on the floor of coverage counts. */
function floorBlocks(): number {
  return 4_000;
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    blocks: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '0' },
    twin: { type: 'boolean', default: false },
    gas: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const blocks = Number(values.blocks);
const gas = new GasProbe();

function run(seed: number) {
  if (values.twin) return simulateTwin({ seed, blocks, restartEvery: 10 });
  return values.gas ? simulate({ seed, blocks, probe: gas }) : simulateTwice(seed, blocks);
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const all = emptySummary();
  const start = performance.now();
  const limit = Number(values.minutes) * 60_000;
  let [done, failed] = [0, 0];
  for (let n = 0; n < Number(values.seeds) && (limit === 0 || performance.now() - start < limit); n++) {
    const seed = Number(values.seed) + n;
    const began = performance.now();
    try {
      const summary = await run(seed);
      merge(all, summary);
      done++;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const lives = `${summary.joined} nodes joined, ${summary.upgrades} upgrades`;
      console.log(`seed ${seed}: ${blocks} blocks in ${seconds} s, ${lives}, ${summary.digests.at(-1)}`);
    } catch (error) {
      failed++;
      console.error(`seed ${seed} failed:`, error);
      process.exitCode = 1;
    }
  }
  conclude(all, done, failed, performance.now() - start);
}

function conclude(all: ReturnType<typeof emptySummary>, done: number, failed: number, milliseconds: number): void {
  for (const line of table(all)) console.log(line);
  for (const { typeUrl, nanosecondsPerGas, ratio } of gas.prices) {
    console.log(`${ratio.toFixed(2)} x a bank send: ${nanosecondsPerGas.toFixed(2)} ns a gas unit, ${typeUrl}`);
  }
  const missing = { never_succeeded: neverSucceeded(all), never_refused: neverRefused(all) };
  if (all.digests.length >= floorBlocks() && Object.values(missing).some((list) => list.length > 0)) {
    console.error('the floor of coverage is not reached');
    process.exitCode = 1;
  }
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((total, count) => total + count, 0);
  console.log(
    JSON.stringify({
      seeds: done,
      failed_seeds: failed,
      blocks: all.digests.length,
      txs: sum(all.results),
      txs_good: all.results.get('0') ?? 0,
      error_codes: all.results.size - (all.results.has('0') ? 1 : 0),
      joined: all.joined,
      upgrades: all.upgrades,
      seconds: Math.round(milliseconds / 1000),
      ...missing,
    }),
  );
}

await main();
