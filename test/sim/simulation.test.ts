import { expect, test } from 'vitest';
import { inFolder, simulate } from './run.ts';
import { notableSeeds } from './seeds.ts';
import { Simulator } from './simulator.ts';

test.each(notableSeeds)('seed $seed holds every invariant for $blocks blocks: $why', async ({ seed, blocks }) => {
  const { digests } = await simulate({ seed, blocks });
  expect(digests).toHaveLength(blocks);
});

test('the same seed gives the same results, gas and app hashes, also when the node restarts in between', async () => {
  const [calm, restarted] = [
    await simulate({ seed: 7, blocks: 30 }),
    await simulate({ seed: 7, blocks: 30, restartBefore: (height) => height % 4n === 0n }),
  ];
  expect(restarted).toEqual(calm);
});

test('a chain goes on from the state that another exported, in the middle of tasks, runs and disputes', async () => {
  await inFolder(async (folder) => {
    const first = await Simulator.start({ seed: 3, folder });
    for (let block = 0; block < 40; block++) await first.nextBlock();
    const exported = first.exportState();
    await first.close();
    await inFolder(async (next) => {
      const second = await Simulator.start({ seed: 4, folder: next }, exported);
      for (let block = 0; block < 20; block++) await second.nextBlock();
      expect(second.height).toBe(60n);
      await second.close();
    });
  });
});
