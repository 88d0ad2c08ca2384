import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NonFiniteError } from './canonical/finite.ts';
import { batchDigest, tensorRoot } from './commit.ts';
import { DATA, type Dag } from './dag.ts';
import type { Dataset } from './dataset.ts';
import { type Network, networkOf } from './network.ts';
import { initialUnit, runUnit, train } from './run.ts';
import type { Spec } from './spec.ts';
import {
  dataFor,
  deepSpec,
  digitsSpec,
  normSpec,
  pictureSpec,
  sequenceSpec,
  smallSpec,
  syntheticData,
  testSeed,
} from './testing/fixtures.ts';
import { traceUnit } from './trace.ts';

/** Small networks of every shape: widths around the padding, batches around the chains' 256 terms, units of several steps. */
const specs: fc.Arbitrary<Spec> = fc
  .record({
    features: fc.integer({ min: 1, max: 300 }),
    hidden: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 2 }),
    relu: fc.boolean(),
    classes: fc.integer({ min: 2, max: 9 }),
    batch: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(257)),
    commitEvery: fc.integer({ min: 1, max: 3 }),
    rate: fc.constantFrom(0.01, 0.5, 3),
  })
  .map(({ features, hidden, relu, classes, batch, commitEvery, rate }) =>
    smallSpec({
      input: [features],
      layers: [
        ...hidden.flatMap((units) => [{ op: 'dense', units }, ...(relu ? [{ op: 'relu' }] : [])]),
        { op: 'dense', units: classes },
      ],
      optimizer: { op: 'sgd', learning_rate: rate },
      batch,
      steps: 2 * commitEvery,
      commit_every: commitEvery,
      record: { features, classes },
    }),
  );

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

/** Leaves of every tensor, about `some` of each: earlier tensors, one chunk, at most 256 terms, one for copies and maps. */
function checkReads(dag: Dag, some: number): void {
  dag.tensors.forEach(({ length, rule }, index) => {
    for (let element = 0; element < length; element += 1 + Math.floor(length / some)) {
      for (const range of rule?.inputs(element) ?? []) {
        const source = dag.tensors[range.tensor];
        expect(range.tensor < index && source !== undefined).toBe(true);
        expect(range.offset >= 0 && range.offset + range.length <= (source?.length ?? 0)).toBe(true);
        const chunk = (position: number) => Math.floor(position / 256);
        expect(chunk(range.offset)).toBe(chunk(range.offset + range.length - 1));
        if (rule?.kind === 'copy' || rule?.kind === 'map') expect(range.length).toBe(1);
      }
    }
  });
}

/** A large learning rate can end a run early; where it does is another test. */
function staysFinite(network: Network, data: Dataset): boolean {
  try {
    return [...train(network, testSeed, data)].length > 0;
  } catch (error) {
    if (error instanceof NonFiniteError) return false;
    throw error;
  }
}

describe('the static DAG of a unit', () => {
  it('computes exactly what F computes, leaf by leaf, for any network', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const network = networkOf(spec);
        const data = syntheticData(spec, spec.batch + 3, 3);
        const start = initialUnit(network, testSeed);
        fc.pre(staysFinite(network, data));
        const initial = traceUnit(network, testSeed, data, 0, new Float32Array(0));
        expect(sameBits(initial.tensor(initial.dag.after), start.state)).toBe(true);
        let before = start.state;
        for (const unit of [1, 2]) {
          const result = runUnit(network, testSeed, data, unit, before);
          const trace = traceUnit(network, testSeed, data, unit, before);
          expect(sameBits(trace.tensor(trace.dag.after), result.state)).toBe(true);
          expect(trace.groupTree(trace.dag.batch).root).toEqual(result.leaf.batchDigest);
          before = result.state;
        }
      }),
      { numRuns: 20 },
    );
  });

  it('stops being finite exactly where F calls the run invalid', () => {
    const scales = fc.constantFrom(1, 1e15, 1e20, 1e30, 1e38);
    fc.assert(
      fc.property(specs, scales, (spec, scale) => {
        const network = networkOf(spec);
        const data = syntheticData(spec, spec.batch + 3, 3);
        const state = initialUnit(network, testSeed).state.map((weight) => weight * scale);
        const trace = traceUnit(network, testSeed, data, 1, state);
        const run = () => runUnit(network, testSeed, data, 1, state);
        if (trace.firstNonFinite === undefined) expect(run).not.toThrow();
        else expect(run).toThrow(NonFiniteError);
      }),
      { numRuns: 25 },
    );
  });

  it('reads only earlier tensors, and never across the border of a chunk or beyond 256 terms', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const network = networkOf(spec);
        const data = syntheticData(spec, spec.batch + 3);
        const { dag } = traceUnit(network, testSeed, data, 1, initialUnit(network, testSeed).state);
        checkReads(dag, 500);
      }),
      { numRuns: 8 },
    );
  });

  it.each([
    ['digits', digitsSpec()],
    ['convolutions', pictureSpec()],
  ])('agrees with F on a network of %s', (_name, spec) => {
    const network = networkOf(spec);
    const data = syntheticData(spec, 100, 8);
    const { state } = initialUnit(network, testSeed);
    const trace = traceUnit(network, testSeed, data, 1, state);
    const result = runUnit(network, testSeed, data, 1, state);
    expect(tensorRoot(trace.tensor(trace.dag.after))).toEqual(result.leaf.stateRoot);
    expect(trace.tree(DATA).root).toEqual(data.root);
    expect(trace.dag.inner.count).toBeLessThanOrEqual(64);
  });

  /** Sums over words, positions and classes that take more than one chain. */
  const long = sequenceSpec({
    input: [260],
    layers: [
      { op: 'embedding', vocabulary: 300, units: 2 },
      { op: 'attention', heads: 1, size: 2 },
      { op: 'flatten' },
      { op: 'dense', units: 300 },
      { op: 'layer_norm', epsilon: 1e-3 },
    ],
    batch: 2,
    record: { features: 260, classes: 300 },
  });

  it.each([
    ['sequences', sequenceSpec()],
    ['sequences with dropout, in shards', sequenceSpec({ shards: 4, commit_every: 2 }, 0.5)],
    ['long sequences', long],
    ['branches', deepSpec({ shards: 2 })],
    ['batch norms in shards', normSpec({ shards: 2 })],
  ])('agrees with F, and reads within chunks, on %s', (_name, spec) => {
    const network = networkOf(spec);
    const data = dataFor(spec, 10);
    const { state } = initialUnit(network, testSeed);
    const trace = traceUnit(network, testSeed, data, 1, state);
    const result = runUnit(network, testSeed, data, 1, state);
    expect(tensorRoot(trace.tensor(trace.dag.after))).toEqual(result.leaf.stateRoot);
    expect(trace.groupTree(trace.dag.batch).root).toEqual(result.leaf.batchDigest);
    checkReads(trace.dag, 300);
  });

  it.each([
    ['sequences', sequenceSpec({}, 0.5)],
    ['branches in shards', deepSpec({ shards: 2 })],
  ])('stops being finite exactly where F does, on %s', (_name, spec) => {
    const network = networkOf(spec);
    const data = dataFor(spec, 10);
    const start = initialUnit(network, testSeed).state;
    const ends = [1, 1e5, 1e9, 1e10, 1e12, 1e15, 1e19, 1e20, 1e30, 1e38].map((scale) => {
      const state = start.map((weight) => weight * scale);
      const trace = traceUnit(network, testSeed, data, 1, state);
      const run = () => runUnit(network, testSeed, data, 1, state);
      if (trace.firstNonFinite === undefined) expect(run).not.toThrow();
      else expect(run).toThrow(NonFiniteError);
      return trace.firstNonFinite === undefined;
    });
    expect(new Set(ends)).toEqual(new Set([true, false]));
  });

  it('digests the batch in the layout of its first tensors', () => {
    const features = Float32Array.of(1, 2, 3, 4, 5, 6);
    const digest = batchDigest([{ features, labels: Float32Array.of(0, 1) }]);
    const other = batchDigest([{ features, labels: Float32Array.of(1, 0) }]);
    expect(digest).not.toEqual(other);
  });
});
