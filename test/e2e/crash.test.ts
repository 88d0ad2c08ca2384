import { expect, test } from 'vitest';
import { nodeCrashRounds } from '../crash/node/rounds.ts';

test('a node killed under load comes back with every block, tx and app hash of a node that was never killed', async () => {
  const { kills, blocks, txs, backMs } = await nodeCrashRounds(1, 4, () => {});
  expect(Object.values(kills).reduce((sum, count) => sum + count)).toBe(4);
  expect(blocks).toBeGreaterThan(4);
  expect(txs).toBeGreaterThan(20);
  expect(backMs.most).toBeGreaterThan(0);
});
