import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NonFiniteError } from '../canonical/finite.ts';
import { canonicalKernels, type Kernels } from '../canonical/kernels.ts';
import type { Patches } from '../canonical/patches.ts';
import { networkOf } from '../network.ts';
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

  it.each([
    ['small', smallSpec(), 40],
    ['digits', digitsSpec({ steps: 8, commit_every: 2 }), 100],
    ['convolutions', pictureSpec(), 40],
    ['pools', poolSpec(), 40],
    ['batch norms', normSpec(), 40],
    ['adam', smallSpec({ optimizer: adam }), 40],
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
