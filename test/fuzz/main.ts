import { parseArgs } from 'node:util';
import { Random } from '../sim/random.ts';
import { loadCorpus, saveCorpus } from './corpus.ts';
import { CoverageMeter } from './coverage.ts';
import { searchGuided, smallest } from './guided.ts';
import { readers } from './readers.ts';
import { fuzz } from './target.ts';
import { targets } from './targets.ts';

const usage = `npm run fuzz -- TARGET [--seed N] [--runs N], with TARGET one of ${Object.keys(targets).join(', ')}
npm run fuzz -- TARGET --guided [--seed N] [--runs N] [--keep], with TARGET one of ${Object.keys(readers).join(', ')}:
  looks for inputs that take new ways through the code; --keep writes them to test/fuzz/corpus
`;

/** What the run came to, beside its speed. */
async function blindly(name: string, seed: number, runs: number): Promise<{ readonly runs: number } | undefined> {
  const target = await targets[name]?.();
  if (target === undefined) return undefined;
  try {
    return await fuzz(target, (number) => new Random(number), { seed, runs });
  } finally {
    await target.close();
  }
}

async function guided(
  name: string,
  seed: number,
  runs: number,
  keep: boolean,
): Promise<(Record<string, number | boolean> & { readonly runs: number }) | undefined> {
  const reader = await readers[name]?.();
  if (reader === undefined) return undefined;
  const meter = new CoverageMeter();
  try {
    const corpus = loadCorpus(name);
    const { kept, ...figures } = await searchGuided(reader, meter, { runs, random: new Random(seed), corpus });
    if (keep) saveCorpus(name, smallest(reader, meter, kept));
    return { ...figures, guided: true, corpus: corpus.length, kept: kept.length } as const;
  } finally {
    meter.close();
    await reader.close();
  }
}

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100000' },
    guided: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const [name = ''] = positionals;
const [seed, runs] = [Number(values.seed), Number(values.runs)];
const began = performance.now();
const done = values.guided ? await guided(name, seed, runs, values.keep) : await blindly(name, seed, runs);
if (done === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const seconds = (performance.now() - began) / 1000;
  const rss_mb = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(JSON.stringify({ target: name, seed, ...done, per_second: Math.round(done.runs / seconds), rss_mb }));
}
