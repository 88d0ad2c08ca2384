import { describe, expect, it } from 'vitest';
import type {
  DisputeWalk,
  LeafOpening,
  LeafProof,
  UnitOpening,
} from '../proto/generated/infinet/verification/v1/dispute.ts';
import { StepTree } from './commit.ts';
import {
  applyOpening,
  applySelection,
  checkLeaf,
  DisputeError,
  type DisputeFault,
  startDispute,
  turn,
} from './dispute.ts';
import { openNode, proveLeaf } from './prover.ts';
import { digitsSpec, syntheticData } from './testing/fixtures.ts';
import { factsOf, honestTrace, RUN_ID, steerTo, trainHonestly } from './testing/play.ts';

const spec = digitsSpec({ steps: 4 });
const run = trainHonestly(spec, syntheticData(spec, 64, 7));
const facts = factsOf(run, run.leaves);
const steps = new StepTree(RUN_ID, run.leaves);
const trace = honestTrace(run, 2);
const CHAIN_TENSOR = trace.dag.tensors.findIndex(
  ({ name }) => name.endsWith('kernel gradient') && name.includes('layer 0'),
);

/** The reason why a move is refused. */
function faultOf(move: () => unknown): DisputeFault | undefined {
  try {
    move();
  } catch (error) {
    if (error instanceof DisputeError) return error.reason;
    throw error;
  }
  return undefined;
}

function unitOpening(unit = 2, tree = steps): UnitOpening {
  const { move } = openNode(startDispute(facts, unit), trace, tree);
  if (move?.$case !== 'unit') throw new Error('the first move opens the unit');
  return move.value;
}

/** Opens unit 2 with an opening that is almost right. */
function openWith(change: Partial<UnitOpening>): DisputeFault | undefined {
  const value = { ...unitOpening(), ...change };
  return faultOf(() => applyOpening(facts, startDispute(facts, 2), { move: { $case: 'unit', value } }));
}

/** The walk towards one element, up to the first stage of this kind. */
function walkTo(stage: 'node' | 'values' | 'leaf', tensor: number, element: number): DisputeWalk {
  let walk = startDispute(facts, 2);
  while (walk.stage?.$case !== stage) {
    walk =
      turn(walk) === 'trainer'
        ? applyOpening(facts, walk, openNode(walk, trace, steps))
        : applySelection(walk, steerTo(tensor, element)(walk) ?? 0);
  }
  return walk;
}

const flipped = (bytes: Uint8Array, at = 0) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const longer = (bytes: Uint8Array) => new Uint8Array([...bytes, ...new Uint8Array(32)]);

describe('the opening of a unit is refused', () => {
  const { previous, current } = unitOpening();
  const leaf = (opening: LeafOpening | undefined, change: Partial<LeafOpening>): LeafOpening => {
    if (opening === undefined) throw new Error('unit 2 has a leaf before it');
    return { ...opening, ...change };
  };

  it('when a leaf is missing, or one too many is shown', () => {
    expect(openWith({ previous: undefined })).toBe('length');
    expect(openWith({ current: undefined })).toBe('length');
    const value = { ...unitOpening(0), previous };
    const opening = { move: { $case: 'unit' as const, value } };
    expect(faultOf(() => applyOpening(facts, startDispute(facts, 0), opening))).toBe('length');
  });

  it('when a leaf has another state, batch or place', () => {
    expect(openWith({ current: leaf(current, { stateRoot: flipped(steps.open(2).stateRoot) }) })).toBe('root');
    expect(openWith({ current: leaf(current, { batchDigest: flipped(steps.open(2).batchDigest) }) })).toBe('root');
    expect(openWith({ current: steps.open(3) })).toBe('root');
    expect(openWith({ previous: current, current: previous })).toBe('root');
    expect(openWith({ current: leaf(current, { stateRoot: new Uint8Array(31) }) })).toBe('root');
  });

  it('when a path is too short or too long', () => {
    expect(openWith({ current: leaf(current, { path: steps.open(2).path.subarray(32) }) })).toBe('length');
    expect(openWith({ previous: leaf(previous, { path: longer(steps.open(1).path) }) })).toBe('length');
  });

  it('when it belongs to another run, or to a run of another length', () => {
    const other = new StepTree(RUN_ID + 1n, run.leaves);
    expect(openWith(other.openUnit(2))).toBe('root');
    const shorter = new StepTree(RUN_ID, run.leaves.slice(0, 4));
    expect(openWith({ current: shorter.open(2) })).toMatch(/root|length/);
  });

  it('when tensors are missing, too many, or not those of the batch digest', () => {
    const { batch, inner } = unitOpening();
    expect(openWith({ batch: longer(batch) })).toBe('length');
    expect(openWith({ inner: longer(inner) })).toBe('length');
    expect(openWith({ inner: inner.subarray(1) })).toBe('length');
    expect(openWith({ batch: flipped(batch) })).toBe('root');
  });
});

describe('the opening of a node is refused', () => {
  const node = walkTo('node', CHAIN_TENSOR, 9_000);
  const opening = openNode(node, trace, steps);
  const bytes = opening.move?.$case === 'children' ? opening.move.value : new Uint8Array(0);
  const children = (value: Uint8Array) =>
    faultOf(() => applyOpening(facts, node, { move: { $case: 'children', value } }));

  it('unless it shows exactly the children that hash to it', () => {
    expect(children(bytes)).toBeUndefined();
    expect(children(longer(bytes))).toBe('length');
    expect(children(bytes.subarray(32))).toBe('length');
    expect(children(flipped(bytes, 700))).toBe('root');
    expect(children(new Uint8Array([...bytes.subarray(32, 64), ...bytes.subarray(0, 32), ...bytes.subarray(64)]))).toBe(
      'root',
    );
  });

  it('when it is of another kind than the node wants', () => {
    const values = new Uint8Array(1024);
    expect(faultOf(() => applyOpening(facts, node, { move: { $case: 'values', value: values } }))).toBe('turn');
    expect(faultOf(() => applyOpening(facts, node, { move: { $case: 'unit', value: unitOpening() } }))).toBe('turn');
    expect(faultOf(() => applyOpening(facts, node, { move: undefined }))).toBe('turn');
  });

  it('unless its values are as many as the node covers and hash to it', () => {
    const last = applySelection(applyOpening(facts, node, opening), 5);
    const good = openNode(last, trace, steps);
    const value = good.move?.$case === 'values' ? good.move.value : new Uint8Array(0);
    const values = (shown: Uint8Array) =>
      faultOf(() => applyOpening(facts, last, { move: { $case: 'values', value: shown } }));
    expect(values(value)).toBeUndefined();
    expect(values(value.subarray(4))).toBe('length');
    expect(values(longer(value))).toBe('length');
    expect(values(flipped(value, 3))).toBe('root');
  });
});

describe('a move out of turn or out of range is refused', () => {
  it('whoever makes it', () => {
    const start = startDispute(facts, 2);
    expect(faultOf(() => applySelection(start, 0))).toBe('turn');
    expect(faultOf(() => checkLeaf(facts, start, { inputs: [] }))).toBe('turn');
    const shown = applyOpening(facts, start, openNode(start, trace, steps));
    expect(faultOf(() => applyOpening(facts, shown, openNode(start, trace, steps)))).toBe('turn');
    expect(faultOf(() => applySelection(shown, 1_000))).toBe('position');
    expect(faultOf(() => applySelection(shown, -1))).toBe('position');
    expect(faultOf(() => applySelection(walkTo('values', CHAIN_TENSOR, 0), 512))).toBe('position');
  });

  it('when it names a unit that the run has not', () => {
    for (const unit of [-1, 5, 1.5, Number.NaN]) expect(faultOf(() => startDispute(facts, unit))).toBe('position');
  });
});

describe('a leaf proof is refused', () => {
  const walk = walkTo('leaf', CHAIN_TENSOR, 9_000);
  const proof = proveLeaf(walk, trace);
  const fault = (inputs: LeafProof['inputs']) => faultOf(() => checkLeaf(facts, walk, { inputs }));
  const changed = (change: (input: LeafProof['inputs'][number]) => Partial<LeafProof['inputs'][number]>) =>
    fault(proof.inputs.map((input, i) => (i === 0 ? { ...input, ...change(input) } : input)));

  it('unless it has every input once', () => {
    expect(fault(proof.inputs)).toBeUndefined();
    expect(fault([])).toBe('length');
    expect(fault([...proof.inputs, ...proof.inputs])).toBe('length');
    expect(fault(proof.inputs.toReversed())).toMatch(/root|length/);
  });

  it('when a chunk or a path is not of the agreed trace', () => {
    expect(changed(({ chunk }) => ({ chunk: flipped(chunk, 100) }))).toBe('root');
    expect(changed(({ chunk }) => ({ chunk: chunk.subarray(4) }))).toBe('length');
    expect(changed(({ path }) => ({ path: flipped(path, 40) }))).toBe('root');
    expect(changed(({ path }) => ({ path: longer(path) }))).toBe('length');
    expect(changed(({ tensorPath }) => ({ tensorPath: flipped(tensorPath, 40) }))).toBe('root');
    expect(changed(() => ({ tensorPath: new Uint8Array(0) }))).toBe('length');
  });

  it('when a batch element is proven from another record than the order names', () => {
    const gather = walkTo('leaf', 2, 1_500);
    const [input] = proveLeaf(gather, trace).inputs;
    if (input === undefined) throw new Error('a copy has one input');
    const other = { chunk: new Uint8Array(1024), path: trace.tree(0).path(3), tensorPath: new Uint8Array(0) };
    expect(faultOf(() => checkLeaf(facts, gather, { inputs: [input] }))).toBeUndefined();
    expect(faultOf(() => checkLeaf(facts, gather, { inputs: [other] }))).toBe('root');
    expect(faultOf(() => checkLeaf({ ...facts, dataRoot: new Uint8Array(32) }, gather, { inputs: [input] }))).toBe(
      'root',
    );
  });
});
