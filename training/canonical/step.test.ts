import { describe, expect, it } from 'vitest';
import { gatherBatch } from '../batch.ts';
import { networkOf } from '../network.ts';
import { philoxKey } from '../random.ts';
import { checkSpec } from '../spec.ts';
import { digitsSpec, smallSpec, syntheticData, testSeed } from '../testing/fixtures.ts';
import { accuracy, predict } from './evaluate.ts';
import { ensureFinite } from './finite.ts';
import { multiply, transpose } from './matrix.ts';
import { activations, initialState, trainStep } from './step.ts';

const spec = smallSpec();
const network = networkOf(spec);
const key = philoxKey(testSeed);
const data = syntheticData(spec, 40);

/** Mean loss of the network in double precision, written independently of F. */
function lossOf(state: Float64Array, features: Float32Array, labels: Float32Array): number {
  const [w1, b1, w2, b2] = network.parameters.map(({ offset, rows, cols }) =>
    state.subarray(offset, offset + rows * cols),
  );
  let total = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const x = Array.from(features.subarray(row * 12, row * 12 + 12));
    const dense = (input: number[], w: Float64Array | undefined, b: Float64Array | undefined) =>
      Array.from(b ?? [], (bias, j) =>
        input.reduce((sum, v, k) => sum + v * (w?.[k * (b?.length ?? 0) + j] ?? 0), bias),
      );
    const logits = dense(
      dense(x, w1, b1).map((v) => Math.max(v, 0)),
      w2,
      b2,
    );
    total += Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - (logits[labels[row] ?? 0] ?? 0);
  }
  return total / labels.length;
}

describe('one step of F', () => {
  it('follows the gradient of the mean loss', () => {
    const rate = 0.1;
    const state = initialState(network, key);
    const batch = gatherBatch(spec, key, data, 0);
    const { state: next, loss } = trainStep(network, state, batch);
    const wide = Float64Array.from(state);
    expect(loss).toBeCloseTo(lossOf(wide, batch.features, batch.labels), 5);
    for (let i = 0; i < state.length; i += 1) {
      const at = wide[i] ?? 0;
      wide[i] = at + 1e-5;
      const above = lossOf(wide, batch.features, batch.labels);
      wide[i] = at - 1e-5;
      const slope = (above - lossOf(wide, batch.features, batch.labels)) / 2e-5;
      wide[i] = at;
      expect(((state[i] ?? 0) - (next[i] ?? 0)) / rate).toBeCloseTo(slope, 4);
    }
  });

  it('starts from uniform weights within the limit of Glorot, and biases of 0', () => {
    const state = initialState(networkOf(digitsSpec()), key);
    const limit = Math.sqrt(6 / (784 + 32));
    const kernel = state.subarray(0, 784 * 32);
    expect(Math.max(...kernel)).toBeLessThan(limit);
    expect(Math.max(...kernel)).toBeGreaterThan(0.99 * limit);
    expect(Math.min(...kernel)).toBeLessThan(-0.99 * limit);
    expect(Math.abs(kernel.reduce((sum, w) => sum + w, 0) / kernel.length)).toBeLessThan(0.002);
    expect(state.subarray(784 * 32, 784 * 32 + 32)).toEqual(new Float32Array(32));
  });

  it('learns: the loss falls and the accuracy on the data rises', () => {
    let state = initialState(network, key);
    const before = accuracy(network, state, data);
    const losses: number[] = [];
    for (let step = 0; step < 200; step += 1) {
      const result = trainStep(network, state, gatherBatch(spec, key, data, step));
      state = result.state;
      losses.push(result.loss);
    }
    expect(losses[199]).toBeLessThan(0.5 * (losses[0] ?? 0));
    const after = accuracy(network, state, data);
    expect(after.ppm).toBeGreaterThan(before.ppm);
    expect(after.ppm).toBe(Math.floor((after.correct * 1_000_000) / 40));
  });

  it('stops at the first operator whose output is not finite', () => {
    const wild = networkOf(checkSpec({ ...spec, optimizer: { op: 'sgd', learning_rate: 1000 } }));
    let state: Float32Array = initialState(wild, key).map((w) => w * 1e30);
    expect(() => {
      for (let step = 0; step < 5; step += 1) state = trainStep(wild, state, gatherBatch(spec, key, data, step)).state;
    }).toThrow(/element \d+ is (NaN|-?Infinity)/);
    expect(() => ensureFinite(Float32Array.of(1, Number.NaN), 'here')).toThrow('here: element 1 is NaN');
  });

  it('never lets the evaluation depend on how records are grouped', () => {
    const state = initialState(network, key);
    const features = (rows: number[]) => Float32Array.from(rows.flatMap((row) => [...data.features(row)]));
    const rows = [3, 1, 4, 15, 9];
    const alone = rows.flatMap((row) => predict(network, state, features([row]), 1));
    expect(predict(network, state, features(rows), rows.length)).toEqual(alone);
  });
});

describe('the product of F', () => {
  /** A chain over k in blocks of 256, exactly as README.md says. */
  function reference(x: Float32Array, w: Float32Array, rows: number, inner: number, cols: number): Float32Array {
    const out = new Float32Array(rows * cols);
    for (let i = 0; i < out.length; i += 1) {
      const [row, col] = [Math.floor(i / cols), i % cols];
      let sum = 0;
      for (let block = 0; block < inner; block += 256) {
        let chain = 0;
        for (let k = block; k < Math.min(inner, block + 256); k += 1) {
          chain = Math.fround(chain + Math.fround((x[row * inner + k] ?? 0) * (w[k * cols + col] ?? 0)));
        }
        sum = Math.fround(sum + chain);
      }
      out[i] = sum;
    }
    return out;
  }

  it('has every bit of the chain that it stands for, zeros and signed zeros included', () => {
    for (const [rows, inner, cols] of [
      [3, 5, 4],
      [2, 256, 3],
      [2, 257, 3],
      [4, 784, 7],
    ] as const) {
      const x = Float32Array.from({ length: rows * inner }, (_, i) =>
        i % 3 === 0 ? (i % 2 ? -0 : 0) : Math.sin(i) * 10 ** (i % 7),
      );
      const w = Float32Array.from({ length: inner * cols }, (_, i) => (i % 5 === 0 ? -0 : Math.cos(i) / 10 ** (i % 5)));
      const bits = (values: Float32Array) => new Uint32Array(values.slice().buffer);
      expect(bits(multiply(x, w, rows, inner, cols))).toEqual(bits(reference(x, w, rows, inner, cols)));
    }
  });

  it('does not care how often it is transposed', () => {
    const a = Float32Array.from({ length: 12 }, (_, i) => i);
    expect(transpose(transpose(a, 3, 4), 4, 3)).toEqual(a);
    expect(activations(network, initialState(network, key), new Float32Array(12), 1)).toHaveLength(4);
  });
});
