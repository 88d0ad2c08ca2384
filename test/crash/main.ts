import { parseArgs } from 'node:util';
import { crashRounds } from './rounds.ts';

/** `npm run crash -- --seed N --rounds M`: kills, cuts, flips and fills a store, and ends with its figures as JSON. */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '100' } },
});
const figures = await crashRounds(Number(values.seed), Number(values.rounds), console.log);
console.log(JSON.stringify({ seed: Number(values.seed), ...figures, height: Number(figures.height) }));
