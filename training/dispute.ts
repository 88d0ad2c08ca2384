import type { DisputeWalk, LeafProof, Opening } from '../proto/generated/infinet/verification/v1/dispute.ts';
import type { Spec } from './spec.ts';

/** What both sides and the chain know of the run that a dispute is about. */
export interface RunFacts {
  readonly spec: Spec;
  /** Bound into every leaf. */
  readonly runId: bigint;
  /** SHA-256(spec hash, data root, beacon value), 32 bytes. */
  readonly seed: Uint8Array;
  readonly dataRoot: Uint8Array;
  /** Records of the data set. */
  readonly records: number;
  readonly stepRoot: Uint8Array;
}

/** A move that the rules do not allow; the side that made it may move again until its deadline. */
export class DisputeError extends Error {
  readonly reason: DisputeFault;

  constructor(reason: DisputeFault, message: string) {
    super(message);
    this.name = 'DisputeError';
    this.reason = reason;
  }
}

/** `turn`: not this side's move; `position`: no such unit, child or element; `length`: not as many bytes as the place demands; `root`: does not hash to what was shown before. */
export type DisputeFault = 'turn' | 'position' | 'length' | 'root';

export type Side = 'trainer' | 'challenger';

/** The side that must move next; a missed deadline loses. */
export function turn(_walk: DisputeWalk): Side {
  throw new Error('not built yet');
}

/** A dispute about unit 0 (the initial weights) to T (spec.steps / spec.commit_every). The trainer moves first. */
export function startDispute(_run: RunFacts, _unit: number): DisputeWalk {
  throw new Error('not built yet');
}

/** The trainer's move while the stage is `start` or `node`. @throws DisputeError */
export function applyOpening(_run: RunFacts, _walk: DisputeWalk, _opening: Opening): DisputeWalk {
  throw new Error('not built yet');
}

/** The challenger's move: the first child or element, by position, that it disagrees with. @throws DisputeError */
export function applySelection(_run: RunFacts, _walk: DisputeWalk, _index: number): DisputeWalk {
  throw new Error('not built yet');
}

/** The trainer's last move: the chain computes the element and returns who wins. @throws DisputeError */
export function checkLeaf(_run: RunFacts, _walk: DisputeWalk, _proof: LeafProof): Side {
  throw new Error('not built yet');
}

/** The most moves of the trainer (openings and the leaf proof) that a dispute of such a run takes. */
export function disputeDepth(_spec: Spec, _records: number): number {
  throw new Error('not built yet');
}
