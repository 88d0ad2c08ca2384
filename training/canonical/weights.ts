import type { Optimizer } from '../operators/operator.ts';
import type { UpdateStep } from './kernels.ts';

/** The optimizer on every weight and its slots. */
export function updateWeights(optimizer: Optimizer, step: UpdateStep): void {
  const { state, gradients, next: out, weights, scalars, rate } = step;
  const slots = new Float32Array(optimizer.slots);
  const next = new Float32Array(1 + optimizer.slots);
  for (let i = 0; i < weights; i += 1) {
    for (let slot = 0; slot < slots.length; slot += 1) slots[slot] = state[weights * (1 + slot) + i] ?? 0;
    optimizer.update(next, state[i] ?? 0, gradients[i] ?? 0, slots, scalars, rate);
    for (let slot = 0; slot < next.length; slot += 1) out[weights * slot + i] = next[slot] ?? 0;
  }
}
