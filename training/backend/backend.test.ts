import { describe, expect, it } from 'vitest';
import { floatsToBytes } from '../bytes.ts';
import { networkOf } from '../network.ts';
import { initialUnit, runUnit } from '../run.ts';
import { encodeSpec, type Spec } from '../spec.ts';
import {
  dataFor,
  deepSpec,
  digitsSpec,
  normSpec,
  pictureSpec,
  poolSpec,
  sequenceSpec,
  smallSpec,
  syntheticBytes,
  testSeed,
} from '../testing/fixtures.ts';
import { trainOnBackend } from './index.ts';

/** Largest distance of two states, relative to the largest change that training made. */
async function distance(
  backend: string,
  spec: Spec,
  records: number,
  steps: number,
): Promise<{ weights: number; losses: number }> {
  const network = networkOf(spec);
  const data = dataFor(spec, records);
  const start = initialUnit(network, testSeed).state;
  let state = start;
  const losses: number[] = [];
  for (let unit = 1; unit <= steps; unit += 1) {
    const result = runUnit(network, testSeed, data, unit, state);
    state = result.state;
    losses.push(...result.losses);
  }
  const fast = await trainOnBackend({
    backend,
    spec: encodeSpec(spec),
    seed: testSeed,
    records: floatsToBytes(data.values),
    state: start,
    firstStep: 0,
    steps,
  });
  const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const exact = state.subarray(0, network.weightsLength);
  return {
    weights: largest(exact.map((w, i) => w - (fast.state[i] ?? 0))) / largest(exact.map((w, i) => w - (start[i] ?? 0))),
    losses: Math.max(...losses.map((loss, i) => Math.abs(loss - (fast.losses[i] ?? 0)))),
  };
}

const adam = { op: 'adam', learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };

describe('every operator of the opset and TensorFlow.js (cpu)', () => {
  it.each([
    ['conv2d', pictureSpec()],
    ['pools', poolSpec()],
    ['batch norm', normSpec()],
    ['mse', smallSpec({ loss: 'mse' })],
    ['momentum', smallSpec({ optimizer: { op: 'momentum', learning_rate: 0.05, momentum: 0.9 } })],
    ['adam', smallSpec({ optimizer: adam })],
    ['adamw', smallSpec({ optimizer: { ...adam, op: 'adamw', weight_decay: 0.01 } })],
    ['conv2d with adam', pictureSpec({ optimizer: adam })],
    ['branches and a schedule', deepSpec()],
    ['batch norms in shards', normSpec({ shards: 2 })],
    ['embedding, attention, layer norm', sequenceSpec()],
    ['dropout, in shards', sequenceSpec({ shards: 2 }, 0.2)],
  ])('agree over one step within 1e-5 of the change and over 10 within 1e-4: %s', async (_name, spec) => {
    const one = await distance('cpu', spec, 40, 1);
    expect(one.weights).toBeLessThan(1e-5);
    expect(one.losses).toBeLessThan(1e-6);
    const ten = await distance('cpu', spec, 40, 10);
    expect(ten.weights).toBeLessThan(1e-4);
    expect(ten.losses).toBeLessThan(1e-5);
  });
});

describe.each(['cpu', 'wasm'])('TensorFlow.js (%s) on the same specification, data and seed', (backend) => {
  it('takes the step that F takes, up to rounding: weights within 1e-5 of the change, losses within 1e-6', async () => {
    const one = await distance(backend, smallSpec(), 40, 1);
    expect(one.weights).toBeLessThan(1e-5);
    expect(one.losses).toBeLessThan(1e-6);
  });

  it('stays near F over 20 steps: weights within 1e-4 of the change, losses within 1e-5', async () => {
    for (const [spec, records] of [
      [smallSpec(), 40],
      [digitsSpec(), 64],
    ] as const) {
      const twenty = await distance(backend, spec, records, 20);
      expect(twenty.weights).toBeLessThan(1e-4);
      expect(twenty.losses).toBeLessThan(1e-5);
    }
  });

  it('never lives in the process of F', () => {
    expect('_tfengine' in globalThis).toBe(false);
  });

  it('names the backends that it knows', async () => {
    const spec = smallSpec();
    const job = {
      spec: encodeSpec(spec),
      seed: testSeed,
      records: syntheticBytes(spec, 40),
      state: new Float32Array(131),
    };
    await expect(trainOnBackend({ ...job, backend: 'quantum', firstStep: 0, steps: 1 })).rejects.toThrow(
      'must be one of cpu, wasm',
    );
  });
});
