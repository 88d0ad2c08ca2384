import type { Context } from '../../../chain/context.ts';
import { ensure, fail } from '../../../chain/errors.ts';
import type {
  MsgRevealAttestation,
  MsgRevealAttestationResponse,
} from '../../../proto/generated/infinet/verification/v1/tx.ts';
import {
  type Attestation,
  SeatState,
  SubjectKind,
  type Task,
  TaskPhase,
  Verdict,
} from '../../../proto/generated/infinet/verification/v1/types.ts';
import { equalBytes } from '../../../training/merkle.ts';
import { type Env, gasCosts } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';
import { attestationRevealed } from '../events.ts';
import { seatUnits } from '../formulas.ts';
import { attestationCommitment } from '../messages.ts';
import { metricsText, subjectName, verdictName } from '../names.ts';
import { hurryIfComplete } from '../phases.ts';
import { accuracyMetric } from '../runOutcome.ts';
import { type Turn, takeTurn } from '../seats.ts';
import { paramsItem, present, runs, tasks } from '../state.ts';

/** A seat opens its commitment; for a run the chain checks its draw and records the units that it answers for. */
export function revealAttestation(env: Env, ctx: Context, message: MsgRevealAttestation): MsgRevealAttestationResponse {
  const turn = takeTurn(env, ctx, message, TaskPhase.TASK_PHASE_REVEAL, SeatState.SEAT_STATE_COMMITTED);
  const { task, seat, operator } = turn;
  const attestation = message.attestation ?? fail(errors.invalidAttestation, 'attestation is missing');
  const opened = attestationCommitment({ operator, taskId: task.id, salt: message.salt }, attestation);
  ensure(equalBytes(opened, seat.commitment), errors.commitmentMismatch, `seat of ${seat.operator} in task ${task.id}`);
  const isRun = task.subject === SubjectKind.SUBJECT_KIND_RUN;
  if (!isRun) {
    requireContributionAttestation(attestation);
    requireScores(attestation, env.contributions.objective(ctx, task.objectiveId)?.rubric ?? []);
  }
  const units = isRun ? requireRunAttestation(env, ctx, turn, attestation) : [];
  seat.state = SeatState.SEAT_STATE_REVEALED;
  seat.attestation = attestation;
  seat.units = units;
  tasks.set(ctx, task.id, task);
  hurryIfComplete(ctx, task);
  announce(ctx, task, seat.operator, attestation, units);
  return { units };
}

function requireContributionAttestation({ verdict, metrics, traceRoot, vrfProof }: Attestation): void {
  ensure(verdict !== Verdict.VERDICT_FRAUD, errors.invalidAttestation, 'FRAUD is a verdict on a run');
  ensure(
    traceRoot.length === 0 && vrfProof.length === 0,
    errors.invalidAttestation,
    'a contribution takes neither trace_root nor vrf_proof',
  );
  ensure(verdict !== Verdict.VERDICT_VALID || metrics.length > 0, errors.invalidAttestation, 'VALID without metrics');
}

/** Where an objective has a rubric, a seat's metrics are its scores: one for each criterion, 0 to 10^6. */
function requireScores({ metrics, verdict }: Attestation, rubric: readonly { readonly name: string }[]): void {
  if (rubric.length === 0 || verdict !== Verdict.VERDICT_VALID) return;
  const named = metrics.length === rubric.length && rubric.every(({ name }, at) => metrics[at]?.name === name);
  ensure(named, errors.invalidAttestation, `the scores are of ${rubric.map(({ name }) => name).join(', ')}`);
  const bounded = metrics.every(({ value }) => value >= 0n && value <= 1_000_000n);
  ensure(bounded, errors.invalidAttestation, 'a score is 0 to 1000000 (10^-6)');
}

/** Returns the units that the seat drew. */
function requireRunAttestation(env: Env, ctx: Context, { task, seat }: Turn, attestation: Attestation): bigint[] {
  const run = present(runs.get(ctx, task.subjectId), `run ${task.subjectId}`);
  ctx.gas.consume(gasCosts.vrfVerify, 'ecvrf verification');
  const key = present(seat.keys, 'keys of a seat').vrfPublicKey;
  const output = env.vrf.verify(key, task.alpha, attestation.vrfProof);
  if (output === undefined) return fail(errors.invalidVrfProof, `seat of ${seat.operator} in task ${task.id}`);
  ensure(
    attestation.badUnit <= run.units,
    errors.invalidAttestation,
    `bad_unit ${attestation.badUnit} of a run of ${run.units} units`,
  );
  if (attestation.verdict === Verdict.VERDICT_VALID) {
    ensure(attestation.traceRoot.length === 32, errors.invalidAttestation, 'VALID for a run without trace_root');
    const accuracy = attestation.metrics.find(({ name }) => name === accuracyMetric);
    ensure(accuracy !== undefined, errors.invalidAttestation, `VALID for a run without the metric ${accuracyMetric}`);
  }
  return seatUnits(output, run.units, paramsItem.require(ctx).unitsPerSeat);
}

function announce(
  ctx: Context,
  task: Task,
  operator: string,
  attestation: Attestation,
  units: readonly bigint[],
): void {
  ctx.log.emit(
    attestationRevealed.encode({
      task_id: task.id,
      subject: subjectName(task.subject),
      subject_id: task.subjectId,
      operator,
      verdict: verdictName(attestation.verdict),
      metrics: metricsText(attestation.metrics),
      trace_root: attestation.traceRoot,
      bad_unit: attestation.badUnit,
      units: units.join(','),
    }),
  );
}
