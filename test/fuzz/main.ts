import { parseArgs } from 'node:util';
import { Random } from '../sim/random.ts';
import { fuzz } from './target.ts';
import { targets } from './targets.ts';

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '100000' } },
  allowPositionals: true,
});

const [name = ''] = positionals;
const create = targets[name];
if (create === undefined) {
  process.stderr.write(
    `npm run fuzz -- TARGET [--seed N] [--runs N], with TARGET one of ${Object.keys(targets).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  const target = await create();
  const began = performance.now();
  try {
    const done = await fuzz(target, (number) => new Random(number), { seed, runs });
    const seconds = (performance.now() - began) / 1000;
    const rss_mb = Math.round(process.memoryUsage().rss / 2 ** 20);
    console.log(JSON.stringify({ target: name, seed, ...done, per_second: Math.round(done.runs / seconds), rss_mb }));
  } finally {
    await target.close();
  }
}
