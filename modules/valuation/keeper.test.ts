import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import * as q from '../../proto/generated/infinet/valuation/v1/query.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { reputationChanged, valuationComputed, valuationParentShare, valuationSettled } from './events.ts';
import { appraise } from './formulas.ts';
import { createValuation } from './index.ts';
import type { Subject, WeightSink } from './keeper.ts';

const addresses = createAddressCodec('infinet');
const alice = new Uint8Array(20).fill(1);
const aliceText = addresses.accountText(alice);

/** Each contribution is valued alone: `rounds.test.ts` has those that are valued together. */
function start(genesis: unknown = { params: { round_blocks: '0' } }) {
  const paid: Parameters<WeightSink['addWeight']>[1][] = [];
  const { keeper, module } = createValuation({
    addresses,
    rewards: { addWeight: (_ctx, entry) => paid.push(entry) },
    assessor: { requestRound: () => 1n },
  });
  const ctx = new Context({ chainId: 'test', height: 9n, time: 0n, proposer: new Uint8Array() }, new MemoryState());
  module.initGenesis?.(ctx, genesis);
  const ask = <Q, A>(
    path: string,
    req: { encode(q: Q): { finish(): Uint8Array } },
    res: { decode(b: Uint8Array): A },
    question: Q,
  ) => {
    const route = module.queries?.find((candidate) => candidate.path === `/infinet.valuation.v1.Query/${path}`);
    if (route === undefined) throw new Error(`no query ${path}`);
    return res.decode(route.answer(ctx, req.encode(question).finish()));
  };
  return { ask, ctx, keeper, module, paid };
}

const subject: Subject = {
  contributionId: 3n,
  kind: 1,
  objectiveId: 1n,
  beneficiary: alice,
  metrics: [
    { name: 'accuracy', value: 900_000n },
    { name: 'completeness', value: 1_000_000n },
    { name: 'consistency', value: 1_000_000n },
    { name: 'impact_micro', value: 500_000n },
    { name: 'timeliness', value: 1_000_000n },
  ],
  qualityGatePpm: 700_000n,
  baselinePpm: 200_000n,
  emission: true,
};
const verdict = { contributionId: 3n, contributor: alice, accepted: true, parents: [] };

describe('a valuation', () => {
  it('is recorded with every input, so that Explain lets anyone find the same weight', () => {
    const { ask, ctx, keeper } = start();
    keeper.appraise(ctx, subject);
    const { formula, steps, valuation } = ask('Explain', q.QueryExplainRequest, q.QueryExplainResponse, {
      contributionId: 3n,
    });
    expect(valuation).toMatchObject({ metrics: subject.metrics, beneficiary: aliceText, weight: 337_500n });
    expect(valuation && appraise(valuation).weight).toBe(337_500n);
    expect(formula).toContain('completeness * accuracy * consistency * timeliness');
    expect(steps.map(({ name, value }) => [name, value])).toEqual([
      ['completeness', 1_000_000n],
      ['accuracy', 900_000n],
      ['consistency', 1_000_000n],
      ['timeliness', 1_000_000n],
      ['impact_micro', 500_000n],
      ['baseline', 200_000n],
      ['quality', 900_000n],
      ['gate', 700_000n],
      ['impact', 375_000n],
      ['weight', 337_500n],
    ]);
    const event = ctx.log.events.find(({ type }) => type === 'valuation_computed');
    expect(event && valuationComputed.decode(event)).toMatchObject({ weight: 337_500n, kind: 'data', passed: true });
  });

  it('reaches rewards once, when the verdict is final', () => {
    const { ctx, keeper, paid } = start();
    keeper.appraise(ctx, subject);
    expect(paid).toEqual([]);
    keeper.settle(ctx, verdict);
    expect(paid).toEqual([{ contributionId: 3n, kind: 1, beneficiary: alice, weight: 337_500n, shares: [] }]);
    expect(() => keeper.settle(ctx, verdict)).toThrow('settled already');
    expect(paid).toHaveLength(1);
    const settled = ctx.log.events.find(({ type }) => type === 'valuation_settled');
    expect(settled && valuationSettled.decode(settled)).toMatchObject({ weight: 337_500n, emission: true });
  });

  it('reaches no rewards for an unlisted objective, a rejection, or a weight of zero', () => {
    const { ctx, keeper, paid } = start();
    keeper.appraise(ctx, { ...subject, emission: false });
    keeper.settle(ctx, verdict);
    keeper.settle(ctx, { ...verdict, contributionId: 4n, accepted: false });
    keeper.appraise(ctx, {
      ...subject,
      contributionId: 5n,
      metrics: subject.metrics.filter(({ name }) => name !== 'impact_micro'),
    });
    keeper.settle(ctx, { ...verdict, contributionId: 5n });
    expect(paid).toEqual([]);
    expect(keeper.reputation(ctx, alice)).toMatchObject({ accepted: 2n, rejected: 1n, weight: 337_500n });
  });

  it('shares a tenth of its reward among the contributors of its parents, not with itself', () => {
    const { ctx, keeper, paid } = start();
    const bob = new Uint8Array(20).fill(2);
    keeper.appraise(ctx, subject);
    keeper.settle(ctx, { ...verdict, parents: [bob, alice, bob] });
    expect(paid[0]?.shares).toEqual([{ beneficiary: bob, microShare: 66_666n }]);
    expect(keeper.get(ctx, 3n)?.parentShares).toEqual([{ address: addresses.accountText(bob), sharePpm: 66_666n }]);
    const event = ctx.log.events.find(({ type }) => type === 'valuation_parent_share');
    expect(event && valuationParentShare.decode(event)).toMatchObject({ contribution_id: 3n, share_ppm: 66_666n });
  });

  it('a settlement without an appraisal is a bug', () => {
    const { ctx, keeper } = start();
    expect(() => keeper.settle(ctx, verdict)).toThrow('never appraised');
  });

  it('explains models, and refusals with their reason', () => {
    const { ask, ctx, keeper } = start();
    keeper.appraise(ctx, { ...subject, contributionId: 1n, kind: 2 });
    keeper.appraise(ctx, { ...subject, contributionId: 2n, qualityGatePpm: 950_000n });
    const last = (contributionId: bigint) =>
      ask('Explain', q.QueryExplainRequest, q.QueryExplainResponse, { contributionId }).steps.at(-1);
    expect(last(1n)).toMatchObject({ name: 'weight', expression: 'impact', value: 875_000n });
    expect(last(2n)).toMatchObject({ name: 'weight', expression: 'quality_below_gate', value: 0n });
  });
});

describe('reputation', () => {
  it('adds up, is told whole, and is zero for strangers', () => {
    const { ask, ctx, keeper } = start();
    keeper.addReputation(ctx, alice, { seatsServed: 2n });
    keeper.addReputation(ctx, alice, { seatsMissed: 1n, disputesWon: 1n });
    const event = ctx.log.events.at(-1);
    expect(event && reputationChanged.decode(event)).toMatchObject({
      address: aliceText,
      seats_served: 2n,
      seats_missed: 1n,
    });
    const stranger = addresses.accountText(new Uint8Array(20).fill(9));
    const of = (address: string) =>
      ask('Reputation', q.QueryReputationRequest, q.QueryReputationResponse, { address }).reputation;
    expect(of(aliceText)).toMatchObject({ seatsServed: 2n, disputesWon: 1n, disputesLost: 0n });
    expect(of(stranger)).toMatchObject({ address: stranger, accepted: 0n });
    expect(() => of('cosmos1x')).toThrow('InvalidArgument');
  });
});

it('unknown valuations are not found', () => {
  const { ask } = start();
  const missing = () => ask('Valuation', q.QueryValuationRequest, q.QueryValuationResponse, { contributionId: 8n });
  expect(missing).toThrow(expect.objectContaining({ codespace: 'sdk', code: 22 }));
});

it('genesis: what is exported starts an equal chain, and a wrong field is named', () => {
  const { ctx, keeper, module } = start();
  keeper.appraise(ctx, subject);
  keeper.settle(ctx, verdict);
  const exported = JSON.parse(JSON.stringify(module.exportGenesis?.(ctx)));
  const twin = start(exported);
  expect(JSON.parse(JSON.stringify(twin.module.exportGenesis?.(twin.ctx)))).toEqual(exported);
  expect(() => start({ valuations: [{ contribution_id: 'x' }] })).toThrow('valuations[0].contribution_id');
  expect(() => start({ params: { parents_share_ppm: '1000001' } })).toThrow('params.parents_share_ppm');
  expect(() => start({ reputations: [{ address: 'x' }] })).toThrow('reputations[0].address');
});
