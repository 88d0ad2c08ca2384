/** What travels between a program and the process that trains for it. */

export interface TrainingJob {
  /** Name of a backend: `cpu`. */
  readonly backend: string;
  /** Canonical JSON. */
  readonly spec: Uint8Array;
  readonly seed: Uint8Array;
  /** The data file: records one after another. */
  readonly records: Uint8Array;
  /** State before `firstStep` (from 0), and how many steps to take. */
  readonly state: Float32Array;
  readonly firstStep: number;
  readonly steps: number;
}

export interface StepResult {
  readonly state: Float32Array;
  /** Mean loss of the batch before the update. */
  readonly loss: number;
}

export interface TrainingResult {
  readonly state: Float32Array;
  /** Mean loss of every step. */
  readonly losses: readonly number[];
}

export type JobAnswer = { readonly result: TrainingResult } | { readonly error: string };
