import { prove } from '../../modules/beacon/ecvrf.ts';
import {
  type Attestation,
  SubjectKind,
  type Task,
  Verdict,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import type { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactUnavailable } from '../artifacts/download.ts';
import { assessContribution, judgeContribution } from './assess.ts';
import { assessRound, MemberUnavailable } from './assessRound.ts';
import type { ChainView } from './chain.ts';
import { replayRun } from './replay.ts';
import type { ScoreFolder } from './scores.ts';

export interface AttestParts {
  readonly view: Pick<
    ChainView,
    'blockTime' | 'contribution' | 'height' | 'objective' | 'params' | 'run' | 'valuationRound'
  >;
  readonly cache: ArtifactCache;
  readonly vrfSeed: Uint8Array;
  /** Account address bytes of the operator. */
  readonly operator: Uint8Array;
  /** What people scored. */
  readonly scores: Pick<ScoreFolder, 'read'>;
}

/**
 * What this seat has to say about a task. Files that were there at the acknowledgement and are withheld now are asked for
 * until the last quarter of the commit window; then the seat says UNAVAILABLE, rather than miss its turn for another's
 * fault. Throws `ArtifactUnavailable` before that, and whatever keeps this machine from an answer.
 */
export async function attest(parts: AttestParts, task: Task): Promise<Attestation> {
  try {
    return await examine(parts, task);
  } catch (error) {
    if (!(error instanceof ArtifactUnavailable) || !(await isLastChance(parts, task))) throw error;
    return {
      verdict: Verdict.VERDICT_UNAVAILABLE,
      metrics: [],
      traceRoot: new Uint8Array(0),
      badUnit: error instanceof MemberUnavailable ? error.contributionId : 0n,
      vrfProof: isRun(task) ? prove(parts.vrfSeed, task.alpha) : new Uint8Array(0),
    };
  }
}

async function examine(parts: AttestParts, task: Task): Promise<Attestation> {
  const { view, cache, vrfSeed, operator } = parts;
  const objective = await view.objective(task.objectiveId);
  if (task.subject === SubjectKind.SUBJECT_KIND_ROUND) {
    const round = await view.valuationRound(task.subjectId);
    return await assessRound(view, cache, { objective, round, seed: task.beaconValue });
  }
  if (!isRun(task)) {
    const contribution = await view.contribution(task.subjectId);
    if (objective.rubric.length > 0) return await judgeContribution(contribution, objective, parts.scores, cache);
    const asOf = await view.blockTime(contribution.submittedHeight);
    return await assessContribution(contribution, objective, asOf, cache);
  }
  const run = await view.run(task.subjectId);
  const { unitsPerSeat } = await view.params();
  return await replayRun({ task, run, objective, unitsPerSeat, vrfSeed, operator }, cache);
}

async function isLastChance({ view }: AttestParts, task: Task): Promise<boolean> {
  const { commitWindow } = await view.params();
  return (await view.height()) + commitWindow / 4n >= task.deadline;
}

function isRun(task: Task): boolean {
  return task.subject === SubjectKind.SUBJECT_KIND_RUN;
}
