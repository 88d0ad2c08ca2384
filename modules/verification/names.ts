/** Words of enumerations as events carry them, and metrics as text. */
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { Outcome, SubjectKind, TaskPhase, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';

const phaseNames: Readonly<Record<number, string>> = {
  [TaskPhase.TASK_PHASE_WAITING_BEACON]: 'waiting_beacon',
  [TaskPhase.TASK_PHASE_ACK]: 'ack',
  [TaskPhase.TASK_PHASE_COMMIT]: 'commit',
  [TaskPhase.TASK_PHASE_REVEAL]: 'reveal',
  [TaskPhase.TASK_PHASE_CHALLENGE]: 'challenge',
  [TaskPhase.TASK_PHASE_DONE]: 'done',
};

const outcomeNames: Readonly<Record<number, string>> = {
  [Outcome.OUTCOME_VALID]: 'valid',
  [Outcome.OUTCOME_INVALID]: 'invalid',
  [Outcome.OUTCOME_UNAVAILABLE]: 'unavailable',
  [Outcome.OUTCOME_DISAGREEMENT]: 'disagreement',
  [Outcome.OUTCOME_UNANSWERED]: 'unanswered',
  [Outcome.OUTCOME_SLASHED]: 'slashed',
};

const verdictNames: Readonly<Record<number, string>> = {
  [Verdict.VERDICT_VALID]: 'valid',
  [Verdict.VERDICT_INVALID]: 'invalid',
  [Verdict.VERDICT_FRAUD]: 'fraud',
  [Verdict.VERDICT_UNAVAILABLE]: 'unavailable',
};

export function phaseName(phase: TaskPhase): string {
  return phaseNames[phase] ?? 'unspecified';
}

export function outcomeName(outcome: Outcome): string {
  return outcomeNames[outcome] ?? 'unspecified';
}

export function verdictName(verdict: Verdict): string {
  return verdictNames[verdict] ?? 'unspecified';
}

export function subjectName(subject: SubjectKind): string {
  if (subject === SubjectKind.SUBJECT_KIND_ROUND) return 'round';
  return subject === SubjectKind.SUBJECT_KIND_RUN ? 'run' : 'contribution';
}

/** `accuracy=912000,rows=344`; equal texts are equal metrics. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(({ name, value }) => `${name}=${value}`).join(',');
}
