import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueryRoundsRequest, QueryRoundsResponse } from '../../proto/generated/infinet/contribution/v1/query.ts';
import { contributionPaid, roundChanged } from './events.ts';
import { account, alice, bob, Fixture, objective, refusal, rootOf, salt } from './fixture.ts';
import { escrowPay, roundAt, roundEnd, shardCommitment, shardOf } from './formulas.ts';
import { countHeld } from './invariants.ts';
import { msgCreateObjective, msgOpenShard, msgWithdrawContribution } from './messages.ts';
import * as state from './state.ts';

const carol = account('carol');
const good = { accepted: true, reason: '', metrics: [] };
const coin = (amount: string) => ({ denom: 'uinf', amount });
const commitments = [0n, 1n].map((round) => shardCommitment(alice.bytes, round, rootOf(`shard ${round}`), salt));
const inRounds = { roundBlocks: 5n, shardCommitments: commitments, holdouts: [], deadlineHeight: 0n };

function start() {
  const chain = new Fixture();
  chain.bank.balances.set(carol.text, 10_000n);
  return chain;
}

function weigh(chain: Fixture, id: bigint, who: typeof alice, weight: bigint, parents: [string, bigint][] = []) {
  const parentShares = parents.map(([address, sharePpm]) => ({ address, sharePpm }));
  chain.weights.set(id, { beneficiary: who.text, weight, deductedWeight: 0n, parentShares });
}

const open = (chain: Fixture, round: bigint, name = `shard ${round}`, creator = alice, objectiveId = 3n) =>
  chain.send(msgOpenShard, {
    creator: creator.text,
    objectiveId,
    round,
    shard: { root: rootOf(name), sizeBytes: 900n, uris: ['https://example.org/shard.csv'] },
    salt,
  });

const round = (chain: Fixture, number: bigint) =>
  chain.query('Rounds', QueryRoundsRequest, QueryRoundsResponse, { objectiveId: 3n }).rounds[Number(number)];

describe('an objective’s escrow', () => {
  it('pays what became final by weight, gives the parents their part, and the rest back to the creator', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective());
    const first = chain.contribute('a', bob, { objectiveId: 3n });
    const second = chain.contribute('b', carol, { objectiveId: 3n, parents: [first] });
    for (const id of [first, second]) chain.keeper.recordAssessment(chain.ctx(), id, good);
    weigh(chain, first, bob, 300_000n);
    weigh(chain, second, carol, 100_000n, [[bob.text, 100_000n]]);
    chain.blocks(16);
    chain.events();
    chain.blocks(3);
    // 500 by 3 to 1; of Carol's 125 a tenth, rounded down, goes to Bob.
    expect([chain.balance(bob), chain.balance(carol)]).toEqual([10_000n + 375n + 12n, 10_000n + 113n]);
    expect([chain.balance(alice), chain.balance('contribution')]).toEqual([10_000n - 500n, 0n]);
    const paid = chain.events().filter(({ type }) => type === 'contribution_paid');
    expect(paid.map((event) => contributionPaid.decode(event)).map(({ reason, amount }) => [reason, amount])).toEqual([
      ['reward', '375uinf'],
      ['parent', '12uinf'],
      ['reward', '113uinf'],
    ]);
    expect(round(chain, 0n)).toMatchObject({ status: 5, budget: '500', held: '0', weight: '400000' });
  });

  it('pays no more than its rate, so that a lone contribution does not take it all', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective({ rate: 200n }));
    const id = chain.contribute('a', bob, { objectiveId: 3n });
    chain.keeper.recordAssessment(chain.ctx(), id, good);
    weigh(chain, id, bob, 500_000n);
    chain.blocks(20);
    expect([chain.balance(bob), chain.balance(alice)]).toEqual([10_100n, 9_900n]);
  });

  it('pays a new version for what it is worth beyond the one before', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective());
    const v1 = chain.contribute('v1', bob, { objectiveId: 3n });
    const v2 = chain.contribute('v2', bob, { objectiveId: 3n, versionOf: v1 });
    const other = chain.contribute('other', carol, { objectiveId: 3n });
    for (const id of [v1, v2, other]) chain.keeper.recordAssessment(chain.ctx(), id, good);
    weigh(chain, v1, bob, 300_000n);
    chain.weights.set(v2, { beneficiary: bob.text, weight: 400_000n, deductedWeight: 300_000n, parentShares: [] });
    weigh(chain, other, carol, 400_000n);
    chain.blocks(20);
    // 187 for the first version (187.5 rounded down), 62 (62.5) for what the second adds to it.
    expect([chain.balance(bob), chain.balance(carol)]).toEqual([10_249n, 10_250n]);
  });

  it('pays nothing for rejections, and waits for whoever is still undecided', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective());
    const id = chain.contribute('a', bob, { objectiveId: 3n });
    chain.blocks(30);
    expect(chain.keeper.objective(chain.ctx(), 3n)?.status).toBe(4);
    chain.keeper.recordAssessment(chain.ctx(), id, { accepted: false, reason: 'invalid', metrics: [] });
    chain.blocks(6);
    expect([chain.balance(alice), chain.balance(bob)]).toEqual([10_000n, 10_000n]);
    expect(chain.keeper.objective(chain.ctx(), 3n)?.status).toBe(2);
  });

  it('is refused without funds, or too small for its rounds', () => {
    const chain = start();
    const create = (change: Parameters<typeof objective>[0]) => () => chain.send(msgCreateObjective, objective(change));
    expect(create({ budget: coin('0') })).toThrow(refusal(26));
    expect(create({ ...inRounds, budget: coin('1') })).toThrow(refusal(26, '1uinf for 2 rounds'));
    expect([chain.balance(alice), chain.keeper.objective(chain.ctx(), 3n)]).toEqual([10_000n, undefined]);
  });
});

describe('held-out shards, round by round', () => {
  it('are opened after the submissions, and only then is anything assessed', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective(inRounds));
    const id = chain.contribute('a', bob, { objectiveId: 3n });
    expect([chain.status(id), chain.assessed]).toEqual(['submitted', []]);
    expect(() => open(chain, 0n)).toThrow(refusal(27, 'until height 6'));
    chain.blocks(5);
    chain.events();
    expect(open(chain, 0n)).toEqual({ contributions: 1n });
    chain.blocks();
    expect([chain.status(id), chain.assessed]).toEqual(['assessing', [[id, 3n]]]);
    const known = chain.keeper.objective(chain.ctx(), 3n);
    if (known === undefined) throw new Error('it was created');
    expect([shardOf(known, 0n)?.root, shardOf(known, 1n)]).toEqual([rootOf('shard 0'), undefined]);
    const steps = chain.events().filter(({ type }) => type === 'objective_round_changed');
    expect(steps.map((event) => roundChanged.decode(event).status)).toEqual(['deciding']);
  });

  it('pay each round from its own part of the budget', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective(inRounds));
    const first = chain.contribute('a', bob, { objectiveId: 3n });
    chain.blocks(5);
    open(chain, 0n);
    const second = chain.contribute('b', carol, { objectiveId: 3n });
    chain.keeper.recordAssessment(chain.ctx(), first, good);
    weigh(chain, first, bob, 1n);
    weigh(chain, second, carol, 900_000n);
    chain.blocks(6);
    expect([chain.balance(bob), chain.keeper.get(chain.ctx(), second)?.round]).toEqual([10_250n, 1n]);
    open(chain, 1n);
    chain.blocks();
    chain.keeper.recordAssessment(chain.ctx(), second, good);
    chain.blocks(8);
    expect([chain.balance(carol), chain.balance(alice)]).toEqual([10_250n, 9_500n]);
  });

  it('must match their commitment, and are opened by their creator once', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective(inRounds));
    chain.contribute('a', bob, { objectiveId: 3n });
    chain.blocks(5);
    expect(() => open(chain, 0n, 'another shard')).toThrow(refusal(29, 'round 0'));
    expect(() => open(chain, 0n, 'shard 1')).toThrow(refusal(29));
    expect(() => open(chain, 0n, 'shard 0', bob)).toThrow(refusal(17));
    expect(() => open(chain, 7n)).toThrow(refusal(30));
    expect(() => open(chain, 0n, 'shard 0', alice, 9n)).toThrow(refusal(2));
    open(chain, 0n);
    expect(() => open(chain, 0n)).toThrow(refusal(28));
    expect([chain.balance(alice), chain.balance('contribution')]).toEqual([8_500n, 1_600n]);
  });

  it('that stay closed cost the bond: those who waited get as much as their deposits, the community the rest', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective(inRounds));
    const small = chain.contribute('a', bob, { objectiveId: 3n });
    const large = chain.contribute('b', carol, { objectiveId: 3n, deposit: coin('300') });
    chain.blocks(10);
    expect(() => open(chain, 0n)).toThrow(refusal(18, 'is refused'));
    chain.blocks(7);
    expect([chain.status(small), chain.status(large)]).toEqual(['final: shard_refused', 'final: shard_refused']);
    expect([chain.balance(bob), chain.balance(carol)]).toEqual([10_100n, 10_300n]);
    expect([chain.balance(alice), chain.balance('community_pool')]).toEqual([9_000n, 600n]);
    expect(() => chain.contribute('c', bob, { objectiveId: 3n })).toThrow(refusal(15));
    expect([round(chain, 0n)?.status, chain.keeper.objective(chain.ctx(), 3n)?.status]).toEqual([6, 2]);
  });

  it('are not asked for where nobody contributed', () => {
    const chain = start();
    chain.send(msgCreateObjective, objective(inRounds));
    chain.blocks(30);
    expect(chain.balance(alice)).toBe(10_000n);
  });

  it('belong to DATA, one commitment of 32 bytes for each round, with nothing shown from the start', () => {
    const chain = start();
    const create = (change: Parameters<typeof objective>[0]) => () =>
      chain.send(msgCreateObjective, objective({ ...inRounds, ...change }));
    expect(create({ shardCommitments: [] })).toThrow(refusal(22, 'shard_commitments'));
    expect(create({ roundBlocks: 0n, deadlineHeight: 20n })).toThrow(refusal(22, 'shard_commitments'));
    expect(create({ shardCommitments: [new Uint8Array(31)] })).toThrow(refusal(22, '31 bytes'));
    expect(create({ holdouts: objective().holdouts })).toThrow(refusal(22, 'holdouts'));
    expect(create({ kind: 2 })).toThrow(refusal(22, 'only DATA'));
    expect(create({ deadlineHeight: 20n })).toThrow(refusal(22, 'deadline_height'));
  });
});

it('rounds follow each other without gap, and the last one ends at the deadline', () => {
  const lengths = fc.record({ blocks: fc.bigInt(1n, 50n), rounds: fc.integer({ min: 1, max: 16 }) });
  fc.assert(
    fc.property(lengths, ({ blocks, rounds }) => {
      const schedule = {
        deadlineHeight: 100n + blocks * BigInt(rounds),
        roundBlocks: blocks,
        shardCommitments: Array.from({ length: rounds }),
      };
      expect([roundAt(schedule, 100n), roundEnd(schedule, BigInt(rounds) - 1n)]).toEqual([
        -1n,
        schedule.deadlineHeight,
      ]);
      for (let height = 101n; height <= schedule.deadlineHeight; height++) {
        const at = roundAt(schedule, height);
        expect(at).toBe((height - 101n) / blocks);
        expect(height <= roundEnd(schedule, at) && height > roundEnd(schedule, at) - blocks).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

it('no split of a weight is paid more than the weight as a whole, and never more than the budget', () => {
  const weights = fc.array(fc.bigInt(0n, 1_000_000n), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(weights, fc.bigInt(0n, 10_000n), fc.bigInt(0n, 10_000n), (parts, budget, rate) => {
      const total = parts.reduce((sum, part) => sum + part, 0n);
      const paid = parts.reduce((sum, part) => sum + escrowPay(budget, part, total, rate), 0n);
      expect(paid <= escrowPay(budget, total, total, rate)).toBe(true);
      expect(paid <= budget).toBe(true);
    }),
  );
});

it('whatever happens to objectives and their rounds, nothing is lost and nothing owed stays uncounted', () => {
  const step = fc.record({
    action: fc.constantFrom('create', 'create rounds', 'contribute', 'open', 'accept', 'reject', 'withdraw', 'block'),
    who: fc.constantFrom(alice, bob, carol),
    which: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const chain = start();
      const all = () => [alice, bob, carol, 'contribution', 'community_pool'].map((one) => chain.balance(one));
      const total = all().reduce((sum, one) => sum + one, 0n);
      for (const [at, { action, which, who }] of steps.entries()) {
        const id = BigInt(which);
        try {
          if (action === 'create') chain.send(msgCreateObjective, objective({ deadlineHeight: chain.height + 6n }));
          else if (action === 'create rounds') chain.send(msgCreateObjective, objective(inRounds));
          else if (action === 'contribute') chain.contribute(`${at}`, who, { objectiveId: 2n + (id % 4n) });
          else if (action === 'open') open(chain, id % 2n, undefined, alice, 3n + (id % 3n));
          else if (action === 'block') chain.blocks(which);
          else if (action === 'withdraw') {
            chain.send(msgWithdrawContribution, { contributor: who.text, contributionId: id });
          } else if (chain.keeper.get(chain.ctx(), id)?.status === 2) {
            weigh(chain, id, who, BigInt(which) * 1_000n, [[bob.text, 300_000n]]);
            const accepted = action === 'accept';
            chain.keeper.recordAssessment(chain.ctx(), id, { accepted, reason: action, metrics: [], fraud: !accepted });
          }
        } catch (error) {
          expect(error).toHaveProperty('code');
        }
        expect(chain.balance('contribution')).toBe(countHeld(chain.ctx()));
        expect(state.held.get(chain.ctx())).toBe(countHeld(chain.ctx()));
        expect(all().reduce((sum, one) => sum + one, 0n)).toBe(total);
      }
      for (let id = 1n; chain.keeper.get(chain.ctx(), id) !== undefined; id++) {
        chain.keeper.recordAssessment(chain.ctx(), id, { accepted: false, reason: 'late', metrics: [] });
      }
      chain.blocks(40);
      const left = [...state.contributions.walk(chain.ctx())].filter(([, { status }]) => status === 2);
      for (const [id] of left)
        chain.keeper.recordAssessment(chain.ctx(), id, { accepted: false, reason: 'late', metrics: [] });
      chain.blocks(10);
      expect(chain.balance('contribution')).toBe(0n);
    }),
    { numRuns: 60 },
  );
});
