import { expect, test } from 'vitest';
import type { abci } from '../../sdk/codec/index.ts';
import { blockOf, initChain, toyChain } from '../app/testing/toyChain.ts';
import { ClockWatch } from './clockWatch.ts';
import { CommitWatch } from './commitWatch.ts';
import { type HaltPoint, haltAfter } from './haltWatch.ts';

/** Gives blocks 1 to 3 to a chain that halts at `point`; the heights that were carried out, and what it told. */
async function heights(point: HaltPoint): Promise<[carriedOut: bigint[], told: string[]]> {
  const chain = toyChain();
  initChain(chain);
  const told: string[] = [];
  const watch = new CommitWatch(new ClockWatch(10, () => {}));
  const application = haltAfter(watch.follow(chain.app), point, {
    onReached: () => told.push('reached'),
    onPassed: () => told.push('passed'),
  });
  const done: bigint[] = [];
  for (const height of [1n, 2n, 3n]) {
    const pending = new Promise<undefined>((resolve) => setTimeout(resolve, 50, undefined));
    const answer: abci.ResponseFinalizeBlock | undefined = await Promise.race([
      Promise.resolve(application.finalizeBlock(blockOf(height, []))),
      pending,
    ]);
    if (answer === undefined) break;
    await application.commit({});
    await new Promise(setImmediate);
    done.push(height);
  }
  return [done, told];
}

test('blocks up to the halt height are carried out, which is told at once, and the next one is not answered', async () => {
  expect(await heights({ height: 2n, time: 0n })).toEqual([
    [1n, 2n],
    ['reached', 'passed'],
  ]);
});

test('blocks later than the halt time are not answered', async () => {
  expect(await heights({ height: 0n, time: 1_700_000_001n })).toEqual([[1n], ['passed']]);
});

test('without a halt point nothing stops', async () => {
  expect(await heights({ height: 0n, time: 0n })).toEqual([[1n, 2n, 3n], []]);
});
