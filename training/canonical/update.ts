import type { Network } from '../network.ts';
import { canonicalKernels, type Kernels } from './kernels.ts';

/**
 * The state after one step: weights, then each slot for all weights, then the optimizer's scalars, then statistics.
 *
 * @param sum the batch's gradient for each weight, then the sums of the shards' statistics in the order of the network's rows
 * @param step of the run, from 0
 */
export function updateState(
  network: Network,
  state: Float32Array,
  sum: Float32Array,
  step: number,
  kernels: Kernels = canonicalKernels,
): Float32Array {
  const { optimizer, spec, weightsLength: weights } = network;
  const rate = network.schedule(optimizer.rate, step);
  const out = kernels.room(state.length);
  const start = weights * (1 + optimizer.slots);
  optimizer.scalars.forEach((_, i) => {
    out[start + i] = optimizer.nextScalar(i, state[start + i] ?? 0);
  });
  let measured = weights;
  for (const { layer, offset, length } of network.statistics) {
    const statistics = network.layers[layer]?.statistics;
    for (let i = 0; i < length; i += 1) {
      const mean = Math.fround((sum[measured + i] ?? 0) / spec.shards);
      out[offset + i] = statistics?.next(state[offset + i] ?? 0, mean) ?? 0;
    }
    measured += length;
  }
  const scalars = out.subarray(start, start + optimizer.scalars.length);
  kernels.update(optimizer, { state, gradients: sum, next: out, weights, scalars, rate });
  return out;
}

/** What the state after has at `element`, from the values before: the leaf of a dispute.
 * A statistic has its running value and the shards' sum, a scalar itself, all else weight, gradient, slots and scalars. */
export function updatedValue(
  network: Network,
  step: number,
  element: number,
  [weight, gradient, ...rest]: readonly number[],
): number {
  const { optimizer, weightsLength: weights } = network;
  const start = weights * (1 + optimizer.slots);
  const row = network.statistics.findLast(({ offset }) => offset <= element);
  if (row !== undefined)
    return (
      network.layers[row.layer]?.statistics?.next(weight ?? 0, Math.fround((gradient ?? 0) / network.spec.shards)) ?? 0
    );
  if (element >= start) return optimizer.nextScalar(element - start, weight ?? 0);
  const next = new Float32Array(1 + optimizer.slots);
  const scalars = Float32Array.from(rest.slice(optimizer.slots), (value, i) => optimizer.nextScalar(i, value));
  const slots = Float32Array.from(rest.slice(0, optimizer.slots));
  optimizer.update(next, weight ?? 0, gradient ?? 0, slots, scalars, network.schedule(optimizer.rate, step));
  return next[Math.floor(element / weights)] ?? 0;
}
