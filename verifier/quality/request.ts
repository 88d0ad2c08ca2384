import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';

/** A file on this machine whose bytes were checked against their root already. */
export interface TableFile {
  readonly path: string;
  /** Guessed from the first character if absent. */
  readonly mediaType?: string;
}

export interface MeasureRequest {
  readonly data: TableFile;
  /** JSON text of the objective's schema. */
  readonly schema: string;
  /** Time of the block that asked, nanoseconds since the Unix epoch; never this machine's clock. */
  readonly asOf: bigint;
  /** The objective's held-out shard that impact is measured on. */
  readonly holdout?: TableFile;
  /** Trusted rows that accuracy is checked against. */
  readonly reference?: TableFile;
  /** What DuckDB may use, MB. */
  readonly memoryMb?: number;
}

/** One contribution of a round. */
export interface RoundFile {
  readonly contributionId: bigint;
  readonly data: TableFile;
  /** Time of the block that it was submitted in, nanoseconds since the Unix epoch. */
  readonly asOf: bigint;
}

/** Contributions that are valued together. */
export interface RoundRequest {
  /** In the order of their priority: the first that brings a row has its value. */
  readonly members: readonly RoundFile[];
  readonly schema: string;
  readonly holdout: TableFile;
  readonly reference?: TableFile;
  /** The objective's baseline, 10^-6. */
  readonly baselinePpm: bigint;
  /** Value of the task's beacon round: it draws the rows that take part where there are too many. */
  readonly seed: Uint8Array;
  readonly memoryMb?: number;
}

export interface Measurement {
  /** Sorted by name: `accuracy`, `completeness`, `consistency`, `timeliness` (10^-6), `impact_micro`, and counts. */
  readonly metrics: Metric[];
  /** What a reader should know, for example that there is no timestamp column. */
  readonly notes: string[];
  /** Row sketch for the manifest. */
  readonly sketch: bigint[];
}
