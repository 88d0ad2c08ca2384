import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contributionDeposit, contributionMetric } from './events.ts';
import { alice, bob, Fixture, refusal, rootOf } from './fixture.ts';
import { countHeld } from './invariants.ts';
import { msgWithdrawContribution } from './messages.ts';
import * as state from './state.ts';

const accepted = { accepted: true, reason: '', metrics: [{ name: 'completeness', value: 990_000n }] };
const withdraw = (chain: Fixture, id: bigint, sender = alice) =>
  chain.send(msgWithdrawContribution, { contributor: sender.text, contributionId: id });

const run = (change: { runId?: bigint; name?: string; dataContributionId?: bigint } = {}) => ({
  runId: change.runId ?? 4n,
  trainer: bob.bytes,
  objectiveId: 2n,
  finalRoot: rootOf(change.name ?? 'weights'),
  sizeBytes: 100_000n,
  uris: ['http://127.0.0.1:9/weights'],
  dataContributionId: change.dataContributionId,
  metrics: [{ name: 'accuracy', value: 900_000n }],
});

describe('the life of a contribution', () => {
  it('accepted: metrics are told, and after the appeal window the deposit returns and it is settled once', () => {
    const chain = new Fixture();
    const id = chain.contribute('a');
    chain.events();
    chain.keeper.recordAssessment(chain.ctx(), id, accepted);
    expect(chain.status(id)).toBe('accepted');
    expect(chain.appraised[0]).toMatchObject({ contributionId: id, qualityGatePpm: 700_000n, emission: true });
    const events = chain.events();
    const metric = events.find(({ type }) => type === 'contribution_metric');
    expect(metric && contributionMetric.decode(metric)).toEqual({
      contribution_id: id,
      name: 'completeness',
      value: 990_000n,
    });
    chain.blocks(5);
    expect([chain.status(id), chain.settled, chain.balance(alice)]).toEqual(['accepted', [], 9_900n]);
    chain.blocks(1);
    expect([chain.status(id), chain.balance(alice)]).toEqual(['final', 10_000n]);
    chain.blocks(3);
    expect(chain.settled).toEqual([{ contributionId: id, contributor: alice.bytes, accepted: true, parents: [] }]);
  });

  it('rejected by the verifiers: it is settled as rejected, and the deposit returns', () => {
    const chain = new Fixture();
    const id = chain.contribute('a');
    chain.keeper.recordAssessment(chain.ctx(), id, { accepted: false, reason: 'unavailable', metrics: [] });
    expect([chain.status(id), chain.balance(alice)]).toEqual(['rejected: unavailable', 9_900n]);
    chain.blocks(6);
    expect([chain.status(id), chain.balance(alice)]).toEqual(['final: unavailable', 10_000n]);
    expect(chain.settled).toEqual([{ contributionId: id, contributor: alice.bytes, accepted: false, parents: [] }]);
  });

  it('rejected for a false root: the deposit goes to the community pool', () => {
    const chain = new Fixture();
    const id = chain.contribute('a');
    chain.events();
    chain.keeper.recordAssessment(chain.ctx(), id, {
      accepted: false,
      reason: 'root_mismatch',
      metrics: [],
      fraud: true,
    });
    expect(chain.balance('contribution')).toBe(100n);
    chain.blocks(6);
    expect([chain.balance(alice), chain.balance('community_pool')]).toEqual([9_900n, 100n]);
    const event = chain.events().find(({ type }) => type === 'contribution_deposit');
    expect(event && contributionDeposit.decode(event)).toMatchObject({ action: 'forfeited', amount: '100uinf' });
  });

  it('good bytes of low quality are rejected by valuation; harmful ones cost the deposit', () => {
    const chain = new Fixture();
    const low = chain.contribute('low');
    chain.appraisal = { passed: false, reason: 'quality_below_gate', costsDeposit: false };
    chain.keeper.recordAssessment(chain.ctx(), low, accepted);
    expect([chain.status(low), chain.balance(alice)]).toEqual(['rejected: quality_below_gate', 9_900n]);
    chain.blocks(6);
    expect(chain.balance(alice)).toBe(10_000n);
    const harmful = chain.contribute('harmful');
    chain.appraisal = { passed: false, reason: 'negative_impact', costsDeposit: true };
    chain.keeper.recordAssessment(chain.ctx(), harmful, accepted);
    expect([chain.status(harmful), chain.balance(alice)]).toEqual(['rejected: negative_impact', 9_900n]);
    chain.blocks(6);
    expect([chain.balance(alice), chain.balance('community_pool')]).toEqual([9_900n, 100n]);
  });

  it('a verdict that comes twice or after the withdrawal changes nothing', () => {
    const chain = new Fixture();
    const id = chain.contribute('a');
    withdraw(chain, id);
    chain.events();
    chain.keeper.recordAssessment(chain.ctx(), id, accepted);
    expect([chain.status(id), chain.events()]).toEqual(['withdrawn: withdrawn_by_contributor', []]);
  });

  it('a verdict on nothing is a bug, not a refusal', () => {
    const chain = new Fixture();
    expect(() => chain.keeper.recordAssessment(chain.ctx(), 5n, accepted)).toThrow('does not exist');
  });
});

it('settling names the contributors of parents that are accepted by then', () => {
  const chain = new Fixture();
  chain.contribute('good');
  chain.contribute('bad');
  const child = chain.contribute('child', bob, { parents: [1n, 2n] });
  chain.keeper.recordAssessment(chain.ctx(), 1n, accepted);
  chain.keeper.recordAssessment(chain.ctx(), 2n, { accepted: false, reason: 'unavailable', metrics: [] });
  chain.keeper.recordAssessment(chain.ctx(), child, accepted);
  chain.blocks(6);
  const verdict = chain.settled.find(({ contributionId }) => contributionId === child);
  expect(verdict?.parents).toEqual([alice.bytes]);
});

describe('withdrawing', () => {
  it('before the verdict costs the deposit, since verifiers are at work', () => {
    const chain = new Fixture();
    withdraw(chain, chain.contribute('a'));
    expect([chain.balance(alice), chain.balance('community_pool')]).toEqual([9_900n, 100n]);
  });

  it('after acceptance costs only the reward', () => {
    const chain = new Fixture();
    const id = chain.contribute('a');
    chain.keeper.recordAssessment(chain.ctx(), id, accepted);
    withdraw(chain, id);
    chain.blocks(10);
    expect([chain.balance(alice), chain.settled]).toEqual([10_000n, []]);
  });

  it('is refused to others, for unknown ids, and once final', () => {
    const chain = new Fixture();
    const id = chain.contribute('a');
    expect(() => withdraw(chain, id, bob)).toThrow(refusal(16));
    expect(() => withdraw(chain, 9n)).toThrow(refusal(3));
    chain.keeper.recordAssessment(chain.ctx(), id, accepted);
    chain.blocks(6);
    expect(() => withdraw(chain, id)).toThrow(refusal(18, 'is final'));
  });
});

describe('a model that came out of a run', () => {
  it('is the trainer’s contribution, accepted by its accuracy, and a child of its data', () => {
    const chain = new Fixture();
    const data = chain.contribute('a');
    const model = chain.keeper.createModelFromRun(chain.ctx(), run({ dataContributionId: data }));
    expect(chain.status(model)).toBe('accepted');
    expect(chain.keeper.get(chain.ctx(), model)).toMatchObject({ contributor: bob.text, runId: 4n, parents: [data] });
    expect(chain.keeper.contributor(chain.ctx(), model)).toEqual(bob.bytes);
    expect(chain.appraised[0]).toMatchObject({ baselinePpm: 100_000n, beneficiary: bob.bytes });
    chain.blocks(6);
    expect(chain.settled).toHaveLength(1);
  });

  it('with the weights of an earlier run is recorded as its duplicate', () => {
    const chain = new Fixture();
    const first = chain.keeper.createModelFromRun(chain.ctx(), run());
    const second = chain.keeper.createModelFromRun(chain.ctx(), run({ runId: 5n }));
    expect(chain.status(second)).toBe(`rejected: duplicate_of_${first}`);
  });

  it('cannot be taken by somebody who submits its root as data', () => {
    const chain = new Fixture();
    const squatter = chain.contribute('weights');
    const model = chain.keeper.createModelFromRun(chain.ctx(), run());
    expect([chain.status(squatter), chain.status(model)]).toEqual([`rejected: superseded_by_${model}`, 'accepted']);
  });
});

it('whatever happens, what the module owes is what its account holds and its records say', () => {
  const step = fc.record({
    action: fc.constantFrom('contribute', 'accept', 'reject', 'fraud', 'harm', 'withdraw', 'block', 'run'),
    who: fc.constantFrom(alice, bob),
    which: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const chain = new Fixture();
      const total = chain.balance(alice) + chain.balance(bob);
      for (const { action, which, who } of steps) {
        const id = BigInt(which);
        const exists = chain.keeper.get(chain.ctx(), id) !== undefined;
        chain.appraisal = { passed: action !== 'harm', reason: '', costsDeposit: action === 'harm' };
        try {
          if (action === 'contribute') chain.contribute(`table ${which}`, who);
          else if (action === 'block') chain.blocks();
          else if (action === 'withdraw') withdraw(chain, id, who);
          else if (action === 'run') chain.keeper.createModelFromRun(chain.ctx(), run({ name: `table ${which}` }));
          else if (exists) {
            const good = action === 'accept' || action === 'harm';
            const fraud = action === 'fraud';
            chain.keeper.recordAssessment(chain.ctx(), id, { accepted: good, reason: action, metrics: [], fraud });
          }
        } catch (error) {
          expect(error).toHaveProperty('codespace', 'contribution');
        }
        const ctx = chain.ctx();
        expect(state.held.get(ctx)).toBe(countHeld(ctx));
        expect(chain.balance('contribution')).toBe(countHeld(ctx));
        expect(chain.module.invariants?.[0]?.check(ctx)).toBeUndefined();
      }
      chain.blocks(7);
      const settledIds = chain.settled.map(({ contributionId }) => contributionId);
      expect(new Set(settledIds).size).toBe(settledIds.length);
      const after = chain.balance(alice) + chain.balance(bob) + chain.balance('contribution');
      expect(after + chain.balance('community_pool')).toBe(total);
    }),
    { numRuns: 60 },
  );
});
