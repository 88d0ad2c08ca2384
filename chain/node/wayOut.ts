/** Longer than CometBFT is given to end, milliseconds. */
const patienceMs = 60_000;

/**
 * Undoes the steps of a start, the last one first. A step that throws does not keep the others from being undone, and its
 * error is thrown at the end. One that hangs (a thread inside LMDB on a disk that fails) would keep a supervisor from
 * starting the node again: `hung` then ends the process. Nothing is lost by that, since all that was answered is on disk.
 */
export async function wayOut(
  steps: readonly (() => void | Promise<void>)[],
  hung: (step: number) => void,
  patience = patienceMs,
): Promise<void> {
  const errors: unknown[] = [];
  for (const [index, step] of steps.toReversed().entries()) {
    const timer = setTimeout(hung, patience, index);
    try {
      await step();
    } catch (error) {
      errors.push(error);
    } finally {
      clearTimeout(timer);
    }
  }
  if (errors.length > 0) throw errors[0];
}
