import type { DisputeWalk } from '../../proto/generated/infinet/verification/v1/dispute.ts';
import { MsgProveLeaf, MsgRevealNodes } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { bytesToFloats, floatsToBytes } from '../../training/bytes.ts';
import { tensorAt } from '../../training/dag.ts';
import {
  applyOpening,
  applySelection,
  checkLeaf,
  DisputeError,
  dagOf,
  type RunFacts,
  type Side,
  startDispute,
  turn,
} from '../../training/dispute.ts';
import { CHUNK_BYTES } from '../../training/merkle.ts';
import type { DisputeRecord, RecordedMove } from './chainMoves.ts';

/** One move, for people. */
export interface ReplayedMove {
  readonly height: bigint;
  readonly side: Side;
  readonly move: RecordedMove['kind'];
  /** What it showed, or what it named. */
  readonly shows: string;
  /** Protobuf bytes of what the trainer showed; a selection is one number. */
  readonly bytes: number;
}

/** The one element that decides, computed here. */
export interface ReplayedLeaf {
  readonly tensor: string;
  readonly element: number;
  readonly kind: string;
  /** Values that go in. */
  readonly terms: number;
  readonly claimed: number;
  readonly computed: number;
  /** Bits as the chain compares them, little endian: 0 and -0 print alike. */
  readonly claimedBits: string;
  readonly computedBits: string;
}

export interface Replay {
  readonly moves: readonly ReplayedMove[];
  /** Present when the dispute was played to its leaf. */
  readonly leaf?: ReplayedLeaf;
  /** Who was right, by this computation; absent while it is open, or where another dispute decided the run. */
  readonly right?: Side;
  /** Why, in a sentence. */
  readonly because: string;
  /** Whether the chain's own record says the same. */
  readonly equal: boolean;
}

/**
 * Plays a dispute again by the rules of `training/dispute.ts` from the moves that the chain's blocks hold, and compares
 * the end with what the chain says.
 *
 * @param unit the unit that the dispute is about
 */
export function replayDispute(facts: RunFacts, unit: number, record: DisputeRecord): Replay {
  const moves: ReplayedMove[] = [];
  let walk = startDispute(facts, unit);
  for (const [at, move] of record.moves.entries()) {
    const side = turn(walk);
    const said = { moves, because: '', equal: false };
    const deadline = record.deadlines[at];
    if (deadline === undefined || move.height > deadline) {
      return { ...said, because: `move ${at + 1} came at height ${move.height}, after its deadline ${deadline ?? 0n}` };
    }
    try {
      if (move.kind === 'leaf') {
        const winner = checkLeaf(facts, walk, move.leaf);
        const leaf = computeLeaf(facts, walk, move);
        moves.push(described(walk, side, move));
        const because =
          winner === 'trainer'
            ? 'the element computed from its proven inputs has the bits that the trainer claimed'
            : 'the element computed from its proven inputs has other bits than the trainer claimed, or is not finite';
        const isLast = at === record.moves.length - 1;
        return { moves, leaf, right: winner, because, equal: isLast && saysSame(record, winner, leafReasons[winner]) };
      }
      const next = move.kind === 'opening' ? applyOpening(facts, walk, move.opening) : applySelection(walk, move.index);
      moves.push(described(walk, side, move));
      walk = next;
    } catch (error) {
      if (!(error instanceof DisputeError)) throw error;
      return { ...said, because: `move ${at + 1}, which the chain took, is against the rules: ${error.message}` };
    }
  }
  return unfinished(record, walk, moves);
}

const leafReasons: Readonly<Record<Side, string>> = { trainer: 'leaf_right', challenger: 'leaf_wrong' };

/** The moves end before a leaf: the side whose turn it was let its deadline pass, or nothing is decided. */
function unfinished(record: DisputeRecord, walk: DisputeWalk, moves: readonly ReplayedMove[]): Replay {
  const { ending } = record;
  const silent = turn(walk);
  if (ending === undefined) return { moves, because: `it is open, and the ${silent}'s turn`, equal: true };
  if (ending.winner === '') {
    return { moves, because: 'another dispute decided the run first', equal: ending.reason === 'run_slashed' };
  }
  const right = silent === 'trainer' ? 'challenger' : 'trainer';
  const deadline = record.deadlines[moves.length];
  const late = deadline !== undefined && ending.height >= deadline;
  const because = late
    ? `the ${silent} let its deadline, height ${deadline}, pass; nothing was computed, so nothing is proven about the unit`
    : `the chain ended it at height ${ending.height}, before the ${silent}'s deadline`;
  return { moves, right, because, equal: late && saysSame(record, right, `${silent}_missed_deadline`) };
}

function saysSame({ ending }: DisputeRecord, winner: Side, reason: string): boolean {
  return ending?.winner === winner && ending.reason === reason;
}

function described({ stage }: DisputeWalk, side: Side, move: RecordedMove): ReplayedMove {
  const base = { height: move.height, side, move: move.kind };
  if (move.kind === 'selection') {
    const what =
      stage?.$case === 'values'
        ? `element ${stage.value.firstElement + move.index} of tensor ${stage.value.tensor}`
        : `child ${move.index} of ${stage?.$case === 'children' ? stage.value.children.length : 0}`;
    return { ...base, shows: what, bytes: 4 };
  }
  if (move.kind === 'leaf') {
    const bytes = MsgProveLeaf.encode(MsgProveLeaf.fromPartial({ leaf: move.leaf })).finish().length;
    return { ...base, shows: `${move.leaf.inputs.length} inputs of the leaf, with their paths`, bytes };
  }
  const bytes = MsgRevealNodes.encode(MsgRevealNodes.fromPartial({ opening: move.opening })).finish().length;
  const opened = move.opening.move;
  const shows =
    opened?.$case === 'unit'
      ? 'the leaves before and after the unit, and the top of its trace'
      : opened?.$case === 'values'
        ? `${opened.value.length / 4} values`
        : `${(opened?.value.length ?? 0) / 32} nodes`;
  return { ...base, shows, bytes };
}

/** The element from inputs that `checkLeaf` has followed up to accepted roots. */
function computeLeaf(facts: RunFacts, walk: DisputeWalk, { leaf }: RecordedMove & { kind: 'leaf' }): ReplayedLeaf {
  if (walk.stage?.$case !== 'leaf') throw new DisputeError('turn', 'no leaf is to be proven');
  const { tensor, element, claimed } = walk.stage.value;
  const { name, rule } = tensorAt(dagOf(facts, walk.unit), tensor);
  if (rule === undefined) throw new DisputeError('position', `${name} is given`);
  const inputs = rule.inputs(element).map(({ offset, length }, i) => {
    const first = offset % (CHUNK_BYTES / 4);
    return bytesToFloats(leaf.inputs[i]?.chunk ?? new Uint8Array(0)).subarray(first, first + length);
  });
  const computed = Math.fround(rule.compute(element, inputs));
  return {
    tensor: name,
    element,
    kind: rule.kind,
    terms: inputs.reduce((sum, { length }) => sum + length, 0),
    claimed: bytesToFloats(claimed)[0] ?? Number.NaN,
    computed,
    claimedBits: Buffer.from(claimed).toString('hex'),
    computedBits: Buffer.from(floatsToBytes(Float32Array.of(computed))).toString('hex'),
  };
}
