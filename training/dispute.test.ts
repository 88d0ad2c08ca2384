import { describe, expect, it } from 'vitest';
import { disputeDepth } from './admit.ts';
import { StepTree, stateRoot, tensorRoot } from './commit.ts';
import { checkLeaf } from './dispute.ts';
import { hashLeaf, merkleRoot } from './merkle.ts';
import { networkOf } from './network.ts';
import { firstDifference } from './prover.ts';
import { initialUnit, runUnit } from './run.ts';
import { checkSpec, type Spec } from './spec.ts';
import {
  dataFor,
  deepSpec,
  digitsSpec,
  normSpec,
  pictureSpec,
  poolSpec,
  sequenceSpec,
  smallSpec,
  syntheticData,
  testSeed,
} from './testing/fixtures.ts';
import {
  factsOf,
  type HonestRun,
  honestTrace,
  lyingTrace,
  play,
  RUN_ID,
  steerTo,
  trainHonestly,
} from './testing/play.ts';
import type { Trace } from './trace.ts';

const small = trainHonestly(smallSpec(), syntheticData(smallSpec(), 40));
const spec = digitsSpec({ steps: 3 });
const digits = trainHonestly(spec, syntheticData(spec, 64, 7));

/** A small run whose steps go through every rule: several blocks of rows and columns, and units of two steps. */
const wideSpec = smallSpec({
  layers: [{ op: 'dense', units: 300 }, { op: 'relu' }, { op: 'dense', units: 3 }],
  batch: 260,
  steps: 4,
  commit_every: 2,
});
const wide = trainHonestly(wideSpec, syntheticData(wideSpec, 300));

/** Convolutions with padding and with a stride, over several blocks of positions. */
const pictures = trainHonestly(pictureSpec({ steps: 2 }), syntheticData(pictureSpec(), 40));

const pools = trainHonestly(poolSpec({ steps: 2, loss: 'mse' }), syntheticData(pictureSpec(), 40));

const norms = trainHonestly(normSpec({ steps: 2 }), syntheticData(pictureSpec(), 40));

const sharded = trainHonestly(normSpec({ steps: 2, shards: 4 }), syntheticData(pictureSpec(), 40));

const deep = trainHonestly(deepSpec({ steps: 6, commit_every: 2, shards: 2 }), syntheticData(deepSpec(), 40));

const wordSpec = sequenceSpec({ steps: 2 }, 0.25);
const words = trainHonestly(wordSpec, dataFor(wordSpec, 40));

const adamSpec = smallSpec({
  optimizer: { op: 'adamw', learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weight_decay: 0.01 },
  steps: 6,
  commit_every: 2,
});
const adam = trainHonestly(adamSpec, syntheticData(adamSpec, 40));

/** More tensors than one opening shows, of batch and of the rest. */
const longSpec = smallSpec({
  input: [3],
  layers: [{ op: 'dense', units: 2 }, { op: 'relu' }, { op: 'dense', units: 2 }],
  record: { features: 3, classes: 2 },
  batch: 2,
  steps: 80,
  commit_every: 40,
});
const long = trainHonestly(longSpec, syntheticData(longSpec, 9));

/** The dispute about a unit that the trainer claims to end in `trace`'s last tensor, against the honest challenger. */
function challenge(run: HonestRun, unit: number, trace: Trace, own = honestTrace(run, unit), check = checkLeaf) {
  const leaves = [...run.leaves];
  const { dag } = trace;
  const batch = Array.from({ length: dag.batch.count }, (_, i) => hashLeaf(trace.tree(dag.batch.start + i).root));
  leaves[unit] = { stateRoot: tensorRoot(trace.tensor(dag.after)), batchDigest: merkleRoot(batch) };
  return play(
    factsOf(run, leaves),
    unit,
    trace,
    new StepTree(RUN_ID, leaves),
    (walk) => firstDifference(walk, own),
    check,
  );
}

/** Every computed tensor of a trace, or about 90 of a long one. */
function tensorsOf({ dag: { after } }: Trace): number[] {
  const stride = Math.ceil(after / 90);
  const some = Array.from({ length: Math.ceil((after - 2) / stride) }, (_, i) => 2 + i * stride);
  return [...some, after];
}

function claim(run: HonestRun, unit: number, after: Float32Array) {
  const honest = honestTrace(run, unit);
  return challenge(run, unit, lyingTrace(run, honest, new Map([[honest.dag.after, after]]), false));
}

function stateOf(run: HonestRun, t: number): Float32Array {
  const state = run.states[t];
  if (state === undefined) throw new RangeError(`no leaf ${t}`);
  return state;
}

function nudged(values: Float32Array, element: number): Float32Array {
  const copy = values.slice();
  const bits = new Uint32Array(copy.buffer);
  bits[element] = (bits[element] ?? 0) ^ 1;
  return copy;
}

describe('an honest trainer', () => {
  it.each([
    ['small', small, 5],
    ['digits', digits, 2],
    ['wide', wide, 2],
    ['long', long, 2],
    ['convolutions', pictures, 2],
    ['adam', adam, 3],
    ['pools', pools, 1],
    ['batch norms', norms, 2],
    ['batch norms in four shards', sharded, 2],
    ['branches, additions, a schedule', deep, 2],
    ['attention, layer norm, embedding, dropout', words, 2],
    ['initial weights of batch norms', norms, 0],
    ['initial weights', small, 0],
  ] as const)('wins at every tensor, wherever a malicious challenger leads: %s', (_name, run, unit) => {
    const trace = honestTrace(run, unit);
    const facts = factsOf(run, run.leaves);
    const steps = new StepTree(RUN_ID, run.leaves);
    for (const tensor of tensorsOf(trace)) {
      const { length } = trace.tensor(tensor);
      for (const element of new Set([0, 1, Math.floor(length / 2), length - 1])) {
        const outcome = play(facts, unit, trace, steps, steerTo(tensor, Math.min(element, length - 1)));
        expect(outcome.winner, `${trace.dag.tensors[tensor]?.name} ${element}`).toBe('trainer');
      }
    }
  });

  it('shows a challenger that computes the unit nothing to disagree with', () => {
    for (const unit of [0, 1, 20]) {
      const own = honestTrace(small, unit);
      expect(challenge(small, unit, own)).toMatchObject({ winner: 'trainer', moves: 1 });
    }
  });
});

describe('a cheating trainer loses against a challenger that computes the unit', () => {
  it('when it skips a step', () => {
    expect(claim(small, 5, stateOf(small, 4)).winner).toBe('challenger');
    expect(claim(digits, 2, stateOf(digits, 1)).winner).toBe('challenger');
  });

  it('when it trains with another learning rate', () => {
    const faster = networkOf(checkSpec({ ...small.spec, optimizer: { op: 'sgd', learning_rate: 0.1000001 } }));
    const { state } = runUnit(faster, testSeed, small.data, 5, stateOf(small, 4));
    expect(claim(small, 5, state).winner).toBe('challenger');
  });

  it('when it trains on other records than the batch order says', () => {
    const honest = honestTrace(small, 5);
    const other = honestTrace(small, 6);
    const lies = new Map([2, 3].map((tensor) => [tensor, other.tensor(tensor)]));
    expect(challenge(small, 5, lyingTrace(small, honest, lies, true)).winner).toBe('challenger');
  });

  it('when it does not start from the weights that the seed gives', () => {
    expect(claim(small, 0, nudged(stateOf(small, 0), 17)).winner).toBe('challenger');
    const otherSeed = initialUnit(networkOf(small.spec), testSeed.toReversed()).state;
    expect(claim(small, 0, otherSeed).winner).toBe('challenger');
  });

  it('when it edits one bit of the final weights', () => {
    for (const element of [0, 50, 130]) {
      expect(claim(small, 20, nudged(stateOf(small, 20), element)).winner).toBe('challenger');
    }
  });

  it.each([
    ['small', small, 5],
    ['digits', digits, 3],
    ['wide', wide, 1],
    ['long', long, 1],
    ['convolutions', pictures, 1],
    ['adam', adam, 2],
    ['pools', pools, 2],
    ['batch norms', norms, 2],
    ['batch norms in four shards', sharded, 1],
    ['branches, additions, a schedule', deep, 3],
    ['attention, layer norm, embedding, dropout', words, 1],
  ] as const)('when one bit anywhere in the trace is wrong: %s', (_name, run, unit) => {
    const honest = honestTrace(run, unit);
    for (const tensor of tensorsOf(honest)) {
      const values = honest.tensor(tensor);
      const element = (tensor * 31) % values.length;
      const lie = new Map([[tensor, nudged(values, element)]]);
      const outcome = challenge(run, unit, lyingTrace(run, honest, lie, run === small), honest);
      expect(outcome.winner, honest.dag.tensors[tensor]?.name).toBe('challenger');
    }
  });

  it.each([
    ['a score of an attention head', words, 'layer 1, attention: scores'],
    ['a probability of an attention head', words, 'layer 1, attention: scores, probabilities'],
    ['the result of an attention head', words, 'layer 1, attention: heads'],
    ['the gradient of a query', words, 'layer 1, attention: gradient of queries'],
    ['the row that a word stands for', words, 'layer 0, embedding: output'],
    ['the mean of a layer norm', words, 'layer 3, layer_norm: mean'],
    ['a value that dropout drops', words, 'layer 4, dropout: output'],
    ['a tap of a convolution', pictures, 'layer 0, conv2d: product'],
    ['a variance of a batch norm', norms, 'layer 1, batch_norm: variance'],
    ['the sum of two gradients', deep, 'sum of gradients'],
    ['a gradient that two shards add up to', sharded, 'sum over shards'],
    ['an update of Adam', adam, 'state after'],
  ] as const)('in %s, at the very leaf that computes it', (_name, run, tensorName) => {
    const honest = honestTrace(run, 2);
    const tensor = honest.dag.tensors.findLastIndex(({ name }) => name.endsWith(tensorName));
    const values = honest.tensor(tensor);
    const element = values.findIndex((value, i) => value !== 0 && i > values.length / 3);
    const lie = new Map([[tensor, nudged(values, element)]]);
    let leaf: unknown;
    const outcome = challenge(run, 2, lyingTrace(run, honest, lie, true), honest, (facts, walk, proof) => {
      leaf = walk.stage?.value;
      return checkLeaf(facts, walk, proof);
    });
    expect(outcome.winner).toBe('challenger');
    expect(leaf).toMatchObject({ tensor, element });
  });

  it('when it forges a moment or a power of Adam', () => {
    const weights = networkOf(adamSpec).weightsLength;
    for (const element of [weights + 3, 2 * weights + 5, 3 * weights, 3 * weights + 1]) {
      expect(claim(adam, 2, nudged(stateOf(adam, 2), element)).winner).toBe('challenger');
      expect(claim(adam, 0, nudged(stateOf(adam, 0), element)).winner).toBe('challenger');
    }
  });

  it('when it claims -0 for +0', () => {
    const honest = honestTrace(small, 5);
    const relu = honest.dag.tensors.findIndex(({ name }) => name.endsWith('relu: output'));
    const values = honest.tensor(relu).slice();
    values[values.indexOf(0)] = -0;
    expect(challenge(small, 5, lyingTrace(small, honest, new Map([[relu, values]]), true)).winner).toBe('challenger');
  });

  it('when its run stops being finite, even with the very values that follow from that', () => {
    const wild: Spec = smallSpec({ optimizer: { op: 'sgd', learning_rate: 1000 }, steps: 1 });
    const huge = syntheticData(wild, 40);
    huge.values.forEach((value, i) => {
      if (i % 13 !== 12) huge.values[i] = value * 1e38;
    });
    const start = initialUnit(networkOf(wild), testSeed);
    const run: HonestRun = { spec: wild, data: huge, states: [start.state], leaves: [start.leaf, start.leaf] };
    expect(() => runUnit(networkOf(wild), testSeed, huge, 1, start.state)).toThrow('is');
    const trace = honestTrace(run, 1);
    expect(trace.firstNonFinite).toBeDefined();
    expect(challenge(run, 1, trace).winner).toBe('challenger');
  });
});

describe('the size of a dispute', () => {
  it('stays within 4 moves of the trainer and 16 KiB for the digits network', () => {
    const trace = honestTrace(digits, 2);
    const facts = factsOf(digits, digits.leaves);
    const steps = new StepTree(RUN_ID, digits.leaves);
    for (let tensor = 2; tensor <= trace.dag.after; tensor += 1) {
      const middle = Math.floor(trace.tensor(tensor).length / 2);
      const outcome = play(facts, 2, trace, steps, steerTo(tensor, middle));
      expect(outcome.moves).toBeLessThanOrEqual(disputeDepth(spec, 64));
      expect(outcome.bytes).toBeLessThanOrEqual(16_384);
      expect(outcome.walkBytes).toBeLessThanOrEqual(4_096);
    }
    expect(disputeDepth(spec, 64)).toBe(4);
  });
});

it('binds leaf 0 to the seed and to no data', () => {
  expect(stateRoot(stateOf(small, 0))).toEqual(small.leaves[0]?.stateRoot);
});
