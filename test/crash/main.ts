import { parseArgs } from 'node:util';
import { faultRounds } from './faults.ts';
import { flipRounds } from './flips/rounds.ts';
import { nodeCrashRounds } from './node/rounds.ts';
import { powerLossRounds } from './power/rounds.ts';
import { crashRounds } from './rounds.ts';
import { verifierCrashRounds } from './verifier/rounds.ts';

/** Each returns its figures and throws at the first state that is not what it has to be. */
const kinds: Readonly<Record<string, (seed: number, rounds: number) => Promise<object>>> = {
  store: (seed, rounds) => crashRounds(seed, rounds, console.log),
  node: (seed, rounds) => nodeCrashRounds(seed, rounds, console.log),
  verifier: (seed, rounds) => verifierCrashRounds(seed, rounds, console.log),
  power: (seed, rounds) => powerLossRounds(seed, rounds, 40, console.log),
  flips: (seed, rounds) => flipRounds(seed, rounds, console.log),
  space: (seed, rounds) => faultRounds(seed, rounds, console.log),
};

/** `npm run crash -- [KIND] --seed N --rounds M` ends with its figures as one line of JSON. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '100' } },
});
const [kind = 'store'] = positionals;
const run = kinds[kind];
if (run === undefined) {
  console.error(`npm run crash: "${kind}" is none of ${Object.keys(kinds).join(', ')}`);
  process.exit(1);
}
const figures = await run(Number(values.seed), Number(values.rounds));
const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
console.log(JSON.stringify({ kind, seed: Number(values.seed), ...figures }, plain));
