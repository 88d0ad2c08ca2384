import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { abci } from '../../sdk/codec/index.ts';
import { blockOf, initChain, nextBlock, type ToyChain, toyChain } from '../app/testing/toyChain.ts';
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
  return { ...chain, request: blockOf(2n, txs), slices: new BlockSlices(machineOf(chain)) };
}

it('carries out a block in slices with the results of the block in one go', async () => {
  const [whole, sliced] = [started(), started()];
  const expected = whole.app.finalizeBlock(whole.request);
  expect(await sliced.slices.finalizeBlock(sliced.request)).toEqual(expected);
  expect(expected.txResults.every(({ code }) => code === 0)).toBe(true);
});

it('checks a bounded number of txs in each pause of a block, in their order, and all of them after it', async () => {
  const { app, request, slices } = started();
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
  const { request, slices } = started();
  let turns = 0;
  const block = slices.finalizeBlock(request);
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

/** The proposal that becomes a block if it is decided. */
function proposalOf({ decidedLastCommit: proposedLastCommit, ...block }: abci.RequestFinalizeBlock) {
  return { ...block, proposedLastCommit };
}

/** A chain behind its slices, with the number of blocks that it began to carry out. */
function watched() {
  const chain = started();
  const machine = machineOf(chain);
  const begun: bigint[] = [];
  const slices = new BlockSlices({
    get height() {
      return machine.height;
    },
    finalizeInSlices: (request, pause) => {
      begun.push(request.height);
      return machine.finalizeInSlices(request, pause);
    },
  });
  return { ...chain, begun, slices, gated: slices.gate(plain(chain.app)) };
}

const { ACCEPT } = abci.ResponseProcessProposal_ProposalStatus;

it('carries out a proposal that it accepted while the others vote, and has the results when it is decided', async () => {
  const [whole, ahead] = [started(), watched()];
  const expected = whole.app.finalizeBlock(whole.request);
  expect(await ahead.gated.processProposal(proposalOf(ahead.request))).toEqual({ status: ACCEPT });
  for (let index = 0; index < 20; index++) await turn();
  expect(ahead.begun).toEqual([2n]);
  expect(await ahead.slices.finalizeBlock(ahead.request)).toEqual(expected);
  expect(ahead.begun).toEqual([2n]);
  ahead.app.commit();
  whole.app.commit();
  expect(nextBlock(ahead)).toEqual(nextBlock(whole));
});

it.each([0, 1, 3, 20])('drops a proposal that another one took the place of after %i turns', async (turns) => {
  const [whole, ahead] = [started(), watched()];
  const other = { ...blockOf(2n, [makeTx({ sequence: 0n })]), hash: new Uint8Array(32).fill(1) };
  const expected = whole.app.finalizeBlock(other);
  await ahead.gated.processProposal(proposalOf(ahead.request));
  for (let index = 0; index < turns; index++) await turn();
  await ahead.gated.processProposal(proposalOf(other));
  for (let index = 0; index < turns; index++) await turn();
  expect(await ahead.slices.finalizeBlock(other)).toEqual(expected);
  ahead.app.commit();
  whole.app.commit();
  expect(nextBlock(ahead)).toEqual(nextBlock(whole));
});

it('carries out a block of which it saw no proposal, or another one', async () => {
  const [whole, ahead] = [started(), watched()];
  const other = { ...blockOf(2n, []), hash: new Uint8Array(32).fill(1) };
  await ahead.gated.processProposal(proposalOf(ahead.request));
  expect(await ahead.slices.finalizeBlock(other)).toEqual(whole.app.finalizeBlock(other));
});

it('keeps what is wrong with a proposal to itself until the block is decided', async () => {
  const ahead = watched();
  const future = { ...blockOf(7n, []), hash: new Uint8Array(32).fill(1) };
  await ahead.gated.processProposal(proposalOf(future));
  for (let index = 0; index < 5; index++) await turn();
  await expect(ahead.slices.finalizeBlock(future)).rejects.toThrow('block 7 came where 2 was expected');
  const whole = started();
  expect(await ahead.slices.finalizeBlock(ahead.request)).toEqual(whole.app.finalizeBlock(whole.request));
});

it('does not begin with the first block before it is decided', async () => {
  const chain = toyChain();
  initChain(chain);
  let begun = 0;
  const machine = machineOf(chain);
  const slices = new BlockSlices({
    height: 0n,
    finalizeInSlices: (request, pause) => {
      begun += 1;
      return machine.finalizeInSlices(request, pause);
    },
  });
  await slices.gate(plain(chain.app)).processProposal(proposalOf(blockOf(1n, [])));
  for (let index = 0; index < 5; index++) await turn();
  expect(begun).toBe(0);
});

function machineOf({ app, store }: ToyChain) {
  return {
    get height() {
      return store.version;
    },
    finalizeInSlices: (request: abci.RequestFinalizeBlock, pause: () => Promise<void>) =>
      app.finalizeInSlices(request, pause),
  };
}

function plain(app: ReturnType<typeof started>['app']) {
  return new CommitWatch(new ClockWatch(10, () => {})).follow(app);
}
