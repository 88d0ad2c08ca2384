import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { blockOf, initChain, nextBlock, toyChain } from '../app/testing/toyChain.ts';
import { makeTx } from '../app/testing/txs.ts';
import { ClockWatch } from './clockWatch.ts';
import { CommitWatch } from './commitWatch.ts';
import { BlockSlices } from './slices.ts';

const abciCheck = (sequence: bigint) => ({ tx: makeTx({ sequence }), type: 0 });

/** A chain with a block of 200 txs of one account to come. */
function started() {
  const chain = toyChain();
  initChain(chain);
  nextBlock(chain);
  const txs = Array.from({ length: 200 }, (_, index) => makeTx({ sequence: BigInt(index) }));
  return { ...chain, request: blockOf(2n, txs) };
}

it('carries out a block in slices with the results of the block in one go', async () => {
  const [whole, sliced] = [started(), started()];
  const slices = new BlockSlices(sliced.app);
  const expected = whole.app.finalizeBlock(whole.request);
  expect(await slices.finalizeBlock(sliced.request)).toEqual(expected);
  expect(expected.txResults.every(({ code }) => code === 0)).toBe(true);
});

it('checks a bounded number of txs in each pause of a block, in their order, and all of them after it', async () => {
  const { app, request } = started();
  const slices = new BlockSlices(app);
  const gated = slices.gate(plain(app));
  const block = slices.finalizeBlock(request);
  const done: number[] = [];
  let during = 0;
  let isRunning = true;
  void block.then(() => {
    isRunning = false;
  });
  const checks = Array.from({ length: 500 }, async (_, index) => {
    const { code } = await gated.checkTx(abciCheck(BigInt(index)));
    if (isRunning) during++;
    done.push(index);
    return code;
  });
  await block;
  expect(during).toBeGreaterThan(0);
  // Six pauses of eight, and eight before the first.
  expect(during).toBeLessThanOrEqual(56);
  expect(new Set(await Promise.all(checks))).toEqual(new Set([0]));
  expect(done).toEqual(done.toSorted((a, b) => a - b));
});

it('lets the event loop turn while a block is executed', async () => {
  const { app, request } = started();
  let turns = 0;
  const block = new BlockSlices(app).finalizeBlock(request);
  let isRunning = true;
  void block.then(() => {
    isRunning = false;
  });
  while (isRunning) {
    await turn();
    turns++;
  }
  expect(turns).toBeGreaterThan(4);
});

function plain(app: ReturnType<typeof started>['app']) {
  return new CommitWatch(new ClockWatch(10, () => {})).follow(app);
}
