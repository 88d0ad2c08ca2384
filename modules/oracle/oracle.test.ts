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
import { MsgUpdateParams, VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { priceFrozen, priceRefused, pricesWithheld, priceUpdated } from './events.ts';
import { createOracle } from './index.ts';
import { msgUpdateParams } from './messages.ts';
import { CLOCK_TOLERANCE_SECONDS, checkPrice } from './opinion.ts';
import { params } from './state.ts';

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
  const punished: [number, object][] = [];
  const { module, keeper } = createOracle({
    addresses,
    slashing: {
      punishSigner: (_, address, penalty) => {
        punished.push([address[0] ?? 0, penalty]);
      },
    },
    authority: validator(99),
  });
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
  const attendance = (id: number) => {
    const request = QueryMissesRequest.encode({ validator: addresses.consensusText(validator(id)) }).finish();
    return QueryMissesResponse.decode(ask('Misses', request)).attendance;
  };
  return { attendance, module, keeper, context, block, blocks, ask, price, punished };
}

/** A vote with one price that was seen at `observed` seconds. */
function seen(valueMicro: bigint, observed: bigint): Uint8Array {
  const said = VoteExtension.fromPartial({ prices: [{ symbol: 0, valueMicro }], observedSeconds: observed });
  return VoteExtension.encode(said).finish();
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

  const now = genesisTime / SECOND + 3n;
  it.each([
    ['of zero', 4, 0n, now],
    ['that is negative', 5, (1n << 64n) - 1n, now],
    ['from the future', 6, usd(100), now + CLOCK_TOLERANCE_SECONDS + 9n],
    ['that is too old', 7, usd(100), now - 6n],
  ])('refuses a price %s with code %i, tells it once and leaves the price as it was', (_, code, value, observed) => {
    const chain = start();
    const vote = seen(value, observed);
    chain.blocks(2, all(100));
    const before = chain.price();
    const events = chain.block([vote, vote, vote, vote]);
    expect(events.map((event) => priceRefused.decode(event))).toEqual(
      [0, 1, 2, 3].map((id) => ({
        validator: addresses.consensusText(validator(id)),
        symbol: 'BTC',
        code: BigInt(code),
      })),
    );
    expect(chain.price()).toEqual({ ...before, ageSeconds: 1n });
    expect(chain.block([vote, vote, vote, vote])).toEqual([]);
    expect(chain.attendance(0)).toMatchObject({ missed: 2n, refusedCode: code, refusedHeight: 3n });
    const error = () => checkPrice(value, observed, now * SECOND, params.require(chain.context()));
    expect(error).toThrow(expect.objectContaining({ codespace: 'oracle', code }));
  });

  it('takes a price whose sender’s clock is a little ahead, and one without a time', () => {
    const chain = start();
    chain.block(Array.from({ length: 4 }, () => seen(usd(7), genesisTime / SECOND + 1n + CLOCK_TOLERANCE_SECONDS)));
    expect(chain.price()).toMatchObject({ medianMicro: usd(7), powerPpm: 1_000_000n });
    chain.block([usd(8), usd(8), usd(8), undefined]);
    expect(chain.price()).toMatchObject({ medianMicro: usd(8), powerPpm: 750_000n });
  });

  it('punishes absence while others speak, window by window; not silence of all, not a missing vote', () => {
    const strict = {
      ...genesis.params,
      slash_window_blocks: '10',
      min_priced_ppm: '200000',
      slash_fraction_ppm: '100',
      jail_seconds: '60',
    };
    const chain = start({ params: strict });
    const silent = encode(0n);
    chain.blocks(9, [usd(100), usd(100), usd(100), undefined]);
    expect(chain.punished).toEqual([]);
    chain.block([usd(100), usd(100), usd(100), undefined]);
    expect(chain.punished).toEqual([]);
    const empty = new Uint8Array();
    for (let at = 0; at < 30; at++) chain.block([empty, empty, silent, usd(100)]);
    expect(chain.punished).toEqual([]);
    // One of ten is less than a fifth, two are not.
    for (let at = 0; at < 10; at++) chain.block([usd(100), usd(100), usd(100), at < 2 ? usd(100) : empty]);
    expect(chain.punished).toEqual([]);
    const events = Array.from({ length: 10 }, (_, at) =>
      chain.block([usd(100), usd(100), usd(100), at < 1 ? usd(100) : empty]),
    ).flat();
    expect(chain.punished).toEqual([[3, { fractionMicro: 100n, reason: 'prices_withheld', jailNanos: 60n * SECOND }]]);
    const [told] = events.filter(({ type }) => type === pricesWithheld.type);
    expect(told && pricesWithheld.decode(told)).toMatchObject({ missed: 9n, blocks: 10n });
    expect(chain.attendance(3)).toMatchObject({ penalties: 1n, windowMissed: 0n });
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

describe('parameters of the oracle', () => {
  const authority = addresses.accountText(validator(99));
  const update = (chain: ReturnType<typeof start>, change: object, sender = authority) => {
    const next = { ...params.require(chain.context()), ...change };
    const message = MsgUpdateParams.encode({ authority: sender, params: next }).finish();
    const [route] = chain.module.messages ?? [];
    expect(route?.typeUrl).toBe(msgUpdateParams.typeUrl);
    route?.prepare(message).handle(chain.context());
  };

  it('are changed by governance alone; symbols are only added', () => {
    const chain = start();
    const stranger = addresses.accountText(validator(5));
    expect(() => update(chain, {}, stranger)).toThrow(expect.objectContaining({ codespace: 'gov', code: 13 }));
    update(chain, { symbols: ['BTC', 'ETH'], maxChangePpm: 50_000n });
    expect(params.require(chain.context())).toMatchObject({ symbols: ['BTC', 'ETH'], maxChangePpm: 50_000n });
    const invalid = expect.objectContaining({ codespace: 'oracle', code: 8 });
    expect(() => update(chain, { symbols: ['ETH', 'BTC'] })).toThrow(invalid);
    expect(() => update(chain, { symbols: ['BTC'] })).toThrow(invalid);
    expect(() => update(chain, { windowSeconds: 0n })).toThrow(invalid);
    expect(() => update(chain, { maxChangePpm: 1_000_001n })).toThrow(invalid);
    expect(params.require(chain.context())).toMatchObject({ symbols: ['BTC', 'ETH'], maxChangePpm: 50_000n });
  });
});
