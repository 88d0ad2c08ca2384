import {
  DisputeWalk,
  LeafProof,
  Opening,
  type TraceNode,
} from '../../proto/generated/infinet/verification/v1/dispute.ts';
import { type Leaf, StepTree } from '../commit.ts';
import { DATA } from '../dag.ts';
import type { Dataset } from '../dataset.ts';
import { applyOpening, applySelection, checkLeaf, type RunFacts, type Side, startDispute, turn } from '../dispute.ts';
import { networkOf } from '../network.ts';
import { openNode, proveLeaf } from '../prover.ts';
import { train } from '../run.ts';
import type { Spec } from '../spec.ts';
import { evaluateTensor, Trace, traceUnit } from '../trace.ts';
import { testSeed } from './fixtures.ts';

/** Whole disputes between two sides in memory, as the chain would run them. */

export interface Outcome {
  readonly winner: Side;
  /** Moves of the trainer. */
  readonly moves: number;
  /** Encoded bytes of both sides' moves. */
  readonly bytes: number;
  /** Largest encoded walk that the chain has to keep. */
  readonly walkBytes: number;
}

/** Names a child or an element; undefined gives up. */
export type Challenger = (walk: DisputeWalk) => number | undefined;

export const RUN_ID = 7n;

/** An honestly trained run with every state. */
export interface HonestRun {
  readonly spec: Spec;
  readonly data: Dataset;
  readonly states: readonly Float32Array[];
  readonly leaves: readonly Leaf[];
}

export function trainHonestly(spec: Spec, data: Dataset): HonestRun {
  const units = [...train(networkOf(spec), testSeed, data)];
  return { spec, data, states: units.map(({ state }) => state), leaves: units.map(({ leaf }) => leaf) };
}

/** What the chain knows of a run whose trainer committed `leaves`. */
export function factsOf(run: HonestRun, leaves: readonly Leaf[]): RunFacts {
  const { spec, data } = run;
  const stepRoot = new StepTree(RUN_ID, leaves).root;
  return { spec, runId: RUN_ID, seed: testSeed, dataRoot: data.root, records: data.records, stepRoot };
}

/** The honest trace of a unit. */
export function honestTrace(run: HonestRun, unit: number): Trace {
  const before = unit === 0 ? new Float32Array(0) : run.states[unit - 1];
  if (before === undefined) throw new RangeError(`no unit ${unit}`);
  return traceUnit(networkOf(run.spec), testSeed, run.data, unit, before);
}

/** A trace with some tensors replaced; those after the first replaced one are computed from the lie when `follow`. */
export function lyingTrace(
  run: HonestRun,
  honest: Trace,
  lies: ReadonlyMap<number, Float32Array>,
  follow: boolean,
): Trace {
  const values = [...honest.values];
  let lied = false;
  for (let tensor = 0; tensor < values.length; tensor += 1) {
    const lie = lies.get(tensor);
    if (lie !== undefined) {
      values[tensor] = lie;
      lied = true;
    } else if (lied && follow) values[tensor] = evaluateTensor(honest.dag, values, tensor);
  }
  return new Trace(honest.dag, values, run.data.tree);
}

/** Plays to the end. The walk is encoded and decoded between moves, as it is in the chain's store. */
export function play(
  run: RunFacts,
  unit: number,
  trainer: Trace,
  steps: StepTree,
  challenger: Challenger,
  check: typeof checkLeaf = checkLeaf,
): Outcome {
  let walk = startDispute(run, unit);
  let moves = 0;
  let bytes = 0;
  let walkBytes = 0;
  for (;;) {
    const stored = DisputeWalk.encode(walk).finish();
    walkBytes = Math.max(walkBytes, stored.length);
    walk = DisputeWalk.decode(stored);
    if (turn(walk) === 'challenger') {
      const index = challenger(walk);
      if (index === undefined) return { winner: 'trainer', moves, bytes, walkBytes };
      bytes += 4;
      walk = applySelection(walk, index);
      continue;
    }
    moves += 1;
    if (walk.stage?.$case === 'leaf') {
      const encoded = LeafProof.encode(proveLeaf(walk, trainer)).finish();
      const winner = check(run, walk, LeafProof.decode(encoded));
      return { winner, moves, bytes: bytes + encoded.length, walkBytes };
    }
    const encoded = Opening.encode(openNode(walk, trainer, steps)).finish();
    bytes += encoded.length;
    walk = applyOpening(run, walk, Opening.decode(encoded));
  }
}

/** A challenger that steers to one element, whatever is shown. */
export function steerTo(tensor: number, element: number): Challenger {
  return ({ stage }) => {
    if (stage?.$case === 'values') return element - stage.value.firstElement;
    if (stage?.$case !== 'children') throw new Error('not the challenger');
    return stage.value.children.findIndex((child) => covers(child, tensor, element));
  };
}

function covers(child: TraceNode, tensor: number, element: number): boolean {
  const position = child.tensor === DATA ? tensor : Math.floor(element / 256);
  const inside = position >= child.start && position < child.start + child.count;
  return inside && (child.tensor === DATA || child.tensor === tensor);
}
