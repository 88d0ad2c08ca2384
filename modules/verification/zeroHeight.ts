import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import type { Env } from './env.ts';
import { disputes, runs, tasks, verifiers } from './state.ts';
import { promoteKeys } from './verifiers.ts';

/**
 * Counts all heights from the last block of the chain that ends here; only the copy that is exported sees it. Keys whose
 * turn has come count at once, also for tasks whose beacon round was chosen before.
 */
export function beginAnew(env: Env, ctx: Context, { past, due }: ZeroHeight): void {
  for (const [address, verifier] of [...verifiers.walk(ctx)]) {
    promoteKeys(env, ctx, verifier);
    const { keysHeight, nextHeight } = verifier;
    verifiers.set(ctx, address, { ...verifier, keysHeight: past(keysHeight), nextHeight: past(nextHeight) });
  }
  for (const [id, task] of [...tasks.walk(ctx)]) {
    tasks.set(ctx, id, {
      ...task,
      createdHeight: past(task.createdHeight),
      fixedHeight: past(task.fixedHeight),
      deadline: due(task.deadline),
      decidedHeight: due(task.decidedHeight),
    });
  }
  for (const [id, run] of [...runs.walk(ctx)]) {
    runs.set(ctx, id, {
      ...run,
      registeredHeight: past(run.registeredHeight),
      commitDeadline: due(run.commitDeadline),
      committedHeight: due(run.committedHeight),
      closedHeight: due(run.closedHeight),
    });
  }
  for (const [id, dispute] of [...disputes.walk(ctx)]) {
    disputes.set(ctx, id, { ...dispute, deadline: due(dispute.deadline), openedHeight: past(dispute.openedHeight) });
  }
}
