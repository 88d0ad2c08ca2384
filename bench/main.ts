import { availableParallelism, cpus } from 'node:os';
import type { Benchmark } from './bench.ts';
import { chain } from './chain.ts';
import { dispute } from './dispute.ts';
import { idle } from './idle.ts';
import { odds } from './odds.ts';
import { rewards } from './rewards.ts';
import { store } from './store.ts';
import { training } from './training.ts';
import { valuation } from './valuation.ts';
import { verification } from './verification.ts';

/** `npm run bench -- NAME`: readable lines while it runs, then the figures as one line of JSON. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  chain,
  idle,
  training,
  dispute,
  store,
  verification,
  odds,
  rewards,
  valuation,
};

const [name = ''] = process.argv.slice(2);
const chosen = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;

if (chosen === undefined) {
  const list = Object.entries(benchmarks).map(([key, { about }]) => `  ${key.padEnd(12)} ${about}`);
  console.error(`Usage: npm run bench -- NAME\n\n${list.join('\n')}`);
  process.exitCode = name === '' ? 0 : 1;
} else {
  const figures = await chosen.run(console.log);
  const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), node: process.version };
  console.log(JSON.stringify({ benchmark: name, ...figures, ...machine }));
}
