import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NonFiniteError } from './canonical/finite.ts';
import { batchDigest, tensorRoot } from './commit.ts';
import { DATA } from './dag.ts';
import type { Dataset } from './dataset.ts';
import { type Network, networkOf } from './network.ts';
import { initialUnit, runUnit, train } from './run.ts';
import type { Spec } from './spec.ts';
import { digitsSpec, pictureSpec, smallSpec, syntheticData, testSeed } from './testing/fixtures.ts';
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
        dag.tensors.forEach(({ length, rule }, index) => {
          for (let element = 0; element < length; element += 1 + Math.floor(length / 500)) {
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

  it('digests the batch in the layout of its first tensors', () => {
    const features = Float32Array.of(1, 2, 3, 4, 5, 6);
    const digest = batchDigest([{ features, labels: Float32Array.of(0, 1) }]);
    const other = batchDigest([{ features, labels: Float32Array.of(1, 0) }]);
    expect(digest).not.toEqual(other);
  });
});
