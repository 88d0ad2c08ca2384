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

/** What a device makes of one batch, before any update. */
export interface GradientResult {
  /** One value a weight, in the state's order. */
  readonly gradient: Float32Array;
  /** Mean loss of the batch. */
  readonly loss: number;
}

/** What gradients are asked of. */
export interface GradientJob {
  /** Name of a backend: `cpu`. */
  readonly backend: string;
  /** Canonical JSON. */
  readonly spec: Uint8Array;
  readonly seed: Uint8Array;
  /** The data file: records one after another. */
  readonly records: Uint8Array;
}

/** One step, from 0, from the state before it. */
export interface GradientRequest {
  readonly state: Float32Array;
  readonly step: number;
}

export type GradientAnswer = { readonly result: GradientResult | undefined } | { readonly error: string };

export interface TrainingResult {
  readonly state: Float32Array;
  /** Mean loss of every step. */
  readonly losses: readonly number[];
}

export type JobAnswer = { readonly result: TrainingResult } | { readonly error: string };
