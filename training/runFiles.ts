/**
 * How a trainer serves a run: files under one base URI. Their contents need no trust: the leaves hash to the step root,
 * each state to the state root of its leaf.
 */

/** All leaves, `leafBytes` each (`encodeLeaves`), leaf 0 first. */
export const leavesFile = 'leaves';

/** The gradient of unit t (1 to T) in the tolerant lane: float32 values, little endian, one a weight. */
export function gradientFile(t: number): string {
  return `gradient-${t}`;
}

/** The state after unit t: float32 values, little endian, in the specification's order. */
export function stateFile(t: number): string {
  return `state-${t}`;
}
