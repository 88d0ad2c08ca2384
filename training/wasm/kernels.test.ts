import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NonFiniteError } from '../canonical/finite.ts';
import { canonicalKernels, type Kernels } from '../canonical/kernels.ts';
import type { LossValues } from '../canonical/losses.ts';
import type { Patches } from '../canonical/patches.ts';
import { networkOf } from '../network.ts';
import { namedRow } from '../operators/fields.ts';
import { optimizerOperators } from '../opset.ts';
import { permute } from '../order.ts';
import { philoxKey } from '../random.ts';
import { initialUnit, runUnit } from '../run.ts';
import {
  digitsSpec,
  normSpec,
  pictureSpec,
  poolSpec,
  smallSpec,
  syntheticData,
  testSeed,
} from '../testing/fixtures.ts';
import { openKernels } from './kernels.ts';
import { KernelMemoryError } from './pool.ts';

const pools = [1, 2, 4].map(openKernels);
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const adam = { op: 'adam', learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

const bytes = (values: Float32Array) => Buffer.from(values.slice().buffer);

/** Every kind of float32: normal, denormal, both zeros, the largest and the smallest; sums of them may overflow. */
function awkward(length: number, salt: number, limit: number): Float32Array {
  const words = new Uint32Array(length);
  for (let i = 0; i < length; i += 1) {
    const word = Math.imul((i + 1) ^ (salt * 0x9e3779b9), 0x85ebca6b) >>> 0;
    const mixed = Math.imul(word ^ (word >>> 13), 0xc2b2ae35) >>> 0;
    const exponent = mixed % 7 === 0 ? 0 : ((mixed >>> 8) % limit) + (mixed % 11 === 0 ? 0 : 127 - (limit >> 1));
    words[i] = mixed % 5 === 0 ? mixed & 0x80000000 : (mixed & 0x807fffff) | (exponent << 23);
  }
  return new Float32Array(words.buffer);
}

function products(kernels: Kernels, [rows, inner, cols]: [number, number, number], salt: number): Buffer[] {
  const a = awkward(rows * inner, salt, 60);
  const b = awkward(inner * cols, salt + 1, 60);
  const biased = kernels.adopt(b.slice());
  kernels.addBias(biased, awkward(cols, salt + 2, 60));
  return [
    kernels.multiply(a, b, rows, inner, cols),
    kernels.multiplyTransposed(a, b, rows, inner, cols),
    kernels.transposedMultiply(a, b, rows, inner, cols),
    kernels.columnSums(a, rows, inner),
    kernels.relu(a),
    kernels.reluGradient(a, awkward(a.length, salt + 3, 200)),
    biased,
  ].map(bytes);
}

/** A picture of h x w and how a window of `size` runs over it. */
function window(height: number, width: number, channels: number, size: number, step: number, spread: number): Patches {
  const out = (length: number) => Math.ceil(((length - 1) * spread + 1) / step);
  const top = Math.floor(size / 2);
  return { height, width, channels, outHeight: out(height), outWidth: out(width), size, step, spread, top, left: top };
}

function convolutions(kernels: Kernels, p: Patches, records: number, filters: number, salt: number): Buffer[] {
  const x = awkward(records * p.height * p.width * p.channels, salt, 60);
  const kernel = awkward(p.size * p.size * p.channels * filters, salt + 1, 60);
  const dy = awkward(records * p.outHeight * p.outWidth * filters, salt + 2, 60);
  return [kernels.convolve(x, kernel, p, records, filters), kernels.convolveGradient(x, dy, p, records, filters)].map(
    bytes,
  );
}

describe('the kernels in WebAssembly', () => {
  it('give the bits of the plain TypeScript on 1, 2 and 4 threads, denormals and both zeros included', () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(255, 256, 257, 300, 520));
    fc.assert(
      fc.property(fc.tuple(size, size, size), fc.nat(1_000), (shape, salt) => {
        const expected = products(canonicalKernels, shape, salt);
        for (const pool of pools) {
          pool.reset();
          expect(products(pool, shape, salt)).toEqual(expected);
        }
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  it('give the bits of convolutions of any size, stride and spread', () => {
    const few = fc.integer({ min: 1, max: 9 });
    const shape = fc.tuple(few, few, few, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), few);
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 3 }), few, fc.nat(1_000), (sizes, spread, records, salt) => {
        const [height, width, channels, size, step, filters] = sizes;
        const p = window(height, width, channels, size, step, spread);
        const expected = convolutions(canonicalKernels, p, records, filters, salt);
        for (const pool of pools) {
          pool.reset();
          expect(convolutions(pool, p, records, filters, salt)).toEqual(expected);
        }
      }),
      { numRuns: 40, seed: 6 },
    );
  });

  it('add the 70,000 positions of a batch of pictures in the one order of F', () => {
    const p = window(20, 20, 2, 3, 1, 1);
    const expected = convolutions(canonicalKernels, p, 175, 3, 9);
    for (const pool of pools) {
      pool.reset();
      expect(convolutions(pool, p, 175, 3, 9)).toEqual(expected);
    }
    const long = awkward(70_000 * 3, 1, 60);
    const sums = bytes(canonicalKernels.columnSums(long, 70_000, 3));
    for (const pool of pools) expect(bytes(pool.columnSums(long, 70_000, 3))).toEqual(sums);
  });

  it('keep the bits where threads really share the work', () => {
    const shape: [number, number, number] = [130, 530, 70];
    const expected = products(canonicalKernels, shape, 1);
    for (const pool of pools) {
      pool.reset();
      expect(products(pool, shape, 1)).toEqual(expected);
    }
  });

  it('keep the largest floats and overflow where the plain TypeScript does', () => {
    const largest = Float32Array.of(3.4028234663852886e38, -3.4028234663852886e38, 2 ** -149, -0);
    for (const pool of pools) {
      pool.reset();
      for (const factor of [1, 0.5, 2]) {
        const b = new Float32Array(4).fill(factor);
        expect(bytes(pool.multiply(largest, b, 4, 1, 4))).toEqual(
          bytes(canonicalKernels.multiply(largest, b, 4, 1, 4)),
        );
      }
      expect(() => pool.ensureFinite(Float32Array.of(1, 2, 3, 4, 5, Number.NaN), 'there')).toThrow(
        'there: element 5 is NaN',
      );
      expect(() => pool.ensureFinite(Float32Array.of(0, Number.NEGATIVE_INFINITY), 'x')).toThrow(NonFiniteError);
      expect(() => pool.ensureFinite(largest, 'x')).not.toThrow();
    }
  });

  it('hash messages of every length and number as node:crypto does', () => {
    const bytes = Buffer.from(awkward(9_000, 3, 200).buffer);
    for (const [prefix, length] of [
      [0, 1024],
      [1, 64],
      [0, 80],
      [0, 55],
      [1, 54],
      [0, 119],
    ] as const) {
      for (const total of [1, length - 1, length, 4 * length, 5 * length + 1, 23 * length]) {
        const messages = bytes.subarray(0, total);
        const expected = Buffer.from(canonicalKernels.hashAll(prefix, messages, length));
        for (const pool of pools) {
          pool.reset();
          expect(Buffer.from(pool.hashAll(prefix, messages, length))).toEqual(expected);
        }
      }
    }
    const many = Buffer.from(awkward(64 * 256 + 100, 4, 200).buffer);
    const expected = Buffer.from(canonicalKernels.hashAll(0, many, 1024));
    for (const pool of pools) expect(Buffer.from(pool.hashAll(0, many, 1024))).toEqual(expected);
  });

  it('find the records of a batch where the permutation has them', () => {
    for (const [records, epoch, first, count] of [
      [1, 0, 0, 1],
      [40, 3, 5, 30],
      [70_001, 9, 1_234, 2_048],
    ] as const) {
      const key = philoxKey(testSeed);
      const expected = Array.from({ length: count }, (_, i) => permute(key, epoch, records, first + i));
      for (const pool of pools) expect([...(pool.order(key, epoch, records, first, count) ?? [])]).toEqual(expected);
    }
  });

  it('give the bits of losses and optimizers on shapes that threads share', () => {
    const [logits, labels] = [awkward(3_000 * 11, 5, 8), Float32Array.from({ length: 3_000 }, (_, i) => i % 11)];
    const wide = awkward(40 * 700, 6, 8);
    const values = ({ gradient, inner, terms }: LossValues) => [gradient, inner, terms].map(bytes);
    const losses = (kernels: Kernels) => [
      ...values(kernels.softmax(logits, labels, 11, 3_000)),
      ...values(kernels.softmax(wide, labels.subarray(0, 40), 700, 64)),
      ...values(kernels.squaredErrors(logits, labels, 11, 3_000)),
    ];
    const updates = (kernels: Kernels) =>
      [{ op: 'sgd' }, { op: 'momentum', momentum: 0.9 }, adam, { ...adam, op: 'adamw', weight_decay: 0.02 }].map(
        (json) => {
          const optimizer = namedRow(optimizerOperators, json.op, 'op').bind({ ...json, learning_rate: 0.01 }, 'op');
          const weights = 210_003;
          const state = awkward(weights * (1 + optimizer.slots), 7, 40).map(Math.abs);
          const next = new Float32Array(state.length);
          const scalars = Float32Array.of(0.81, 0.998);
          kernels.update(optimizer, {
            state,
            gradients: awkward(weights, 8, 40),
            next,
            weights,
            scalars,
            rate: optimizer.rate,
          });
          return bytes(next);
        },
      );
    const expected = [losses(canonicalKernels), updates(canonicalKernels)];
    for (const pool of pools) {
      pool.reset();
      expect(
        [losses(pool), updates(pool)].flat().map((each, i) => each.equals(expected.flat()[i] ?? each)),
      ).not.toContain(false);
    }
  });

  it('give the bits of pools over windows of any size and stride, also where threads share them', () => {
    const few = fc.integer({ min: 1, max: 6 });
    const shape = fc.record({
      size: few,
      step: few,
      more: fc.tuple(few, few),
      channels: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(shape, fc.constantFrom(1, 3, 400), fc.nat(1_000), ({ size, step, more, channels }, records, salt) => {
        const [height, width] = [size + more[0], size + more[1]];
        const out = (length: number) => Math.floor((length - size) / step) + 1;
        const p: Patches = {
          ...{ height, width, channels, outHeight: out(height), outWidth: out(width) },
          ...{ size, step, spread: 1, top: 0, left: 0 },
        };
        const x = awkward(records * height * width * channels, salt, 40);
        const dy = awkward(records * p.outHeight * p.outWidth * channels, salt + 1, 40);
        const all = (kernels: Kernels) =>
          [
            kernels.maxPool(x, p, records),
            kernels.maxPoolGradient(x, dy, p, records),
            kernels.avgPool(x, p, records),
            kernels.avgPoolGradient(dy, p, records),
          ].map(bytes);
        const expected = all(canonicalKernels);
        for (const pool of pools) {
          pool.reset();
          expect(all(pool).map((found, i) => found.equals(expected[i] ?? found))).not.toContain(false);
        }
      }),
      { numRuns: 15, seed: 8 },
    );
  });

  it('say when a step needs more than 4 GiB', () => {
    for (const pool of pools) expect(() => pool.room(2 ** 30)).toThrow(KernelMemoryError);
  });

  it.each([
    ['small', smallSpec(), 40],
    ['digits', digitsSpec({ steps: 8, commit_every: 2 }), 100],
    ['convolutions', pictureSpec(), 40],
    ['pools', poolSpec(), 40],
    ['batch norms', normSpec(), 40],
    ['adam', smallSpec({ optimizer: adam }), 40],
    ['adamw', smallSpec({ optimizer: { ...adam, op: 'adamw', weight_decay: 0.01 } }), 40],
    [
      'momentum and mse',
      smallSpec({ loss: 'mse', optimizer: { op: 'momentum', learning_rate: 0.1, momentum: 0.9 } }),
      40,
    ],
  ] as const)('take the same steps of a run, state and loss, from every starting point: %s', (_name, spec, records) => {
    const network = networkOf(spec);
    const data = syntheticData(spec, records, 4);
    let { state } = initialUnit(network, testSeed);
    for (let unit = 1; unit <= 4; unit += 1) {
      const expected = runUnit(network, testSeed, data, unit, state);
      for (const pool of pools) {
        pool.reset();
        expect(runUnit(network, testSeed, data, unit, state, pool)).toEqual(expected);
      }
      state = expected.state;
    }
  });
});
