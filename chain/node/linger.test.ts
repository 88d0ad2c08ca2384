import { expect, test } from 'vitest';
import { blockOf, initChain, toyChain } from '../app/testing/toyChain.ts';
import { FatalError, HaltError } from '../errors.ts';
import { ClockWatch } from './clockWatch.ts';
import { CommitWatch } from './commitWatch.ts';
import { linger, lingering } from './linger.ts';

const comet = (peers: string) => ({ call: async () => ({ n_peers: peers }) });

test('without peers, without CometBFT, and when the operator stops the node nobody is waited for', async () => {
  await linger(comet('0'), new AbortController().signal);
  await linger({ call: () => Promise.reject(new Error('refused')) }, new AbortController().signal);
  await linger(comet('3'), AbortSignal.abort());
});

test.each([
  [new HaltError('UPGRADE "v2" NEEDED'), 1],
  [new FatalError('broken invariants'), 0],
])('only a planned stop waits for the votes of its block: %s', async (error, waits) => {
  const chain = toyChain();
  initChain(chain);
  let waited = 0;
  const following = new CommitWatch(new ClockWatch(10, () => {})).follow(chain.app);
  const failing = {
    ...following,
    finalizeBlock: () => {
      throw error;
    },
  };
  const wait = async () => void waited++;
  await expect(lingering(failing, wait).finalizeBlock(blockOf(1n, []))).rejects.toBe(error);
  expect(waited).toBe(waits);
  const going = lingering(following, wait);
  expect(await going.finalizeBlock(blockOf(1n, []))).toHaveProperty('appHash');
});
