/** The data cannot be measured, on any machine: the verdict is INVALID, and trying again is pointless. */
export class DataRefused extends Error {
  /** A word: `unsupported_media_type`, `unreadable`, `no_rows`, `too_many_rows`. */
  readonly reason: string;

  constructor(reason: string, detail: string) {
    super(`${reason}: ${detail}`);
    this.name = 'DataRefused';
    this.reason = reason;
  }
}

/** The objective's own schema or shard is unusable: nothing can be said about the data. */
export class ObjectiveUnusable extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'ObjectiveUnusable';
  }
}

/** This machine could not finish (time, memory, a crash): nothing is known about the data, trying again may help. */
export class MeasurementFailed extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'MeasurementFailed';
  }
}
