/**
 * How a trainer serves a run: files under one base URI. Their contents need no trust: the leaves hash to the step root,
 * each state to the state root of its leaf.
 */

/** All leaves, 64 bytes each (`encodeLeaves`), leaf 0 first. */
export const leavesFile = 'leaves';

/** The state after unit t: float32 values, little endian, in the specification's order. */
export function stateFile(t: number): string {
  return `state-${t}`;
}
