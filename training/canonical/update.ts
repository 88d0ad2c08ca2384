import type { Network } from '../network.ts';

/**
 * The state after one step: weights, then each slot for all weights, then the optimizer's scalars, then statistics.
 *
 * @param gradients one a weight
 * @param measured the batch's statistics, in the order of the network's rows
 */
export function updateState(
  network: Network,
  state: Float32Array,
  gradients: Float32Array,
  measured: readonly Float32Array[],
): Float32Array {
  const { optimizer, weightsLength: weights } = network;
  const out = new Float32Array(state.length);
  const start = weights * (1 + optimizer.slots);
  optimizer.scalars.forEach((_, i) => {
    out[start + i] = optimizer.nextScalar(i, state[start + i] ?? 0);
  });
  network.statistics.forEach(({ layer, offset }, row) => {
    const statistics = network.layers[layer]?.statistics;
    measured[row]?.forEach((value, i) => {
      out[offset + i] = statistics?.next(state[offset + i] ?? 0, value) ?? 0;
    });
  });
  const scalars = out.subarray(start, start + optimizer.scalars.length);
  const slots = new Float32Array(optimizer.slots);
  const next = new Float32Array(1 + optimizer.slots);
  for (let i = 0; i < weights; i += 1) {
    for (let slot = 0; slot < slots.length; slot += 1) slots[slot] = state[weights * (1 + slot) + i] ?? 0;
    optimizer.update(next, state[i] ?? 0, gradients[i] ?? 0, slots, scalars);
    for (let slot = 0; slot < next.length; slot += 1) out[weights * slot + i] = next[slot] ?? 0;
  }
  return out;
}

/** What the state after has at `element`, from the values before: the leaf of a dispute.
 * A statistic has its running value and the batch's, a scalar itself, all else weight, gradient, slots and scalars. */
export function updatedValue(
  network: Network,
  element: number,
  [weight, gradient, ...rest]: readonly number[],
): number {
  const { optimizer, weightsLength: weights } = network;
  const start = weights * (1 + optimizer.slots);
  const row = network.statistics.findLast(({ offset }) => offset <= element);
  if (row !== undefined) return network.layers[row.layer]?.statistics?.next(weight ?? 0, gradient ?? 0) ?? 0;
  if (element >= start) return optimizer.nextScalar(element - start, weight ?? 0);
  const next = new Float32Array(1 + optimizer.slots);
  const scalars = Float32Array.from(rest.slice(optimizer.slots), (value, i) => optimizer.nextScalar(i, value));
  optimizer.update(next, weight ?? 0, gradient ?? 0, Float32Array.from(rest.slice(0, optimizer.slots)), scalars);
  return next[Math.floor(element / weights)] ?? 0;
}
