import { describe, expect, it } from 'vitest';
import type { Context } from '../../chain/context.ts';
import { epochClosed, rewardPaid } from './events.ts';
import { account, data, genesis, genesisTime, idleEpochPays, moduleAddress, SECOND, start, text } from './fixture.ts';
import { sum } from './formulas.ts';

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
