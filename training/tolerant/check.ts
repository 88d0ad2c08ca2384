import { gatherBatch } from '../batch.ts';
import { canonicalKernels, type Kernels } from '../canonical/kernels.ts';
import { inTree } from '../canonical/shards.ts';
import { type ShardSum, shardSum } from '../canonical/step.ts';
import type { Dataset } from '../dataset.ts';
import type { Network, Parameter } from '../network.ts';
import { philoxKey } from '../random.ts';
import { STRAINED_NORM, tolerances } from '../tolerances.ts';

/** Whether a device's gradient is near F's. Nothing here can slash: it decides about a reward. */

/** Within tau everywhere; beyond it here and there, as ties make it; or another gradient. */
export type Nearness = 'within' | 'strained' | 'beyond';

export interface ParameterDistance {
  readonly parameter: Parameter;
  /** The operator whose parameter it is. */
  readonly op: string;
  /** Largest distance from F's value over the sum of |x y| of that element. */
  readonly largest: number;
  /** Elements further away than the operator's tau. */
  readonly exceeding: number;
  /** Euclidean norm of the distance over that of F's gradient. */
  readonly norm: number;
}

export interface GradientCheck {
  readonly nearness: Nearness;
  readonly parameters: readonly ParameterDistance[];
  /** F's mean loss of the batch. */
  readonly loss: number;
}

/** F's gradient of the step of unit `unit`, with what its elements' distances are measured by. @throws NonFiniteError */
export interface Reference {
  readonly gradient: Float32Array;
  /** The sum of |x y| of each element. */
  readonly magnitude: Float32Array;
  readonly loss: number;
}

export function referenceGradient(
  network: Network,
  seed: Uint8Array,
  data: Dataset,
  unit: number,
  before: Float32Array,
  kernels: Kernels = canonicalKernels,
): Reference {
  const by = (kind: Kernels): ShardSum => {
    kernels.reset();
    const state = kernels.adopt(before);
    const batch = gatherBatch(network.spec, philoxKey(seed), data, unit - 1, kernels);
    const shards = Array.from({ length: network.spec.shards }, (_, shard) =>
      shardSum(network, state, batch, shard, kind),
    );
    const sum = inTree(shards, (left, right) => ({
      values: kernels.add(left.values, right.values),
      loss: Math.fround(left.loss + right.loss),
    }));
    return { values: sum.values.slice(), loss: sum.loss };
  };
  const { values: gradient, loss } = by(kernels);
  return { gradient, magnitude: by(magnitudes(kernels)).values, loss };
}

/** How far `gradient` is from the reference, parameter by parameter. */
export function checkGradient(network: Network, gradient: Float32Array, reference: Reference): GradientCheck {
  const parameters = network.parameters.map((parameter): ParameterDistance => {
    const op = network.layers[parameter.layer]?.op ?? '';
    const tau = tolerances[op]?.tau ?? 0;
    let [largest, exceeding, distance, length] = [0, 0, 0, 0];
    for (let i = parameter.offset; i < parameter.offset + parameter.rows * parameter.cols; i += 1) {
      const exact = reference.gradient[i] ?? 0;
      const off = Math.abs((gradient[i] ?? Number.NaN) - exact);
      const scale = reference.magnitude[i] ?? 0;
      // Devices may flush what is denormal to zero.
      const relative = off <= SMALLEST_NORMAL ? 0 : off / scale;
      // NaN is beyond every tolerance.
      if (!(relative <= tau)) exceeding += 1;
      largest = relative > largest || Number.isNaN(relative) ? relative : largest;
      distance += off * off;
      length += exact * exact;
    }
    const norm = distance === 0 ? 0 : Math.sqrt(distance / length);
    return { parameter, op, largest, exceeding, norm };
  });
  const within = parameters.every(({ exceeding }) => exceeding === 0);
  const strained = parameters.every(({ exceeding, norm }) => exceeding === 0 || norm <= STRAINED_NORM);
  return { nearness: within ? 'within' : strained ? 'strained' : 'beyond', parameters, loss: reference.loss };
}

const SMALLEST_NORMAL = 2 ** -126;

/**
 * Kernels whose gradients of parameters are sums of |x y| instead of x y; all else is F. In the layers that have a
 * tolerance nothing else is computed by these three.
 */
function magnitudes(kernels: Kernels): Kernels {
  const absolute = (values: Float32Array) => values.map(Math.abs);
  return {
    ...kernels,
    transposedMultiply: (a, b, ...shape) => kernels.transposedMultiply(absolute(a), absolute(b), ...shape),
    convolveGradient: (x, dy, ...shape) => kernels.convolveGradient(absolute(x), absolute(dy), ...shape),
    columnSums: (a, rows, cols) => kernels.columnSums(absolute(a), rows, cols),
  };
}
