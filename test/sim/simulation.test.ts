import { expect, test, vi } from 'vitest';
import { validatorSets } from '../../chain/app/kernelState.ts';
import { consensusAddress } from '../../chain/app/validators.ts';
import { abci } from '../../sdk/codec/index.ts';
import { documentedErrors, neverRefused, neverSucceeded } from './coverage.ts';
import { misbehavior as accusations } from './evidence.ts';
import { Random } from './random.ts';
import { firstDifference, inFolder, simulate, simulateTwice } from './run.ts';
import { coveringSeeds, livelySeed, notableSeeds } from './seeds.ts';
import { Simulator } from './simulator.ts';
import { emptySummary, merge } from './summary.ts';

// Generous: other programs share the machine.
vi.setConfig({ testTimeout: 900_000 });

test.each(notableSeeds)('seed $seed holds every invariant for $blocks blocks: $why', async ({ seed, blocks }) => {
  const { digests } = await simulate({ seed, blocks });
  expect(digests).toHaveLength(blocks);
});

test('a chain is the same twice, whatever its nodes keep and when they restart, join from snapshots or begin anew', async () => {
  const { digests, joined, upgrades } = await simulateTwice(livelySeed, 64);
  expect(digests).toHaveLength(64);
  // What did not happen has shown nothing.
  expect(joined).toBeGreaterThan(0);
  expect(upgrades).toBeGreaterThan(0);
});

test('two runs that differ are told apart, at the block where they do', async () => {
  const [one, other] = [await simulate({ seed: 5, blocks: 3 }), await simulate({ seed: 6, blocks: 3 })];
  expect(firstDifference(one, one)).toBeUndefined();
  expect(firstDifference(one, other)).toBe(1);
  expect(firstDifference(one, { ...one, digests: one.digests.slice(0, 2) })).toBe(3);
});

test('every message type succeeds in a run of CI: nothing is only ever refused', async () => {
  const all = emptySummary();
  for (const { seed, blocks } of coveringSeeds) merge(all, await simulate({ seed, blocks }));
  expect(neverSucceeded(all)).toEqual([]);
  // The whole list of documented errors is held by the long run: `npm run simulate -- --seeds 10 --blocks 400`.
  expect(neverRefused(all).length).toBeLessThan(documentedErrors.length / 2);
});

test('evidence that is old, of the future, repeated, of unknown validators or nonsense never halts the chain', async () => {
  await inFolder(async (folder) => {
    const simulator = await Simulator.start({ seed: 8, folder });
    for (let block = 0; block < 8; block++) await simulator.nextBlock();
    const request = simulator.proposal();
    const { app } = simulator.machine;
    const random = new Random(1);
    const seen = new Set<string>();
    for (let attempt = 0; attempt < 60; attempt++) {
      const misbehavior = accusations(request.height, 1_767_225_700n, simulator.machine, random);
      for (const { type, height } of misbehavior) seen.add(`${type} ${height - request.height}`);
      expect(() => app.finalizeBlock({ ...request, misbehavior })).not.toThrow();
    }
    expect(seen.size).toBeGreaterThan(8);
    await simulator.close();
  });
});

test('validators that sign twice lose stake and place, one by one and then all of them, and the chain goes on', async () => {
  await inFolder(async (folder) => {
    const simulator = await Simulator.start({ seed: 8, folder });
    for (let block = 0; block < 8; block++) await simulator.nextBlock();
    const { app } = simulator.machine;
    const set = () => validatorSets.get(app.queryContext(), simulator.height + 2n)?.validators ?? [];
    const accused = set();
    expect(accused.length).toBeGreaterThan(3);
    const accuse = (keys: readonly { publicKey: Uint8Array; power: bigint }[]) =>
      simulator.nextBlock((request) => ({
        ...request,
        misbehavior: keys.map(({ publicKey, power }) => ({
          type: abci.MisbehaviorType.DUPLICATE_VOTE,
          validator: { address: consensusAddress(publicKey), power },
          height: request.height - 1n,
          time: request.time,
          totalVotingPower: 0n,
        })),
      }));
    await accuse(accused.slice(0, 1));
    expect(set()).toHaveLength(accused.length - 1);
    await accuse(accused);
    for (let block = 0; block < 12; block++) await simulator.nextBlock();
    const state = JSON.stringify(simulator.exportState().state.slashing);
    expect(state.match(/"tombstoned":true/g)).toHaveLength(accused.length);
    await simulator.close();
  });
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

test('a chain begins at height 1 with a state exported for that, in the middle of tasks, runs and disputes', async () => {
  await inFolder(async (folder) => {
    const first = await Simulator.start({ seed: 3, folder });
    for (let block = 0; block < 40; block++) await first.nextBlock();
    const exported = first.exportState(true);
    // No height of the old chain is left that the new one would wait for; windows that are open stay as long as they were.
    expect(exported.state.staking).toMatchObject({ exported: true });
    expect(JSON.stringify(exported.state.beacon)).not.toMatch(/"(opened_|closed_)?height":"([4-9]|\d\d)"/);
    await first.close();
    await inFolder(async (next) => {
      const second = await Simulator.start({ seed: 4, folder: next }, exported);
      for (let block = 0; block < 30; block++) await second.nextBlock();
      expect(second.height).toBe(30n);
      await second.close();
    });
  });
});
