import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { createExtensionBuilder, MAX_EXTENSION_BYTES } from './extension.ts';

const proof = new Uint8Array(80).fill(7);

test('prices go out by the index of their symbol, with the proof of the round', () => {
  const build = createExtensionBuilder({
    prices: () =>
      new Map([
        ['ETH', 2_000_000n],
        ['XRP', 1n],
        ['BTC', 2n ** 64n - 1n],
      ]),
    symbols: () => ['BTC', 'GOLD', 'ETH'],
    beacon: { input: () => ({ round: 9n, alpha: Uint8Array.of(1) }), prove: () => proof },
  });
  expect(VoteExtension.decode(build())).toEqual({
    prices: [
      { symbol: 0, valueMicro: 2n ** 64n - 1n },
      { symbol: 2, valueMicro: 2_000_000n },
    ],
    observedSeconds: 0n,
    beaconRound: 9n,
    vrfProof: proof,
  });
});

test('a node without prices and without a key votes with an empty extension', () => {
  expect(createExtensionBuilder({ prices: () => new Map(), symbols: () => ['BTC'] })()).toEqual(new Uint8Array());
});

test('an extension never exceeds what every node accepts, and keeps the proof', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), (count, value) => {
      const symbols = Array.from({ length: count }, (_, index) => `S${index}`);
      const build = createExtensionBuilder({
        prices: () => new Map(symbols.map((symbol) => [symbol, value])),
        symbols: () => symbols,
        beacon: { input: () => ({ round: 2n ** 64n - 1n, alpha: new Uint8Array() }), prove: () => proof },
      });
      const bytes = build();
      expect(bytes.length).toBeLessThanOrEqual(MAX_EXTENSION_BYTES);
      expect(VoteExtension.decode(bytes).vrfProof).toEqual(proof);
    }),
  );
});

test('a part that fails is left out and reported; the other part still goes out', () => {
  const problems: string[] = [];
  const build = createExtensionBuilder({
    prices: () => new Map([['BTC', 5n]]),
    symbols: () => ['BTC'],
    beacon: {
      input: () => {
        throw new Error('no state yet');
      },
      prove: () => proof,
    },
    onProblem: (part, problem) => problems.push(`${part}: ${problem}`),
  });
  expect(VoteExtension.decode(build())).toEqual({
    prices: [{ symbol: 0, valueMicro: 5n }],
    observedSeconds: 0n,
    beaconRound: 0n,
    vrfProof: new Uint8Array(),
  });
  expect(problems).toEqual(['beacon: no state yet']);
});

test('a round is proved once, however many blocks its window lasts', () => {
  let proofs = 0;
  let round = 1n;
  const build = createExtensionBuilder({
    prices: () => new Map(),
    symbols: () => [],
    beacon: {
      input: () => ({ round, alpha: Uint8Array.of(Number(round)) }),
      prove: () => {
        proofs++;
        return proof;
      },
    },
  });
  build();
  build();
  round = 2n;
  build();
  expect(proofs).toBe(2);
});

test('prices go out with the time when the oldest was seen, an extension without prices without one', () => {
  const deps = { symbols: () => ['BTC'], observedSeconds: () => 1_700_000_000n };
  const build = createExtensionBuilder({ ...deps, prices: () => new Map([['BTC', 5n]]) });
  expect(VoteExtension.decode(build()).observedSeconds).toBe(1_700_000_000n);
  expect(createExtensionBuilder({ ...deps, prices: () => new Map() })()).toEqual(new Uint8Array());
});
