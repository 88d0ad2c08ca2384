import { parseArgs } from 'node:util';
import { GasProbe } from './probes/gas.ts';
import { simulate } from './run.ts';
import { simulateTwin } from './twin.ts';

const help = `npm run simulate -- [options]
  --seed N      first seed (1)
  --seeds N     how many seeds, counted up (1)
  --blocks N    blocks of each chain (200)
  --twin        beside each chain a second node in another process, time zone and language, restarted every 10 blocks
  --gas         what each message type costs in CPU time for its gas, against a bank send
  --verbose     counts of results, messages and events
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    blocks: { type: 'string', default: '200' },
    twin: { type: 'boolean', default: false },
    gas: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const blocks = Number(values.blocks);
  const gas = new GasProbe();
  for (let n = 0; n < Number(values.seeds); n++) {
    const seed = Number(values.seed) + n;
    const began = performance.now();
    try {
      const summary = values.twin
        ? await simulateTwin({ seed, blocks, restartEvery: 10 })
        : await simulate({ seed, blocks, ...(values.gas && { probe: gas }) });
      if (values.verbose) {
        for (const counts of [summary.results, summary.carriedOut, summary.events]) {
          console.log(Object.fromEntries([...counts].sort()));
        }
      }
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`seed ${seed}: ${blocks} blocks in ${seconds} s, ${summary.digests.at(-1)}`);
    } catch (error) {
      console.error(`seed ${seed} failed:`, error);
      process.exitCode = 1;
    }
  }
  for (const { typeUrl, nanosecondsPerGas, ratio } of gas.prices) {
    console.log(`${ratio.toFixed(2)} x a bank send: ${nanosecondsPerGas.toFixed(2)} ns a gas unit, ${typeUrl}`);
  }
}

await main();
