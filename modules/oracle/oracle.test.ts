import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import type { ExtendedVote } from '../../chain/module.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import {
  QueryMissesRequest,
  QueryMissesResponse,
  QueryPriceRequest,
  QueryPriceResponse,
} from '../../proto/generated/infinet/oracle/v1/query.ts';
import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { priceFrozen, priceUpdated } from './events.ts';
import { createOracle } from './index.ts';

const addresses = createAddressCodec('infinet');
const SECOND = 1_000_000_000n;
const genesisTime = 1_700_000_000n * SECOND;
const validator = (id: number): Uint8Array => new Uint8Array(20).fill(id);
const usd = (dollars: number): bigint => BigInt(dollars) * 1_000_000n;

const genesis = {
  params: {
    symbols: ['BTC'],
    window_seconds: '10',
    max_change_ppm: '100000',
    max_age_seconds: '5',
    min_coverage_ppm: '500000',
    event_change_ppm: '10000',
    event_blocks: '100',
  },
};

/** A chain of one-second blocks with four validators of equal power. */
function start(state: unknown = genesis) {
  const { module, keeper } = createOracle({ addresses });
  const memory = new MemoryState();
  let height = 0n;
  const context = (): Context =>
    new Context({ chainId: 'test', height, time: genesisTime + height * SECOND, proposer: new Uint8Array() }, memory);
  module.initGenesis?.(context(), state);
  /** Runs a block whose votes carry these prices; undefined is an absent validator, bytes are sent as they are. */
  const block = (said: readonly (bigint | Uint8Array | undefined)[]) => {
    height++;
    const ctx = context();
    const votes = said.map(
      (price, id): ExtendedVote => ({ validator: validator(id), power: 10n, extension: encode(price) }),
    );
    module.voteExtensions?.(ctx, votes);
    module.beginBlock?.(ctx);
    return ctx.log.events;
  };
  const blocks = (count: number, said: readonly (bigint | undefined)[]) =>
    Array.from({ length: count }, () => block(said)).flat();
  const ask = (name: string, request: Uint8Array): Uint8Array => {
    const route = module.queries?.find(({ path }) => path === `/infinet.oracle.v1.Query/${name}`);
    if (route === undefined) throw new Error(`no query ${name}`);
    return route.answer(context(), request);
  };
  const price = () =>
    QueryPriceResponse.decode(ask('Price', QueryPriceRequest.encode({ symbol: 'BTC' }).finish())).price;
  return { module, keeper, context, block, blocks, ask, price };
}

function encode(price: bigint | Uint8Array | undefined): Uint8Array | undefined {
  if (price instanceof Uint8Array || price === undefined) return price;
  return VoteExtension.encode(VoteExtension.fromPartial({ prices: [{ symbol: 0, valueMicro: price }] })).finish();
}

const all = (dollars: number): bigint[] => Array.from({ length: 4 }, () => usd(dollars));

describe('the oracle', () => {
  it('goes on when three of ten validators say the largest number there is about a cheap coin', () => {
    const chain = start();
    chain.block(Array.from({ length: 10 }, (_, id) => (id < 3 ? (1n << 64n) - 1n : 1n)));
    expect(chain.keeper.slowPrice(chain.context(), 'BTC')).toEqual({ value: 1n, stale: false });
    expect(chain.price()?.spreadPpm).toBeLessThan(1n << 63n);
  });

  it('starts at the first median that more than two thirds of the power agree to give', () => {
    const chain = start();
    chain.block([usd(100), usd(100), undefined, undefined]);
    expect(chain.keeper.slowPrice(chain.context(), 'BTC')).toBeUndefined();
    expect(() => chain.price()).toThrow('no price yet');
    chain.block([usd(100), usd(101), usd(102), undefined]);
    expect(chain.keeper.slowPrice(chain.context(), 'BTC')).toEqual({ value: usd(101), stale: false });
    expect(chain.keeper.startPrice(chain.context(), 'BTC')).toBe(usd(101));
  });

  it('keeps the start price that genesis gives', () => {
    const chain = start({ ...genesis, symbols: [{ symbol: 'BTC', start_micro: '50000000' }] });
    expect(chain.keeper.startPrice(chain.context(), 'BTC')).toBe(usd(50));
    chain.block(all(100));
    expect(chain.keeper.startPrice(chain.context(), 'BTC')).toBe(usd(50));
    expect(chain.keeper.slowPrice(chain.context(), 'BTC')?.value).toBe(usd(100));
  });

  it('follows a real jump in bounded steps, one a window, and shows the lag', () => {
    const chain = start();
    chain.blocks(11, all(100));
    chain.blocks(10, all(200));
    expect(chain.price()).toMatchObject({ medianMicro: usd(200), slowMicro: usd(110), lagPpm: 818_181n });
    chain.blocks(10, all(200));
    expect(chain.price()?.slowMicro).toBe(usd(121));
    chain.blocks(60, all(200));
    expect(chain.price()).toMatchObject({ slowMicro: usd(200), lagPpm: 0n });
  });

  it('weighs each price by the time it held', () => {
    const chain = start();
    chain.blocks(8, all(100));
    chain.blocks(3, all(104));
    // Windows are counted to the moment a new price arrives: 100 for 8 s, 104 for 2 s.
    expect(chain.price()?.slowMicro).toBe(100_800_000n);
  });

  it('is not moved by one validator of four that lies', () => {
    const chain = start();
    chain.blocks(30, [usd(100), usd(100), usd(100), usd(1_000_000)]);
    chain.blocks(30, [usd(100), usd(100), usd(100), 1n]);
    expect(chain.price()).toMatchObject({ medianMicro: usd(100), slowMicro: usd(100) });
  });

  it('freezes when prices stop, says so once, and goes on from the frozen value when they return', () => {
    const chain = start();
    chain.blocks(12, all(100));
    const silent = chain.blocks(20, [undefined, undefined, undefined, usd(300)]);
    expect(silent.filter(({ type }) => type === priceFrozen.type)).toHaveLength(1);
    expect(chain.keeper.slowPrice(chain.context(), 'BTC')).toEqual({ value: usd(100), stale: true });
    expect(chain.price()).toMatchObject({ stale: true, ageSeconds: 20n });
    const back = chain.blocks(20, all(300));
    expect(back.filter(({ type }) => type === priceUpdated.type).length).toBeGreaterThan(0);
    expect(chain.keeper.slowPrice(chain.context(), 'BTC')).toMatchObject({ stale: false });
    expect(chain.price()?.slowMicro).toBeLessThanOrEqual(usd(121));
  });

  it('counts absence and garbage as misses, and nothing against a different opinion', () => {
    const chain = start();
    const garbage = new Uint8Array(40).fill(0xff);
    for (let at = 0; at < 3; at++) chain.block([usd(100), undefined, garbage, usd(5000)]);
    const misses = (id: number): bigint => {
      const request = QueryMissesRequest.encode({ validator: addresses.consensusText(validator(id)) }).finish();
      return QueryMissesResponse.decode(chain.ask('Misses', request)).misses;
    };
    expect([0, 1, 2, 3].map(misses)).toEqual([0n, 3n, 3n, 0n]);
  });

  it('takes no price of 0, none for a symbol that it does not have, and the first of two', () => {
    const chain = start();
    const odd = VoteExtension.encode(
      VoteExtension.fromPartial({
        prices: [
          { symbol: 7, valueMicro: usd(9) },
          { symbol: 0, valueMicro: 0n },
          { symbol: 0, valueMicro: usd(100) },
          { symbol: 0, valueMicro: usd(999) },
        ],
      }),
    ).finish();
    chain.block([odd, odd, odd, odd]);
    expect(chain.price()?.medianMicro).toBe(usd(100));
  });

  it('stays quiet while a price stands still', () => {
    const chain = start();
    expect(chain.blocks(90, all(100))).toHaveLength(1);
    expect(chain.blocks(20, all(100))).toHaveLength(1);
    const [event] = chain.block(all(102));
    expect(event === undefined ? undefined : priceUpdated.decode(event)).toMatchObject({ median_micro: usd(102) });
  });

  it('goes on from an exported genesis as if nothing had happened', () => {
    const chain = start();
    chain.blocks(17, [usd(100), usd(103), usd(105), undefined]);
    const exported: unknown = JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.context())));
    const other = start(exported);
    expect(other.module.exportGenesis?.(other.context())).toEqual(exported);
  });

  it('names the field of a genesis that is wrong', () => {
    const withParams = (change: object) => ({ params: { ...genesis.params, ...change } });
    expect(() => start(withParams({ symbols: ['BTC', 'BTC'] }))).toThrow('app_state.oracle.params.symbols: a symbol');
    expect(() => start(withParams({ symbols: ['btc'] }))).toThrow('app_state.oracle.params.symbols[0]: not 1 to 16');
    expect(() => start(withParams({ max_change_ppm: '1000001' }))).toThrow('params.max_change_ppm: must be at most');
    expect(() => start(withParams({ window_seconds: undefined }))).toThrow('params.window_seconds: not an integer');
    expect(() => start({ ...genesis, symbols: [{ symbol: 'ETH' }] })).toThrow('symbols[0].symbol: not one of');
  });
});
