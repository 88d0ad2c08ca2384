import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import type { MessageType } from '../../chain/message.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import { Emission } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { createAuth } from '../auth/index.ts';
import { createBank } from '../bank/index.ts';
import { keeper as rewards } from '../rewards/keeper.ts';
import { pendingWeight } from '../rewards/pending.ts';
import { emission } from '../rewards/state.ts';
import { createValuation } from '../valuation/index.ts';
import { addresses, alice, bob, genesis, rootOf, salt, submission } from './fixture.ts';
import { contributionCommitment } from './formulas.ts';
import { createContribution } from './index.ts';
import { msgCommitContribution, msgSubmitContribution } from './messages.ts';

const metrics = [
  { name: 'accuracy', value: 999_475n },
  { name: 'completeness', value: 991_168n },
  { name: 'consistency', value: 1_000_000n },
  { name: 'impact_micro', value: 991_304n },
  { name: 'timeliness', value: 1_000_000n },
];

/** Contribution with the chain's own bank, valuation and rewards; only the seats' votes are made up. */
function start() {
  const authority = new Uint8Array(20);
  const permissions = { fee_collector: [], contribution: [], community_pool: [] } as const;
  const auth = createAuth({ addresses, modulePermissions: permissions, authority });
  const bank = createBank({ addresses, accounts: auth.keeper, blockedModules: Object.keys(permissions), authority });
  const valuation = createValuation({ addresses, rewards, assessor: { requestRound: () => 1n } });
  const contribution = createContribution({
    addresses,
    bank: bank.keeper,
    valuer: valuation.keeper,
    assessor: { requestAssessment: (_ctx, id) => id, requestAppeal: (_ctx, id) => id, work: () => undefined },
  });
  const memory = new MemoryState();
  let height = 1n;
  const context = () => new Context({ chainId: 'test', height, time: 0n, proposer: new Uint8Array() }, memory);
  const coins = [{ denom: 'uinf', amount: '10000' }];
  auth.module.initGenesis?.(context(), {});
  bank.module.initGenesis?.(context(), {
    balances: [alice, bob].map(({ text }) => ({ address: text, coins })),
  });
  valuation.module.initGenesis?.(context(), { params: { round_blocks: '0' } });
  emission.set(context(), Emission.fromPartial({ epoch: 1n }));
  contribution.module.initGenesis?.(context(), genesis);
  const send = <T, R>(type: MessageType<T, R>, message: T): R => {
    const route = contribution.module.messages?.find(({ typeUrl }) => typeUrl === type.typeUrl);
    if (route === undefined) throw new Error(`no route for ${type.typeUrl}`);
    const prepared = route.prepare(type.request.encode(message).finish());
    prepared.validate();
    return type.response.decode(context().isolated((ctx) => prepared.handle(ctx)));
  };
  const blocks = (count: number) => {
    for (let block = 0; block < count; block++) {
      contribution.module.endBlock?.(context());
      for (const { name, check } of [...(contribution.module.invariants ?? []), ...(bank.module.invariants ?? [])]) {
        expect([name, check(context())]).toEqual([name, undefined]);
      }
      height++;
    }
  };
  const contribute = (name: string, who: typeof alice, parents: bigint[] = []) => {
    const commitment = contributionCommitment(rootOf(name), who.bytes, salt);
    send(msgCommitContribution, { contributor: who.text, commitment });
    blocks(1);
    return send(msgSubmitContribution, { ...submission(name, who), parents }).contributionId;
  };
  const verdict = (id: bigint, accepted: boolean, fraud = false) =>
    contribution.keeper.recordAssessment(context(), id, {
      accepted,
      reason: accepted ? '' : 'invalid',
      metrics,
      fraud,
    });
  const balance = (address: Uint8Array) => bank.keeper.balance(context(), address, 'uinf');
  const weight = (id: bigint) => pendingWeight(context(), id);
  return { balance, bank, blocks, contribute, context, contribution, send, valuation, verdict, weight };
}

describe('contribution on the chain’s own bank, valuation and rewards', () => {
  it('holds the deposit, returns it, and hands the weight to rewards at the end of the appeal window', () => {
    const chain = start();
    const id = chain.contribute('table', alice);
    const held = () => chain.balance(chain.bank.keeper.moduleAddress('contribution'));
    expect([chain.balance(alice.bytes), held()]).toEqual([9_900n, 100n]);
    chain.verdict(id, true);
    chain.blocks(5);
    expect(chain.weight(id)).toBeUndefined();
    expect([chain.balance(alice.bytes), held()]).toEqual([9_900n, 100n]);
    chain.blocks(1);
    expect([chain.balance(alice.bytes), held()]).toEqual([10_000n, 0n]);
    expect(chain.weight(id)).toMatchObject({ kind: 1, beneficiary: alice.bytes, weight: 982_032n, shares: [] });
    expect(chain.valuation.keeper.reputation(chain.context(), alice.bytes)).toMatchObject({ accepted: 1n });
    chain.blocks(20);
  });

  it('gives the contributor of a parent a part of the child’s reward', () => {
    const chain = start();
    const parent = chain.contribute('parent', alice);
    chain.verdict(parent, true);
    const child = chain.contribute('child', bob, [parent]);
    chain.verdict(child, true);
    chain.blocks(7);
    expect(chain.weight(child)).toMatchObject({
      beneficiary: bob.bytes,
      shares: [{ beneficiary: alice.bytes, microShare: 100_000n }],
    });
  });

  it('pays a lie’s deposit into the community pool, and nothing to rewards', () => {
    const chain = start();
    const id = chain.contribute('lie', alice);
    chain.verdict(id, false, true);
    chain.blocks(7);
    expect(chain.balance(chain.bank.keeper.moduleAddress('community_pool'))).toBe(100n);
    expect(chain.weight(id)).toBeUndefined();
    expect(chain.valuation.keeper.reputation(chain.context(), alice.bytes)).toMatchObject({ rejected: 1n });
  });

  it('leaves nothing behind when the sender cannot pay', () => {
    const chain = start();
    const commitment = contributionCommitment(rootOf('a'), alice.bytes, salt);
    chain.send(msgCommitContribution, { contributor: alice.text, commitment });
    chain.blocks(1);
    const deposit = { denom: 'uinf', amount: '10001' };
    const attempt = () => chain.send(msgSubmitContribution, { ...submission('a'), deposit });
    expect(attempt).toThrow(expect.objectContaining({ codespace: 'sdk', code: 5 }));
    expect(chain.contribution.keeper.get(chain.context(), 1n)).toBeUndefined();
    expect(chain.balance(alice.bytes)).toBe(10_000n);
  });
});
