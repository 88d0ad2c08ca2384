import { describe, expect, it } from 'vitest';
import { contributionAppealed } from './events.ts';
import { account, alice, bob, Fixture, refusal } from './fixture.ts';
import { msgAppeal, msgWithdrawContribution } from './messages.ts';

const good = { accepted: true, reason: '', metrics: [{ name: 'completeness', value: 990_000n }] };
const bad = { accepted: false, reason: 'invalid', metrics: [], fraud: true };
const coin = (amount: string, denom = 'uinf') => ({ denom, amount });

function appeal(chain: Fixture, contributionId: bigint, who = alice, deposit = coin('500')) {
  return chain.send(msgAppeal, { appellant: who.text, contributionId, deposit });
}

/** A contribution of Alice's that was decided; returns its id. */
function decided(chain: Fixture, outcome: typeof good | typeof bad): bigint {
  const id = chain.contribute('a');
  chain.keeper.recordAssessment(chain.ctx(), id, outcome);
  return id;
}

describe('an appeal', () => {
  it('of the contributor against a rejection: overturned, both deposits return, and it is settled as accepted', () => {
    const chain = new Fixture();
    const id = decided(chain, bad);
    expect(appeal(chain, id)).toEqual({ taskId: 1_001n });
    expect([chain.status(id), chain.appealed]).toEqual(['appealed: invalid', [[id, 1n]]]);
    expect([chain.balance(alice), chain.balance('contribution')]).toEqual([9_400n, 600n]);
    chain.blocks(9);
    expect(chain.settled).toEqual([]);
    chain.keeper.recordAssessment(chain.ctx(), id, good);
    const event = chain.events().findLast(({ type }) => type === 'contribution_appealed');
    expect(event && contributionAppealed.decode(event)).toMatchObject({ result: 'overturned', deposit: '500uinf' });
    chain.blocks();
    expect([chain.status(id), chain.balance(alice), chain.balance('community_pool')]).toEqual(['final', 10_000n, 0n]);
    expect(chain.settled).toMatchObject([{ accepted: true }]);
  });

  it('that finds the same again costs its deposit, and the lie its own', () => {
    const chain = new Fixture();
    const id = decided(chain, bad);
    appeal(chain, id);
    chain.keeper.recordAssessment(chain.ctx(), id, bad);
    chain.blocks();
    expect([chain.status(id), chain.balance('community_pool')]).toEqual(['final: invalid', 600n]);
  });

  it('of somebody else against an acceptance: overturned, and the contribution’s deposit is lost', () => {
    const chain = new Fixture();
    const id = decided(chain, good);
    appeal(chain, id, bob);
    chain.keeper.recordAssessment(chain.ctx(), id, bad);
    chain.blocks();
    expect([chain.status(id), chain.balance(alice), chain.balance(bob)]).toEqual(['final: invalid', 9_900n, 10_000n]);
    expect(chain.settled).toMatchObject([{ accepted: false }]);
  });

  it('leaves the first verdict and returns its deposit when the larger committee cannot decide', () => {
    const chain = new Fixture();
    const id = decided(chain, good);
    appeal(chain, id, bob);
    chain.keeper.recordAssessment(chain.ctx(), id, { accepted: false, reason: 'disagreement', metrics: [] });
    chain.blocks();
    expect([chain.status(id), chain.balance(bob), chain.settled[0]?.accepted]).toEqual(['final', 10_000n, true]);
  });

  it('still has to pass valuation', () => {
    const chain = new Fixture();
    const id = decided(chain, bad);
    appeal(chain, id);
    chain.appraisal = { passed: false, reason: 'quality_below_gate', costsDeposit: false };
    chain.keeper.recordAssessment(chain.ctx(), id, good);
    chain.blocks();
    expect([chain.status(id), chain.balance('community_pool')]).toEqual(['final: invalid', 600n]);
  });

  it('is possible once, and not after the verdict is final', () => {
    const chain = new Fixture();
    const id = decided(chain, bad);
    appeal(chain, id);
    expect(() => appeal(chain, id)).toThrow(refusal(32));
    chain.keeper.recordAssessment(chain.ctx(), id, bad);
    expect(() => appeal(chain, id)).toThrow(refusal(32));
    const late = new Fixture();
    const final = decided(late, bad);
    late.blocks(6);
    expect(() => appeal(late, final)).toThrow(refusal(18, 'is final'));
  });

  it('is refused, with money and state untouched', () => {
    const chain = new Fixture();
    const id = decided(chain, bad);
    expect(() => appeal(chain, 9n)).toThrow(refusal(3));
    expect(() => appeal(chain, id, bob)).toThrow(refusal(16, 'rejection'));
    expect(() => appeal(chain, id, alice, coin('499'))).toThrow(refusal(33, '499uinf, at least 500uinf'));
    expect(() => appeal(chain, id, alice, coin('500', 'other'))).toThrow(refusal(25));
    expect(() => appeal(chain, id, alice, coin('10000'))).toThrow(
      expect.objectContaining({ codespace: 'sdk', code: 5 }),
    );
    expect([chain.status(id), chain.balance(alice), chain.appealed]).toEqual(['rejected: invalid', 9_900n, []]);
    const pending = chain.contribute('b');
    expect(() => appeal(chain, pending, bob)).toThrow(refusal(18, 'assessing'));
    chain.keeper.recordAssessment(chain.ctx(), pending, good);
    expect(() => appeal(chain, pending)).toThrow(refusal(31, 'own acceptance'));
  });

  it('is not for roots that another contribution holds, or that were tried again', () => {
    const chain = new Fixture();
    const id = decided(chain, bad);
    chain.contribute('a');
    expect(() => appeal(chain, id)).toThrow(refusal(31, 'contribution 2 has its root now'));
    const other = new Fixture();
    const appealed = decided(other, bad);
    appeal(other, appealed);
    expect(() => other.contribute('a')).toThrow(refusal(10));
  });

  it('cannot be escaped by withdrawing, and shields no thief from the owner of the root', () => {
    const chain = new Fixture();
    const carol = account('carol');
    chain.bank.balances.set(carol.text, 1_000n);
    chain.commit(bob, new Uint8Array(32).fill(1));
    const id = decided(chain, good);
    appeal(chain, id, carol);
    const withdraw = () => chain.send(msgWithdrawContribution, { contributor: alice.text, contributionId: id });
    expect(withdraw).toThrow(refusal(18, 'is appealed'));
    const contribution = chain.keeper.get(chain.ctx(), id);
    if (contribution === undefined) throw new Error('it was contributed');
    const run = { runId: 4n, trainer: bob.bytes, objectiveId: 2n, sizeBytes: 1n, uris: ['file:x'], metrics: [] };
    const finalRoot = contribution.manifest?.contentRoot ?? new Uint8Array();
    const model = chain.keeper.createModelFromRun(chain.ctx(), { ...run, finalRoot });
    expect(chain.status(id)).toBe(`rejected: superseded_by_${model}`);
    expect(chain.balance(carol)).toBe(1_000n);
    chain.keeper.recordAssessment(chain.ctx(), id, good);
    chain.blocks(6);
    expect(chain.status(id)).toBe(`final: superseded_by_${model}`);
  });
});
