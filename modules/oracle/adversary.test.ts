import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import type { ExtendedVote } from '../../chain/module.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { createOracle } from './index.ts';
import { attendances, symbols } from './state.ts';

const addresses = createAddressCodec('infinet');
const SECOND = 1_000_000_000n;
const genesisTime = 1_700_000_000n * SECOND;
const usual = 60_000_000_000n;

const genesis = {
  params: {
    symbols: ['BTC'],
    window_seconds: '10',
    max_change_ppm: '100000',
    max_age_seconds: '5',
    min_coverage_ppm: '500000',
    event_change_ppm: '10000',
    event_blocks: '100',
    slash_window_blocks: '100',
    min_priced_ppm: '50000',
    slash_fraction_ppm: '100',
    jail_seconds: '600',
  },
};

/** A small generator (mulberry32), so that a seed gives the same chain everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Said {
  readonly prices: readonly bigint[];
  readonly observed?: bigint;
}

/** What a liar says when the truth is `truth`; undefined is no vote at all. */
type Lie = (truth: bigint, block: number, next: () => number) => Said | undefined;

const lies: Readonly<Record<string, Lie>> = {
  high: () => ({ prices: [(1n << 63n) - 1n] }),
  low: () => ({ prices: [1n] }),
  zero: () => ({ prices: [0n] }),
  negative: () => ({ prices: [(1n << 64n) - 5n] }),
  random: (_, __, next) => ({ prices: [BigInt(Math.floor(next() * 2 ** 50))] }),
  'flip-flop': (truth, block) => ({ prices: [block % 2 === 0 ? truth * 1_000n : truth / 1_000n + 1n] }),
  'just beside the truth': (truth) => ({ prices: [(truth * 1_090n) / 1_000n] }),
  'two prices at once': (truth, block) => ({ prices: block % 2 === 0 ? [truth * 2n, truth] : [1n, truth * 9n] }),
  'of the future': (truth) => ({ prices: [truth * 3n], observed: genesisTime / SECOND + 1_000_000n }),
  'long ago': (truth) => ({ prices: [truth / 3n], observed: genesisTime / SECOND - 1_000_000n }),
  'no price': () => ({ prices: [] }),
  'no vote': () => undefined,
};

/** Validators with random powers, of which the last ones, less than 1/3 of all power, lie. */
function start(seed: number, lie: Lie) {
  const next = random(seed);
  const count = 4 + Math.floor(next() * 30);
  const powers = Array.from({ length: count }, () => BigInt(1 + Math.floor(next() * 1000)));
  const total = powers.reduce((sum, power) => sum + power, 0n);
  const liars = new Set<number>();
  let lying = 0n;
  for (let id = count - 1; id >= 0; id--) {
    const power = powers[id] ?? 0n;
    if ((lying + power) * 3n >= total) continue;
    lying += power;
    liars.add(id);
  }
  const punished = new Set<number>();
  const { module } = createOracle({
    addresses,
    slashing: { punishSigner: (_, address) => void punished.add((address[0] ?? 0) - 1) },
    authority: new Uint8Array(20),
  });
  const memory = new MemoryState();
  let height = 0n;
  let truth = usual;
  const context = () =>
    new Context({ chainId: 'test', height, time: genesisTime + height * SECOND, proposer: new Uint8Array() }, memory);
  module.initGenesis?.(context(), genesis);
  /** A block after which the honest ones' lowest and highest price come back. */
  const block = (): readonly [bigint, bigint] => {
    height++;
    truth = (truth * BigInt(9_950 + Math.floor(next() * 101))) / 10_000n;
    const honest: bigint[] = [];
    const votes = powers.map((power, id): ExtendedVote => {
      const own = (truth * BigInt(995 + Math.floor(next() * 11))) / 1_000n;
      if (!liars.has(id)) honest.push(own);
      const said = liars.has(id) ? lie(truth, Number(height), next) : { prices: [own] };
      return { validator: new Uint8Array(20).fill(id + 1), power, extension: said && encode(said) };
    });
    const ctx = context();
    module.voteExtensions?.(ctx, votes);
    module.beginBlock?.(ctx);
    return [least(honest), greatest(honest)];
  };
  const state = () => symbols.get(context(), 'BTC');
  const missed = (id: number) => attendances.get(context(), new Uint8Array(20).fill(id + 1))?.missed ?? 0n;
  return { block, state, missed, punished, liars, count };
}

function encode({ prices, observed }: Said): Uint8Array {
  const said = prices.map((valueMicro) => ({ symbol: 0, valueMicro }));
  return VoteExtension.encode(VoteExtension.fromPartial({ prices: said, observedSeconds: observed ?? 0n })).finish();
}

const sorted = (values: readonly bigint[]) => values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
const least = (values: readonly bigint[]): bigint => sorted(values)[0] ?? 0n;
const greatest = (values: readonly bigint[]): bigint => sorted(values).at(-1) ?? 0n;

describe('an oracle in which almost a third of the power lies', () => {
  it.each(Object.entries(lies))('stays within the honest range, block by block: %s', (_, lie) => {
    for (let seed = 1; seed <= 12; seed++) {
      const chain = start(seed, lie);
      const ranges: (readonly [bigint, bigint])[] = [];
      for (let at = 0; at < 150; at++) {
        ranges.push(chain.block());
        const state = chain.state();
        const [low, high] = ranges.at(-1) ?? [0n, 0n];
        expect(state !== undefined && state.medianMicro >= low && state.medianMicro <= high).toBe(true);
        // The slow price is an average of a window of such medians, or on its way to one.
        const slow = state?.slowMicro ?? 0n;
        expect(slow >= least(ranges.map(([lowest]) => lowest))).toBe(true);
        expect(slow <= greatest(ranges.map(([, highest]) => highest))).toBe(true);
      }
    }
  });

  it('punishes those who vote without a usable price, never a different opinion and never the honest', () => {
    const guilty = new Set(['zero', 'negative', 'of the future', 'long ago', 'no price']);
    for (const [name, lie] of Object.entries(lies)) {
      const chain = start(7, lie);
      for (let at = 0; at < 201; at++) chain.block();
      const expected = guilty.has(name) ? [...chain.liars].sort() : [];
      expect([name, [...chain.punished].sort()]).toEqual([name, expected]);
      const honest = Array.from({ length: chain.count }, (_, id) => id).filter((id) => !chain.liars.has(id));
      expect(honest.map(chain.missed)).toEqual(honest.map(() => 0n));
    }
  });

  it('gives no price where the silent are a third or more, and nobody is punished for that', () => {
    const { module } = createOracle({
      addresses,
      slashing: {
        punishSigner: () => {
          throw new Error('somebody was punished');
        },
      },
      authority: new Uint8Array(20),
    });
    const memory = new MemoryState();
    for (let height = 0n; height < 300n; height++) {
      const block = { chainId: 'test', height, time: genesisTime + height * SECOND, proposer: new Uint8Array() };
      const ctx = new Context(block, memory);
      if (height === 0n) module.initGenesis?.(ctx, genesis);
      const votes = [0, 1, 2].map((id): ExtendedVote => {
        const prices = id === 0 ? [] : [usual];
        return { validator: new Uint8Array(20).fill(id + 1), power: 10n, extension: encode({ prices }) };
      });
      module.voteExtensions?.(ctx, votes);
      module.beginBlock?.(ctx);
      expect(symbols.get(ctx, 'BTC')?.medianMicro ?? 0n).toBe(0n);
    }
  });
});
