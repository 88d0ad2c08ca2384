import { expect, it } from 'vitest';
import { crashRounds } from '../../test/crash/rounds.ts';

it('loses no committed block and forks no app hash when killed, cut, flipped and filled up at random', async () => {
  const { rounds, height } = await crashRounds(1, 10, () => {});
  expect(Object.values(rounds).reduce((sum, count) => sum + count)).toBe(10);
  expect(height).toBeGreaterThan(100n);
  // Every round starts two processes, which on a busy machine takes its time.
}, 600_000);
