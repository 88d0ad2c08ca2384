import { expect, it } from 'vitest';
import { faultRounds } from '../../test/crash/faults.ts';
import { flipRounds } from '../../test/crash/flips/rounds.ts';
import { powerLossRounds } from '../../test/crash/power/rounds.ts';
import { crashRounds } from '../../test/crash/rounds.ts';
import { straceProblem } from '../../test/crash/strace.ts';

const silent = () => {};
const problem = straceProblem();
const withStrace = problem === undefined ? it : it.skip;

it('loses no committed block and forks no app hash when killed, cut, flipped and filled up at random', async () => {
  const { rounds, height } = await crashRounds(1, 6, silent);
  expect(Object.values(rounds).reduce((sum, count) => sum + count)).toBe(6);
  expect(height).toBeGreaterThan(100n);
});

withStrace(`is at the last committed block or the one after it, wherever the power goes${note()}`, async () => {
  const { cuts, found } = await powerLossRounds(1, 25, 8, silent);
  expect(cuts).toBe(25);
  expect(found.last).toBeGreaterThan(0);
});

withStrace(`ends with a reason, or goes on, when a write fails, and opens with the same state${note()}`, async () => {
  const { injected, ended } = await faultRounds(1, 1, silent);
  expect(injected).toBe(8);
  expect(ended).toBeGreaterThan(1);
});

it('names a flipped bit in any of its files, or has the same state', async () => {
  const { files } = await flipRounds(1, 12, silent);
  const all = Object.values(files);
  expect(all.reduce((sum, { named }) => sum + named, 0)).toBeGreaterThan(0);
  expect(all.reduce((sum, { wrong }) => sum + wrong, 0)).toBe(0);
});

function note(): string {
  return problem === undefined ? '' : ` (skipped: ${problem})`;
}
