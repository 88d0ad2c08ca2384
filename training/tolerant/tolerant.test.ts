import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GradientSource, openGradients } from '../backend/gradients.ts';
import { decodeLeaves, encodeLeaves, leafBytes, servedStepRoot } from '../commit.ts';
import { DisputeError, type RunFacts } from '../dispute.ts';
import { networkOf } from '../network.ts';
import { firstDifference } from '../prover.ts';
import { checkSpec, encodeSpec } from '../spec.ts';
import { pictureSpec, poolSpec, syntheticBytes, syntheticData, testSeed } from '../testing/fixtures.ts';
import { play, RUN_ID, steerTo } from '../testing/play.ts';
import { type TolerantRun, tolerantSpec, trainTolerantly } from '../testing/tolerant.ts';
import { tolerances } from '../tolerances.ts';
import { traceUnit } from '../trace.ts';
import { openKernels } from '../wasm/kernels.ts';
import { checkGradient, referenceGradient } from './check.ts';
import { initialTolerantUnit, tolerantUnit } from './unit.ts';

const spec = tolerantSpec();
const data = syntheticData(spec, 40);

describe('a specification of the tolerant lane', () => {
  it('has units of one step, and no layer without a tolerance', () => {
    expect(() => tolerantSpec({ commit_every: 2 })).toThrow('spec.commit_every: must be 1 in the tolerant lane');
    const norm = { op: 'batch_norm', momentum: 0.9, epsilon: 1e-3 };
    expect(() => tolerantSpec({ layers: [norm, { op: 'dense', units: 3 }] })).toThrow(
      'spec.layers[0].op: has no tolerance',
    );
    expect(() => checkSpec({ ...spec, lane: 'lucky' })).toThrow('spec.lane: must be exact or tolerant');
  });
});

describe.each([
  ['dense', spec],
  ['convolutions', pictureSpec({ lane: 'tolerant' })],
  ['pools', poolSpec({ lane: 'tolerant' })],
  ['shards', tolerantSpec({ shards: 4 })],
] as const)('the gradients of a device (TensorFlow.js, cpu): %s', (_name, deviceSpec) => {
  const network = networkOf(deviceSpec);
  const records = syntheticData(deviceSpec, 40);
  let device: GradientSource;
  beforeAll(async () => {
    const bytes = syntheticBytes(deviceSpec, 40);
    device = await openGradients({ backend: 'cpu', spec: encodeSpec(deviceSpec), seed: testSeed, records: bytes });
  });
  afterAll(() => device.close());

  it('lie within tau of F, and the update by them is the same in TypeScript and WebAssembly', async () => {
    const kernels = openKernels(1);
    let { state } = initialTolerantUnit(network, testSeed);
    for (let unit = 1; unit <= 5; unit += 1) {
      const { gradient, loss } = await device.gradient(state, unit - 1);
      const reference = referenceGradient(network, testSeed, records, unit, state);
      expect(referenceGradient(network, testSeed, records, unit, state, kernels)).toEqual(reference);
      expect(checkGradient(network, gradient, reference).nearness).toBe('within');
      expect(Math.abs(loss - reference.loss)).toBeLessThan(1e-5);
      const result = tolerantUnit(network, testSeed, records, unit, state, gradient);
      expect(tolerantUnit(network, testSeed, records, unit, state, gradient, kernels)).toEqual(result);
      state = result.state;
    }
  });
});

it('a backend that is not there says so before anything is trained', async () => {
  const job = { spec: encodeSpec(spec), seed: testSeed, records: syntheticBytes(spec, 40) };
  await expect(openGradients({ ...job, backend: 'quantum' })).rejects.toThrow('must be one of');
});

describe('a gradient', () => {
  const network = networkOf(spec);
  const { state } = initialTolerantUnit(network, testSeed);
  const reference = referenceGradient(network, testSeed, data, 1, state);
  const nearness = (gradient: Float32Array) => checkGradient(network, gradient, reference).nearness;
  const { tau = 0 } = tolerances.dense ?? {};

  it('is within, strained or beyond by its distance from F', () => {
    expect(nearness(reference.gradient)).toBe('within');
    expect(nearness(reference.gradient.map((g, i) => g + 0.9 * tau * (reference.magnitude[i] ?? 0)))).toBe('within');
    const moved = reference.gradient.slice();
    moved[3] = (moved[3] ?? 0) + 1.2 * tau * (reference.magnitude[3] ?? 0);
    expect(nearness(moved)).toBe('strained');
    expect(nearness(reference.gradient.map((g) => g * 1.2))).toBe('beyond');
  });

  it('that is zero, of other records or not a number is beyond', () => {
    expect(nearness(new Float32Array(reference.gradient.length))).toBe('beyond');
    expect(nearness(referenceGradient(network, testSeed, data, 2, state).gradient)).toBe('beyond');
    expect(nearness(reference.gradient.map(() => Number.NaN))).toBe('beyond');
    const infinite = reference.gradient.slice().fill(Number.POSITIVE_INFINITY, 0, 1);
    expect(() => tolerantUnit(network, testSeed, data, 1, state, infinite)).toThrow('gradient: element 0 is Infinity');
    expect(() => tolerantUnit(network, testSeed, data, 1, state, infinite.subarray(1))).toThrow('a gradient has 131');
  });
});

describe('leaves of the tolerant lane', () => {
  const run = trainTolerantly(spec, data);

  it('are served with the gradient root, 96 bytes each', () => {
    const bytes = encodeLeaves(run.leaves);
    expect(bytes.length).toBe(13 * leafBytes('tolerant'));
    expect(decodeLeaves(bytes, 'tolerant')).toEqual(run.leaves);
    expect(servedStepRoot(RUN_ID, bytes, 'tolerant')).toEqual(run.steps.root);
    expect(() => decodeLeaves(bytes.subarray(1), 'tolerant')).toThrow('no leaves of 96 bytes');
  });
});

describe('a dispute about the tolerant lane', () => {
  const factsOf = ({ steps }: TolerantRun): RunFacts => ({
    ...{ spec, runId: RUN_ID, seed: testSeed, dataRoot: data.root, records: data.records },
    stepRoot: steps.root,
  });
  const traceOf = ({ network, states, gradients }: TolerantRun, unit: number) => {
    const before = unit === 0 ? new Float32Array(0) : (states[unit - 1] ?? new Float32Array(0));
    return traceUnit(network, testSeed, data, unit, before, gradients[unit]);
  };

  it('ends at the leaf of the update that was not made, and the challenger wins', () => {
    const cheat = trainTolerantly(spec, data, undefined, (unit, state) =>
      unit === 5 ? state.map((value, i) => (i === 7 ? value + 2 ** -20 : value)) : state,
    );
    const honest = traceOf(cheat, 5);
    const lying = Object.assign(Object.create(Object.getPrototypeOf(honest)), honest, {
      values: [...honest.values.slice(0, -1), cheat.states[5]],
      trees: new Map(),
      groups: new Map(),
    });
    const outcome = play(factsOf(cheat), 5, lying, cheat.steps, (walk) => firstDifference(walk, honest));
    expect(outcome.winner).toBe('challenger');
  });

  it('is won by an honest trainer wherever the challenger leads, the gradient itself included', () => {
    const run = trainTolerantly(spec, data);
    for (const unit of [0, 1, 12]) {
      const trace = traceOf(run, unit);
      for (let tensor = 2; tensor < trace.values.length; tensor += 1) {
        const outcome = play(factsOf(run), unit, trace, run.steps, steerTo(tensor, 0));
        expect([unit, tensor, outcome.winner]).toEqual([unit, tensor, 'trainer']);
      }
    }
  });

  it('cannot be opened with another gradient than the one committed to', () => {
    const run = trainTolerantly(spec, data);
    const other = trainTolerantly(spec, data, (gradient) => gradient.map((value) => 2 * value));
    const trace = traceUnit(run.network, testSeed, data, 1, run.states[0] ?? new Float32Array(0), other.gradients[1]);
    expect(() => play(factsOf(run), 1, trace, run.steps, steerTo(2, 0))).toThrow(DisputeError);
  });
});
