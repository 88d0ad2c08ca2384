import { parseArgs } from 'node:util';
import { simulate } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    blocks: { type: 'string', default: '200' },
    verbose: { type: 'boolean', default: false },
  },
});

const blocks = Number(values.blocks);
for (let n = 0; n < Number(values.seeds); n++) {
  const seed = Number(values.seed) + n;
  const began = performance.now();
  let height = 0n;
  try {
    const summary = await simulate({
      seed,
      blocks,
      onBlock: (block) => {
        height = block.height;
      },
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (values.verbose) {
      for (const counts of [summary.results, summary.carriedOut, summary.events])
        console.log(Object.fromEntries([...counts].sort()));
    }
    console.log(`seed ${seed}: ${blocks} blocks in ${seconds} s, ${summary.digests.at(-1)}`);
  } catch (error) {
    console.error(`seed ${seed} failed after block ${height}:`, error);
    process.exitCode = 1;
  }
}
