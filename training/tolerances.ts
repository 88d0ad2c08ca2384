/**
 * The tolerant lane: how far a device's gradient may be from F's, by operator, relative to the sum of |x y| of each
 * element. 2^-16 is 256 units of float32's rounding: chosen, and not yet measured over pairs of devices.
 */
export interface Tolerance {
  /** tau_g of the operator's parameters; 0 where it has none. */
  readonly tau: number;
}

export const tolerances: Readonly<Record<string, Tolerance>> = {
  dense: { tau: 2 ** -16 },
  conv2d: { tau: 2 ** -16 },
  relu: { tau: 0 },
  flatten: { tau: 0 },
  max_pool2d: { tau: 0 },
  avg_pool2d: { tau: 0 },
  add: { tau: 0 },
};

/**
 * Ties of ReLU and max-pool fall to one side here and to the other there, which moves whole elements: a unit beyond tau
 * is strained while no parameter's gradient is further from F's, by Euclidean norm, than this share of it.
 */
export const STRAINED_NORM = 2 ** -4;

/** Of `units` that a seat draws so many may be strained. */
export function strainedLimit(units: number): number {
  return 1 + Math.floor(units / 8);
}
