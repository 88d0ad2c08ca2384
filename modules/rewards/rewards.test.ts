import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import type { ChainEvent } from '../../chain/events.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import {
  QueryClaimableRequest,
  QueryClaimableResponse,
  QueryEpochSummaryRequest,
  QueryEpochSummaryResponse,
  QueryRewardExplanationRequest,
  QueryRewardExplanationResponse,
} from '../../proto/generated/infinet/rewards/v1/query.ts';
import { MsgClaimRewards, MsgClaimRewardsResponse } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { epochClosed, rewardPaid, rewardsClaimed } from './events.ts';
import { streamNames, sum } from './formulas.ts';
import { createRewards } from './index.ts';

const addresses = createAddressCodec('infinet');
const SECOND = 1_000_000_000n;
const genesisTime = 1_700_000_000n * SECOND;
const account = (id: number): Uint8Array => new Uint8Array(20).fill(id);
const text = (id: number): string => addresses.accountText(account(id));
const moduleIds: Record<string, number> = { rewards: 200, community_pool: 201 };
const moduleAddress = (name: string): Uint8Array => account(moduleIds[name] ?? 0);

const shares = [300_000, 250_000, 100_000, 50_000, 150_000, 100_000, 50_000];
const genesis = {
  params: {
    localnet: true,
    epoch_seconds: '30',
    max_supply: '1000000000',
    base_cap: '1000000',
    target_value: '1000000',
    reserve_bound: '1000000',
    reserve_ceiling: '3000000',
    stale_epochs: '2',
    index: [{ symbol: 'BTC', weight_ppm: '1000000' }],
    streams: streamNames.map((name, at) => ({
      name,
      share_ppm: String(shares[at]),
      rate: name === 'stakers' || name === 'community' ? '0' : '100000',
    })),
    verifier_allowance: '1000000',
    verifier_fee_multiple_ppm: '0',
  },
};
const idleEpochPays = 150_000n;

/** A ledger with the rules that matter here: nobody spends what he does not have. */
function createLedger() {
  const balances = new Map<string, bigint>();
  const key = (address: Uint8Array): string => Buffer.from(address).toString('hex');
  const add = (address: Uint8Array, coins: Coin[], sign: bigint): void => {
    for (const { amount } of coins) {
      const next = (balances.get(key(address)) ?? 0n) + sign * BigInt(amount);
      if (next < 0n) throw new Error('insufficient funds');
      balances.set(key(address), next);
    }
  };
  const move = (from: Uint8Array, to: Uint8Array, coins: Coin[]): void => {
    add(from, coins, -1n);
    add(to, coins, 1n);
  };
  return {
    mint: (_: Context, name: string, coins: Coin[]) => add(moduleAddress(name), coins, 1n),
    sendFromModule: (_: Context, name: string, to: Uint8Array, coins: Coin[]) => move(moduleAddress(name), to, coins),
    sendModuleToModule: (_: Context, from: string, to: string, coins: Coin[]) =>
      move(moduleAddress(from), moduleAddress(to), coins),
    balance: (_: Context, address: Uint8Array) => balances.get(key(address)) ?? 0n,
    moduleAddress,
    give: (address: Uint8Array, amount: bigint) => add(address, [{ denom: 'uinf', amount: amount.toString() }], 1n),
  };
}

/** A chain whose blocks are one second apart, with two bonded validators (accounts 101 and 102). */
function start(state: unknown = genesis, bank = createLedger()) {
  let price: { value: bigint; stale: boolean } | undefined = { value: 100n, stale: false };
  const staking = {
    bondedValidators: () => [
      { operator: account(101), power: 30n },
      { operator: account(102), power: 10n },
    ],
    bondDenom: () => 'uinf',
  };
  const oracle = { slowPrice: () => price, startPrice: () => (price === undefined ? undefined : 100n) };
  const { module, keeper } = createRewards({ bank, staking, oracle, addresses });
  const memory = new MemoryState();
  let height = 0n;
  const context = (): Context =>
    new Context({ chainId: 'test', height, time: genesisTime + height * SECOND, proposer: account(1) }, memory);
  module.initGenesis?.(context(), state);
  const audit = (): void => {
    for (const { name, check } of module.invariants ?? []) {
      const wrong = check(context());
      if (wrong !== undefined) throw new Error(`${name}: ${wrong}`);
    }
  };
  const block = (work?: (ctx: Context) => void): readonly ChainEvent[] => {
    height++;
    const ctx = context();
    work?.(ctx);
    module.endBlock?.(ctx);
    audit();
    return ctx.log.events;
  };
  const ask = (name: string, request: Uint8Array): Uint8Array => {
    const route = module.queries?.find(({ path }) => path === `/infinet.rewards.v1.Query/${name}`);
    if (route === undefined) throw new Error(`no query ${name}`);
    return route.answer(context(), request);
  };
  return {
    module,
    keeper,
    bank,
    context,
    block,
    audit,
    quote: (next: typeof price) => {
      price = next;
    },
    /** Runs the work in one block, then blocks until the epoch closes. */
    epoch: (work?: (ctx: Context) => void): readonly ChainEvent[] => {
      const events = [...block(work)];
      while (!events.some(({ type }) => type === epochClosed.type)) events.push(...block());
      return events;
    },
    claim: (id: number): bigint => {
      const prepared = module.messages?.[0]?.prepare(MsgClaimRewards.encode({ claimant: text(id) }).finish());
      if (prepared === undefined) throw new Error('the module routes no message');
      const ctx = context();
      const { amount } = MsgClaimRewardsResponse.decode(prepared.handle(ctx));
      expect(ctx.log.events.map(({ type }) => type)).toContain(rewardsClaimed.type);
      audit();
      return BigInt(amount?.amount ?? 0);
    },
    claimable: (id: number): bigint => {
      const request = QueryClaimableRequest.encode({ address: text(id) }).finish();
      return BigInt(QueryClaimableResponse.decode(ask('Claimable', request)).amount?.amount ?? 0);
    },
    summary: (epoch = 0n) => {
      const request = QueryEpochSummaryRequest.encode({ epoch }).finish();
      const { summary } = QueryEpochSummaryResponse.decode(ask('EpochSummary', request));
      if (summary === undefined) throw new Error('no summary');
      return summary;
    },
    explain: (contributionId: bigint) =>
      QueryRewardExplanationResponse.decode(
        ask('RewardExplanation', QueryRewardExplanationRequest.encode({ contributionId }).finish()),
      ),
  };
}

const data = (contributionId: bigint, id: number, weight: bigint) => ({
  contributionId,
  kind: 1 as const,
  beneficiary: account(id),
  weight,
});

describe('an epoch', () => {
  it('closes in the first block at or after its end, and only one of them after a halt', () => {
    const chain = start();
    const events = Array.from({ length: 61 }, () => chain.block()).flat();
    const closed = events.filter(({ type }) => type === epochClosed.type).map(epochClosed.decode);
    expect(closed.map(({ epoch }) => epoch)).toEqual([1n, 2n]);
    expect(chain.summary(1n)).toMatchObject({ height: 31n, endTime: genesisTime + 31n * SECOND });
    expect(chain.summary(2n)).toMatchObject({ height: 61n });
  });

  it('pays contributions by weight and explains each reward', () => {
    const chain = start();
    const events = chain.epoch((ctx) => {
      chain.keeper.addWeight(ctx, data(1n, 1, 2_000_000n));
      chain.keeper.addWeight(ctx, data(2n, 2, 4_000_000n));
      expect(chain.explain(1n)).toMatchObject({ pending: true, stream: 'data', weight: 2_000_000n, epoch: 1n });
    });
    expect([1, 2].map(chain.claimable)).toEqual([100_000n, 200_000n]);
    expect(chain.explain(2n)).toMatchObject({
      pending: false,
      epoch: 1n,
      streamBudget: 300_000n,
      streamWeight: '6000000',
      rateBound: false,
      amount: 200_000n,
      payments: [{ beneficiary: text(2), amount: 200_000n }],
    });
    const paid = events.filter(({ type }) => type === rewardPaid.type).map(rewardPaid.decode);
    expect(paid.filter(({ stream }) => stream === 'data')).toEqual([
      { epoch: 1n, stream: 'data', contribution: 1n, beneficiary: text(1), weight: 2_000_000n, amount: 100_000n },
      { epoch: 1n, stream: 'data', contribution: 2n, beneficiary: text(2), weight: 4_000_000n, amount: 200_000n },
    ]);
  });

  it('gives parents their share', () => {
    const chain = start();
    chain.epoch((ctx) => {
      const parents = [{ beneficiary: account(8), microShare: 100_000n }];
      chain.keeper.addWeight(ctx, { ...data(1n, 1, 1_000_000n), shares: parents });
    });
    expect([1, 8].map(chain.claimable)).toEqual([90_000n, 10_000n]);
  });

  it('pays verifiers for their work and stakers by power', () => {
    const chain = start();
    chain.epoch((ctx) => {
      chain.keeper.addVerifierWork(ctx, account(101), 1n);
      chain.keeper.addVerifierWork(ctx, account(102), 1n);
      chain.keeper.addVerifierWork(ctx, account(101), 1n);
    });
    expect([101, 102].map(chain.claimable)).toEqual([100_000n + 75_000n, 50_000n + 25_000n]);
  });

  it('adds up: balances of accounts, pool and module are what was issued, in the summary and in the bank', () => {
    const chain = start();
    for (let epoch = 1n; epoch <= 5n; epoch++) {
      chain.epoch((ctx) => {
        chain.keeper.addWeight(ctx, data(epoch, 1, 1_234_567n * epoch));
        chain.keeper.addWeight(ctx, data(200n + epoch, 3, 765_431n));
        chain.keeper.addWeight(ctx, data(300n + epoch, 4, 3n));
        chain.keeper.addWeight(ctx, { ...data(100n + epoch, 2, 777n), kind: 2 });
        chain.keeper.addVerifierWork(ctx, account(101), 3n * epoch);
      });
      if (epoch === 3n) chain.claim(1);
    }
    const { issued, unclaimed, balance } = chain.summary();
    const held = [...[1, 2, 3, 4, 101, 102].map(account), moduleAddress('rewards'), moduleAddress('community_pool')];
    expect(sum(held.map((address) => chain.bank.balance(chain.context(), address)))).toBe(issued);
    expect(balance).toBe(unclaimed.toString());
    expect(sum([1, 2, 3, 4, 101, 102].map(chain.claimable))).toBe(unclaimed);
    const epochs = [1n, 2n, 3n, 4n, 5n].map((epoch) => chain.summary(epoch));
    expect(sum(epochs.map(({ paid }) => paid))).toBe(issued);
    expect(sum(epochs.map(({ dust }) => dust))).toBeGreaterThan(0n);
  });

  it('hands coins that strangers sent to its account to the community', () => {
    const chain = start();
    chain.bank.give(moduleAddress('rewards'), 77n);
    chain.epoch();
    expect(chain.summary()).toMatchObject({ swept: '77', unclaimed: 100_000n, balance: '100000' });
    expect(chain.bank.balance(chain.context(), moduleAddress('community_pool'))).toBe(50_077n);
  });

  it('lets the reserve lapse above its ceiling', () => {
    const chain = start();
    for (let epoch = 0; epoch < 4; epoch++) chain.epoch();
    expect(chain.summary(3n)).toMatchObject({ reserve: 3n * (1_000_000n - idleEpochPays), lapsed: 0n });
    expect(chain.summary(4n)).toMatchObject({ reserve: 3_000_000n, lapsed: 400_000n });
  });
});

describe('the index', () => {
  it('halves the budget when the price doubles, and says that value was the limit', () => {
    const chain = start();
    chain.quote({ value: 200n, stale: false });
    chain.epoch();
    expect(chain.summary()).toMatchObject({
      indexPpm: 2_000_000n,
      budget: 500_000n,
      limit: 'value',
      indexStale: false,
    });
  });

  it('goes on with a frozen price for stale_epochs, then stops drawing on the reserve until prices return', () => {
    const chain = start();
    chain.epoch();
    chain.quote({ value: 50n, stale: true });
    for (let epoch = 0; epoch < 3; epoch++) chain.epoch();
    expect([2n, 3n, 4n].map((epoch) => chain.summary(epoch).paused)).toEqual([false, false, true]);
    expect(chain.summary(3n)).toMatchObject({ drawLimit: 1_000_000n, budget: 2_000_000n, indexStale: true });
    expect(chain.summary(4n)).toMatchObject({ drawLimit: 0n, budget: 1_000_000n });
    expect(chain.summary(4n).reserve).toBeGreaterThan(chain.summary(3n).reserve);
    chain.quote({ value: 50n, stale: false });
    chain.epoch();
    expect(chain.summary()).toMatchObject({ paused: false, budget: 2_000_000n });
  });

  it('is 1 and draws nothing while no price was ever seen', () => {
    const chain = start();
    chain.quote(undefined);
    chain.epoch();
    expect(chain.summary()).toMatchObject({ indexPpm: 1_000_000n, indexStale: true, paused: true, budget: 1_000_000n });
  });
});

describe('claiming', () => {
  it('pays everything once; the second time there is nothing to claim', () => {
    const chain = start();
    chain.epoch((ctx) => chain.keeper.addWeight(ctx, data(1n, 1, 1_000_000n)));
    expect(chain.claim(1)).toBe(100_000n);
    expect(chain.bank.balance(chain.context(), account(1))).toBe(100_000n);
    expect(() => chain.claim(1)).toThrow(expect.objectContaining({ codespace: 'rewards', code: 2 }));
    expect(chain.claimable(1)).toBe(0n);
  });
});

describe('a weight', () => {
  it('is taken once for each contribution, pending or paid', () => {
    const chain = start();
    const twice = (ctx: Context) => chain.keeper.addWeight(ctx, data(1n, 1, 1n));
    chain.block(twice);
    expect(() => chain.block(twice)).toThrow(expect.objectContaining({ codespace: 'rewards', code: 3 }));
    chain.epoch();
    expect(() => chain.block(twice)).toThrow('contribution 1: the contribution was weighed before');
  });

  it('is refused when negative, of no kind, or shared out beyond the whole', () => {
    const chain = start();
    const add = (change: object) =>
      chain.block((ctx) => chain.keeper.addWeight(ctx, { ...data(1n, 1, 1n), ...change }));
    expect(() => add({ weight: -1n })).toThrow(expect.objectContaining({ code: 4 }));
    expect(() => add({ kind: 0 })).toThrow(expect.objectContaining({ code: 4 }));
    expect(() => add({ shares: [{ beneficiary: account(2), microShare: 1_000_001n }] })).toThrow('1000001 in 10^-6');
  });

  it('of 0 earns nothing and is explained all the same', () => {
    const chain = start();
    chain.epoch((ctx) => chain.keeper.addWeight(ctx, data(1n, 1, 0n)));
    expect(chain.explain(1n)).toMatchObject({ pending: false, weight: 0n, amount: 0n });
    expect(() => chain.explain(2n)).toThrow(expect.objectContaining({ code: 6 }));
  });
});

describe('the rewards genesis', () => {
  it('goes on from an export as if nothing had happened', () => {
    const chain = start();
    chain.epoch((ctx) => {
      const shares = [{ beneficiary: account(8), microShare: 5n }];
      chain.keeper.addWeight(ctx, { ...data(1n, 1, 1_000_000n), shares });
    });
    chain.block((ctx) => {
      chain.keeper.addWeight(ctx, data(2n, 2, 5n));
      chain.keeper.addVerifierWork(ctx, account(101), 2n, 7n);
    });
    const exported: unknown = JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.context())));
    const other = start(exported, chain.bank);
    expect(other.module.exportGenesis?.(other.context())).toEqual(exported);
    other.audit();
  });

  it('lets only a localnet have epochs under a minute', () => {
    const withParams = (change: object) => ({ params: { ...genesis.params, ...change } });
    expect(() => start(withParams({ localnet: false }))).toThrow(
      'app_state.rewards.params.epoch_seconds: less than 60 needs "localnet": true',
    );
    start(withParams({ localnet: false, epoch_seconds: '60' }));
  });

  it('names the field that is wrong', () => {
    const withParams = (change: object) => ({ params: { ...genesis.params, ...change } });
    const { streams } = genesis.params;
    expect(() => start(withParams({ streams: streams.slice(1) }))).toThrow('params.streams: lacks the stream data');
    expect(() => start(withParams({ streams: [...streams, ...streams] }))).toThrow('data stands there twice');
    expect(() => start(withParams({ index: [] }))).toThrow('params.index: shares sum to 0, not to 1000000');
    expect(() => start(withParams({ base_cap: '1000000001' }))).toThrow('params.base_cap: must be at most max_supply');
    expect(() => start({ ...genesis, claimables: [{ account: text(1), amount: '5' }] })).toThrow(
      'app_state.rewards.claimables: sum to 5, emission.unclaimed is 0',
    );
  });
});
