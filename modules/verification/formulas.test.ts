import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  cheatingValue,
  commitmentOf,
  drawSeats,
  equalShares,
  escapePpb,
  isTwoThirds,
  runCost,
  runFee,
  seatUnits,
  skippingOdds,
  unitAlpha,
} from './formulas.ts';
import { defaultParams } from './params.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hexOf = (value: Uint8Array) => Buffer.from(value).toString('hex');

const candidate: fc.Arbitrary<Candidate> = fc.record({
  operator: bytes(20),
  tokens: fc.bigInt({ min: 0n, max: 10n ** 18n }),
  backend: fc.constantFrom('cpu', 'wasm', 'webgpu'),
});
const candidates = fc.uniqueArray(candidate, { maxLength: 30, selector: ({ operator }) => hexOf(operator) });
const draw = fc.record({
  beaconValue: bytes(32),
  taskId: fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }),
  candidates,
  seats: fc.integer({ min: 1, max: 8 }),
  capPpm: fc.bigInt({ min: 1n, max: 1_000_000n }),
});

describe('seats', () => {
  test('go to distinct candidates, as many as wanted or as there are', () => {
    fc.assert(
      fc.property(draw, (order) => {
        const chosen = drawSeats(order);
        expect(chosen).toHaveLength(Math.min(order.seats, order.candidates.length));
        expect(new Set(chosen.map(({ operator }) => hexOf(operator))).size).toBe(chosen.length);
        for (const one of chosen) expect(order.candidates).toContain(one);
      }),
    );
  });

  test('do not depend on the order in which the candidates are listed', () => {
    fc.assert(
      fc.property(draw, (order) => {
        const reversed = { ...order, candidates: order.candidates.toReversed() };
        expect(drawSeats(reversed)).toEqual(drawSeats(order));
      }),
    );
  });

  test('compute on two backends wherever there are two', () => {
    fc.assert(
      fc.property(draw, (order) => {
        const chosen = drawSeats(order);
        const available = new Set(order.candidates.map(({ backend }) => backend)).size;
        if (available < 2 || chosen.length < 2) return;
        expect(new Set(chosen.map(({ backend }) => backend)).size).toBeGreaterThan(1);
      }),
    );
  });

  test('of a whale come no more often than its cap, in a fixed sample of 3,000 draws', () => {
    const order = Array.from({ length: 10 }, (_, n) => ({
      operator: Uint8Array.of(n),
      tokens: n === 0 ? 1_000_000n : 1_000n,
      backend: 'cpu',
    }));
    const count = (capPpm: bigint) =>
      Array.from({ length: 3_000 }, (_, task) =>
        drawSeats({ beaconValue: new Uint8Array(32), taskId: BigInt(task), candidates: order, seats: 1, capPpm }),
      ).filter(([first]) => first?.operator[0] === 0).length;
    expect(count(1_000_000n)).toBeGreaterThan(2_900);
    // A cap of 0.1% of 1,009,000 tokens is 1,009: the whale weighs as much as each other one.
    expect(count(1_000n)).toBeGreaterThan(220);
    expect(count(1_000n)).toBeLessThan(380);
  });

  test('of a replacement are another draw than the first ones', () => {
    const order = Array.from({ length: 50 }, (_, n) => ({ operator: Uint8Array.of(n), tokens: 1n, backend: 'cpu' }));
    const base = { beaconValue: new Uint8Array(32), taskId: 1n, candidates: order, seats: 3, capPpm: 1_000_000n };
    expect(drawSeats({ ...base, drawn: 3 })).not.toEqual(drawSeats(base));
  });

  test('of a known draw stay what they are', () => {
    const order = Array.from({ length: 5 }, (_, n) => ({
      operator: Uint8Array.of(n),
      tokens: BigInt(n + 1),
      backend: 'cpu',
    }));
    const value = new Uint8Array(32).fill(7);
    const drawOf = (taskId: bigint) =>
      drawSeats({ beaconValue: value, taskId, candidates: order, seats: 3, capPpm: 400_000n }).map(
        ({ operator }) => operator[0],
      );
    expect([drawOf(1n), drawOf(2n), drawOf(3n)]).toEqual([
      [3, 0, 1],
      [3, 4, 2],
      [4, 1, 0],
    ]);
  });
});

describe('the units of a seat', () => {
  test('are ascending, distinct, within the run, with the initial weights, the first and the last', () => {
    fc.assert(
      fc.property(
        bytes(64),
        fc.bigInt({ min: 1n, max: 100_000n }),
        fc.integer({ min: 0, max: 40 }),
        (output, units, k) => {
          const drawn = seatUnits(output, units, k);
          expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => (a < b ? -1 : 1)));
          expect(drawn).toEqual(expect.arrayContaining([0n, 1n, units]));
          const inner = units > 2n ? units - 2n : 0n;
          const others = inner < BigInt(k) ? Number(inner) : k;
          expect(drawn).toHaveLength((units === 1n ? 2 : 3) + others);
        },
      ),
    );
  });
});

test('a commitment binds operator, task, attestation and salt', () => {
  const parts = {
    operator: new Uint8Array(20).fill(1),
    taskId: 258n,
    attestation: Uint8Array.of(8, 1),
    salt: new Uint8Array(32).fill(2),
  };
  // SHA-256 of 01 x20 || 0000000000000102 || 0801 || 02 x32, by Python's hashlib.
  expect(hexOf(commitmentOf(parts))).toBe('fb662341f98872011b89641fa7eafbfd29701a240ac7b788b11faeb308e9d112');
  const others = [
    { ...parts, operator: new Uint8Array(20) },
    { ...parts, taskId: 259n },
    { ...parts, attestation: Uint8Array.of(8, 2) },
    { ...parts, salt: new Uint8Array(32) },
  ];
  for (const other of others) expect(commitmentOf(other)).not.toEqual(commitmentOf(parts));
});

test('what a VRF proves is fixed by task, step root and beacon value', () => {
  // SHA-256 of "infinet/units" || 0000000000000009 || 03 x32 || 04 x32, by Python's hashlib.
  expect(hexOf(unitAlpha(9n, new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)))).toBe(
    '4a7faf2d6da5fa9027d1cda7ba9bb888c68d9ef7625ce8700f53c27421801f2e',
  );
});

test('a fee is units times operations times price, rounded up, and no more units than the run has', () => {
  expect(runFee({ units: 1000n, unitFlop: 1_000_000_000n }, 3, 22, 1_000_000n)).toBe(72n);
  expect(runFee({ units: 10n, unitFlop: 1_000_000_000n }, 3, 22, 1_000_000n)).toBe(30n);
  expect(runFee({ units: 1n, unitFlop: 1n }, 1, 0, 1n)).toBe(1n);
});

test('two thirds are two of three, three of four, one of one, and nothing of nothing', () => {
  expect([isTwoThirds(2, 3), isTwoThirds(3, 4), isTwoThirds(1, 1)]).toEqual([true, true, true]);
  expect([isTwoThirds(1, 3), isTwoThirds(2, 4), isTwoThirds(0, 0)]).toEqual([false, false, false]);
});

test('shares add up to the last unit and differ by one at most', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: 1, max: 20 }), (amount, parts) => {
      const shares = equalShares(amount, parts);
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(amount);
      expect((shares[0] ?? 0n) - (shares.at(-1) ?? 0n)).toBeLessThanOrEqual(1n);
    }),
  );
});

describe('cheating in a tenth of the units', () => {
  const stake = BigInt(defaultParams.minRunStake);
  const cheat = { units: 1_000n, badUnits: 100n, k: defaultParams.unitsPerSeat, gain: stake, stake };

  test('escapes one honest seat with 10% and three with 0.1%', () => {
    expect(escapePpb({ ...cheat, honestSeats: 1 })).toBe(95_464_241n);
    expect(escapePpb({ ...cheat, honestSeats: 3 })).toBe(870_006n);
  });

  test('loses money under the default parameters while the gain is below nine stakes, even with one honest seat', () => {
    expect(cheatingValue({ ...cheat, honestSeats: 1 })).toBe(-80_907_151n);
    expect(cheatingValue({ ...cheat, honestSeats: 3 })).toBe(-99_825_998n);
    expect(cheatingValue({ ...cheat, honestSeats: 1, gain: 9n * stake })).toBeLessThan(0n);
  });

  test('is always seen when every unit is drawn, and never when nothing is bad', () => {
    expect(escapePpb({ ...cheat, units: 20n, badUnits: 1n, k: 18, honestSeats: 1 })).toBe(0n);
    expect(escapePpb({ ...cheat, badUnits: 0n, honestSeats: 3 })).toBe(1_000_000_000n);
  });
});

describe('leaving out work, under the default parameters', () => {
  const { unitsPerSeat, seats, minRunStake, gflopPriceMicro, maxUnits, maxUnitFlop, challengerSharePpm } =
    defaultParams;
  const stake = BigInt(minRunStake);
  const priceMicro = BigInt(gflopPriceMicro);
  /** The largest run that the chain takes, at the least stake: nowhere is more work to be saved. */
  const size = { units: maxUnits, unitFlop: maxUnitFlop, priceMicro };
  const cost = runCost(size);
  const largest = { ...size, badUnits: maxUnits / 100n, k: unitsPerSeat, honestSeats: seats, stake, reward: 0n };

  test('of 1% of the units pays less than the stake alone that it risks, even in the largest run at the least stake', () => {
    const odds = skippingOdds(largest);
    expect(odds.escapePpb).toBeLessThan(516_000_000n);
    expect(odds.saved).toBe(10_000_000n);
    expect(odds.risked).toBeGreaterThan(4n * odds.saved);
    expect(odds.value).toBeLessThan(0n);
  });

  test('of 1% pays less than it risks while one single seat is honest', () => {
    expect(skippingOdds({ ...largest, honestSeats: 1 }).value).toBeLessThan(0n);
  });

  test('of 1% pays less than it risks for a cheat that disputes itself first, and so loses only what is burned', () => {
    const burned = stake - (stake * challengerSharePpm) / 1_000_000n;
    expect(skippingOdds({ ...largest, stake: burned }).value).toBeLessThan(0n);
  });

  test('of any share pays less than it risks where the reward just covers the work, and one seat is honest', () => {
    expect(cost).toBe(1_000_000_000n);
    fc.assert(
      fc.property(fc.bigInt({ min: 10n, max: maxUnits }), fc.bigInt({ min: 1n, max: 1_000n }), (units, share) => {
        const badUnits = ((units - 2n) * share + 999n) / 1_000n;
        const reward = runCost({ ...size, units });
        const odds = skippingOdds({ ...largest, units, badUnits, reward, honestSeats: 1, stake: 1_000n });
        expect(odds.value).toBeLessThan(0n);
      }),
    );
  });

  test('of 10% of a run that earns nothing saves more than the least stake: the stake alone does not hold large runs', () => {
    const tenth = { ...largest, badUnits: maxUnits / 10n };
    expect(skippingOdds(tenth).value).toBeGreaterThan(0n);
    expect(skippingOdds({ ...tenth, reward: cost }).value).toBeLessThan(-cost / 2n);
  });

  test('would pay where nobody looks', () => {
    expect(skippingOdds({ ...largest, honestSeats: 0 })).toMatchObject({
      escapePpb: 1_000_000_000n,
      value: 10_000_000n,
    });
  });
});
