import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import * as q from '../../proto/generated/infinet/valuation/v1/query.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { roundWeight } from './formulas.ts';
import { createValuation } from './index.ts';
import type { Subject, WeightSink } from './keeper.ts';

const addresses = createAddressCodec('infinet');
const person = (n: number) => new Uint8Array(20).fill(n);

/** A chain that values what waits after 10 blocks; `usual_rows` is 100. */
function start(genesis: unknown = { params: { round_blocks: '10', usual_rows: '100' } }) {
  const paid: Parameters<WeightSink['addWeight']>[1][] = [];
  const asked: bigint[] = [];
  const { keeper, module } = createValuation({
    addresses,
    rewards: { addWeight: (_ctx, entry) => paid.push(entry) },
    assessor: { requestRound: (_, id) => 70n + BigInt(asked.push(id)) },
  });
  const state = new MemoryState();
  let height = 1n;
  const ctx = () => new Context({ chainId: 'test', height, time: 0n, proposer: new Uint8Array() }, state);
  module.initGenesis?.(ctx(), genesis);
  const blocks = (count: number) => {
    for (let block = 0; block < count; block++) {
      module.endBlock?.(ctx());
      height += 1n;
    }
  };
  const explain = (contributionId: bigint) => {
    const route = module.queries?.find(({ path }) => path === '/infinet.valuation.v1.Query/Explain');
    const bytes = route?.answer(ctx(), q.QueryExplainRequest.encode({ contributionId }).finish());
    return q.QueryExplainResponse.decode(bytes ?? new Uint8Array());
  };
  /** Appraised, and asked for as contribution does when the appeal window is over. */
  const ready = (id: number, objectiveId = 1n) => {
    keeper.appraise(ctx(), subject(id, objectiveId));
    return keeper.conclude(ctx(), BigInt(id));
  };
  return { keeper, module, ctx, blocks, explain, ready, paid, asked };
}

const ppm = 1_000_000n;
const subject = (id: number, objectiveId = 1n): Subject => ({
  contributionId: BigInt(id),
  kind: 1,
  objectiveId,
  beneficiary: person(id),
  metrics: ['accuracy', 'completeness', 'consistency', 'impact_micro', 'timeliness'].map((name) => ({
    name,
    value: name === 'impact_micro' ? -5n : ppm,
  })),
  qualityGatePpm: 700_000n,
  baselinePpm: 500_000n,
  emission: true,
});

const outcome = (values: Record<string, bigint>) => ({
  valued: true,
  metrics: Object.entries({ net_rows_micro: 50n * ppm, utility_micro: 900_000n, ...values })
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
});

describe('contributions of a round', () => {
  it('wait until its time has come, and are then valued by one task', () => {
    const chain = start();
    expect(chain.ready(1)).toEqual({ again: 3n });
    expect(chain.ready(2)).toEqual({ again: 3n });
    chain.ready(3, 2n);
    chain.blocks(10);
    expect(chain.asked).toEqual([]);
    chain.blocks(1);
    expect(chain.asked).toEqual([1n, 2n]);
    expect(chain.keeper.contributors(chain.ctx(), 1n)).toEqual([1, 2].map((n) => addresses.accountText(person(n))));
  });

  it('weigh their value, times what the round brings beside others; harm costs the deposit', () => {
    const chain = start();
    for (const id of [1, 2, 3]) chain.ready(id);
    chain.blocks(11);
    const values = { value_1: 300_000_000_000n, value_2: -1_000_000n, value_3: 0n };
    chain.keeper.roundAssessed(chain.ctx(), 1n, outcome(values));
    expect(chain.keeper.conclude(chain.ctx(), 1n)).toEqual({ passed: true, reason: '', costsDeposit: false });
    expect(chain.keeper.get(chain.ctx(), 1n)).toMatchObject({ weight: 150_000n, roundId: 1n, impactMicro: 300_000n });
    expect(chain.keeper.conclude(chain.ctx(), 2n)).toMatchObject({ passed: false, costsDeposit: true });
    expect(chain.keeper.conclude(chain.ctx(), 3n)).toMatchObject({ passed: true });
    const verdict = { contributionId: 1n, contributor: person(1), accepted: true, parents: [] };
    chain.keeper.settle(chain.ctx(), verdict);
    expect(chain.paid).toMatchObject([{ contributionId: 1n, weight: 150_000n }]);
  });

  it('are explained with the round, from which anyone finds the same weight', () => {
    const chain = start();
    chain.ready(1);
    chain.blocks(11);
    chain.keeper.roundAssessed(chain.ctx(), 1n, outcome({ value_1: 123_456_789_012n }));
    const { round, steps, valuation } = chain.explain(1n);
    expect(round && roundWeight(round, 1n)).toMatchObject({ weight: valuation?.weight, passed: true });
    expect(valuation?.weight).toBe(61_728n);
    expect(steps.find(({ name }) => name === 'value')?.value).toBe(123_456_789_012n);
  });

  it('are measured against what rounds usually bring, which follows slowly and starts as the parameter says', () => {
    const chain = start();
    for (const [round, expected] of [
      [1, 100n * ppm],
      [2, 96_875_000n],
    ] as const) {
      chain.ready(round);
      chain.blocks(11);
      expect(chain.explain(BigInt(round)).round?.usualRowsMicro).toBe(expected);
      chain.keeper.roundAssessed(chain.ctx(), BigInt(round), outcome({ [`value_${round}`]: 1n }));
    }
  });

  it('that cannot be had are left out when the seats name them, and the rest is valued anew', () => {
    const chain = start();
    for (const id of [1, 2]) chain.ready(id);
    chain.blocks(11);
    chain.keeper.roundAssessed(chain.ctx(), 1n, { valued: false, metrics: [], unavailable: 2n });
    expect(chain.asked).toEqual([1n, 1n]);
    chain.keeper.roundAssessed(chain.ctx(), 1n, outcome({ value_1: 10n ** 12n }));
    expect(chain.keeper.get(chain.ctx(), 1n)?.weight).toBe(500_000n);
    expect(chain.keeper.conclude(chain.ctx(), 2n)).toEqual({
      passed: false,
      reason: 'unavailable',
      costsDeposit: false,
    });
  });

  it('weigh nothing when three committees in a row find no values', () => {
    const chain = start();
    chain.ready(1);
    chain.blocks(11);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(chain.keeper.conclude(chain.ctx(), 1n)).toHaveProperty('again');
      chain.keeper.roundAssessed(chain.ctx(), 1n, { valued: false, metrics: [] });
    }
    expect(chain.asked.length).toBe(3);
    expect(chain.keeper.conclude(chain.ctx(), 1n)).toMatchObject({ passed: true });
    expect(chain.keeper.get(chain.ctx(), 1n)?.weight).toBe(0n);
  });

  it('beyond 32, or that come while others are being valued, are valued next', () => {
    const chain = start();
    for (let id = 1; id <= 33; id++) chain.ready(id);
    chain.blocks(11);
    expect(chain.explain(32n).round?.members.length).toBe(32);
    chain.ready(34);
    chain.blocks(20);
    expect(chain.asked).toEqual([1n]);
    chain.keeper.roundAssessed(chain.ctx(), 1n, outcome({}));
    chain.blocks(11);
    expect(chain.asked).toEqual([1n, 2n]);
    expect(chain.explain(34n).round?.members.map(({ contributionId }) => contributionId)).toEqual([33n, 34n]);
  });

  it('go on after an export as if nothing had happened', () => {
    const chain = start();
    for (const id of [1, 2]) chain.ready(id);
    chain.ready(3, 2n);
    chain.blocks(11);
    chain.ready(4);
    const twin = start(JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.ctx()))));
    for (const each of [chain, twin]) each.keeper.roundAssessed(each.ctx(), 1n, outcome({ value_1: 10n ** 11n }));
    expect(twin.keeper.get(twin.ctx(), 1n)?.weight).toBe(chain.keeper.get(chain.ctx(), 1n)?.weight);
    twin.blocks(12);
    expect(twin.asked).toEqual([3n]);
    expect(twin.keeper.contributors(twin.ctx(), 3n)).toEqual([addresses.accountText(person(4))]);
  });
});
