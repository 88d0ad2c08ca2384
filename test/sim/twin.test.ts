import { expect, test } from 'vitest';
import { simulateTwin } from './twin.ts';

test('a node in another time zone and language, unoptimised and killed every 10 blocks, answers every block alike', async () => {
  const { digests } = await simulateTwin({ seed: 11, blocks: 24, restartEvery: 10 });
  expect(digests).toHaveLength(24);
}, 300_000);
