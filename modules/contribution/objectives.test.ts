import { describe, expect, it } from 'vitest';
import { objectiveClosed, objectiveCreated } from './events.ts';
import { alice, bob, Fixture, objective, refusal, submission } from './fixture.ts';
import { msgCancelObjective, msgCreateObjective } from './messages.ts';

const cancel = (chain: Fixture, objectiveId: bigint, creator = alice.text) =>
  chain.send(msgCancelObjective, { creator, objectiveId });

describe('an objective that somebody posts', () => {
  it('escrows budget and bond, is not listed, and is told', () => {
    const chain = new Fixture();
    chain.events();
    expect(chain.send(msgCreateObjective, objective())).toEqual({ objectiveId: 3n });
    expect([chain.balance(alice), chain.balance('contribution')]).toEqual([8_500n, 1_500n]);
    const event = chain.events()[0];
    expect(event && objectiveCreated.decode(event)).toMatchObject({ listed: false, budget: '500uinf', kind: 'data' });
  });

  it('needs the minimum bond in the right denomination, and a deadline ahead', () => {
    const chain = new Fixture();
    const create = (change: Parameters<typeof objective>[0]) => () => chain.send(msgCreateObjective, objective(change));
    expect(create({ bond: { denom: 'uinf', amount: '999' } })).toThrow(refusal(14, '999uinf, at least 1000uinf'));
    expect(create({ bond: { denom: 'uother', amount: '1000' } })).toThrow(refusal(25));
    expect(create({ budget: { denom: 'uother', amount: '1' } })).toThrow(refusal(25));
    expect(create({ budget: { denom: 'uinf', amount: '0' } })).toThrow(refusal(26, '0uinf for 1 rounds'));
    expect(create({ deadlineHeight: 1n })).toThrow(refusal(22, 'deadline_height'));
    expect(create({ budget: { denom: 'uinf', amount: '9001' } })).toThrow(
      expect.objectContaining({ codespace: 'sdk' }),
    );
    expect([chain.balance(alice), chain.balance('contribution')]).toEqual([10_000n, 0n]);
  });

  it('closes once all is decided after its last height, and gives back what nobody earned', () => {
    const chain = new Fixture();
    chain.send(msgCreateObjective, objective());
    chain.blocks(18);
    chain.contribute('just in time', bob, { objectiveId: 3n });
    expect([chain.height, chain.keeper.objective(chain.ctx(), 3n)?.status]).toEqual([20n, 1]);
    chain.blocks();
    expect(chain.keeper.objective(chain.ctx(), 3n)).toMatchObject({ status: 4, budget: { amount: '500' } });
    expect(() => chain.contribute('too late', bob, { objectiveId: 3n })).toThrow(refusal(15, 'is closing'));
    chain.keeper.recordAssessment(chain.ctx(), 1n, { accepted: false, reason: 'invalid', metrics: [] });
    chain.blocks(5);
    chain.events();
    chain.blocks();
    expect(chain.keeper.objective(chain.ctx(), 3n)).toMatchObject({ status: 2, budget: { amount: '0' } });
    expect(chain.balance(alice)).toBe(10_000n);
    const event = chain.events().find(({ type }) => type === 'objective_closed');
    expect(event && objectiveClosed.decode(event)).toMatchObject({ status: 'closed', refunded: '1500uinf' });
  });

  it('can be cancelled by its creator while nobody has contributed', () => {
    const chain = new Fixture();
    chain.send(msgCreateObjective, objective());
    expect(() => cancel(chain, 3n, bob.text)).toThrow(refusal(17));
    expect(() => cancel(chain, 9n)).toThrow(refusal(2));
    expect(() => cancel(chain, 1n)).toThrow(refusal(17));
    cancel(chain, 3n);
    expect(chain.balance(alice)).toBe(10_000n);
    expect(() => cancel(chain, 3n)).toThrow(refusal(18, 'is cancelled'));
    expect(() => chain.contribute('a', bob, { objectiveId: 3n })).toThrow(refusal(15, 'is cancelled'));
    chain.blocks(30);
    expect(chain.balance(alice)).toBe(10_000n);
  });

  it('cannot be cancelled once somebody has contributed', () => {
    const chain = new Fixture();
    chain.send(msgCreateObjective, objective());
    chain.contribute('a', bob, { objectiveId: 3n });
    expect(() => cancel(chain, 3n)).toThrow(refusal(19, '1'));
  });

  it('is not paid by emission', () => {
    const chain = new Fixture();
    chain.send(msgCreateObjective, objective());
    const id = chain.contribute('a', bob, { ...submission('a', bob), objectiveId: 3n });
    chain.keeper.recordAssessment(chain.ctx(), id, { accepted: true, reason: '', metrics: [] });
    expect(chain.appraised[0]).toMatchObject({ emission: false, qualityGatePpm: 800_000n });
  });
});
