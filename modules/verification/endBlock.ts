/** What a block owes: seeds and seats from beacon rounds that are over, and everything whose deadline has come. */
import type { Context } from '../../chain/context.ts';
import { CodedError } from '../../chain/errors.ts';
import { RunStatus, TaskPhase } from '../../proto/generated/infinet/verification/v1/types.ts';
import { assignSeats } from './assignment.ts';
import { expireDispute } from './disputes.ts';
import type { Env } from './env.ts';
import { runSeeded, verificationStalled } from './events.ts';
import { advanceTask } from './phases.ts';
import { expireRun } from './runOutcome.ts';
import { awaiting, due, itemKind, moveRun, paramsItem, present, runs, tasks } from './state.ts';

/** Items handled in one block; what is left over waits for the next one. Messages check their deadlines themselves. */
const itemsPerBlock = 500;
/** Blocks until an item that another module refused is tried again. */
const retryBlocks = 100n;

const kindNames: Readonly<Record<string, string>> = { '1': 'run', '2': 'task', '3': 'dispute' };

export function endBlock(env: Env, ctx: Context): void {
  useBeacon(env, ctx);
  for (const [height, kind, id] of dueItems(ctx)) {
    due.remove(ctx, [height, kind, id]);
    const again = () => due.add(ctx, [ctx.block.height + retryBlocks, kind, id]);
    isolated(ctx, { kind, id, again }, (branch) => {
      if (kind === itemKind.run) expireRun(env, branch, id);
      else if (kind === itemKind.task) advanceTask(env, branch, id);
      else expireDispute(env, branch, id);
    });
  }
}

/** Rounds end in order, so the first one without a value ends the walk. */
function useBeacon(env: Env, ctx: Context): void {
  const ready: { round: bigint; kind: bigint; id: bigint; value: Uint8Array }[] = [];
  for (const [round, kind, id] of awaiting.walk(ctx)) {
    const value = env.beacon.value(ctx, round);
    if (value === undefined || ready.length >= itemsPerBlock) break;
    ready.push({ round, kind, id, value });
  }
  for (const { round, kind, id, value } of ready) {
    awaiting.remove(ctx, [round, kind, id]);
    const again = () => awaiting.add(ctx, [round, kind, id]);
    isolated(ctx, { kind, id, again }, (branch) => {
      if (kind === itemKind.run) seedRun(env, branch, id, round, value);
      else seatTask(env, branch, id, round, value);
    });
  }
}

function seedRun(env: Env, ctx: Context, id: bigint, round: bigint, value: Uint8Array): void {
  const run = present(runs.get(ctx, id), `run ${id}`);
  if (run.status !== RunStatus.RUN_STATUS_REGISTERED || run.seedRound !== round) return;
  run.seed = env.training.seed(run.specHash, present(run.data, `data of run ${id}`).root, value);
  run.commitDeadline = ctx.block.height + paramsItem.require(ctx).runWindow;
  moveRun(ctx, run, RunStatus.RUN_STATUS_SEEDED);
  runs.set(ctx, id, run);
  due.add(ctx, [run.commitDeadline, itemKind.run, id]);
  ctx.log.emit(runSeeded.encode({ run_id: id, seed: run.seed, commit_deadline: run.commitDeadline }));
}

function seatTask(env: Env, ctx: Context, id: bigint, round: bigint, value: Uint8Array): void {
  const task = present(tasks.get(ctx, id), `task ${id}`);
  if (task.phase !== TaskPhase.TASK_PHASE_WAITING_BEACON || task.beaconRound !== round) return;
  assignSeats(env, ctx, task, value);
  tasks.set(ctx, id, task);
}

function dueItems(ctx: Context): (readonly [bigint, bigint, bigint])[] {
  const items: (readonly [bigint, bigint, bigint])[] = [];
  for (const item of due.walk(ctx)) {
    if (item[0] > ctx.block.height || items.length >= itemsPerBlock) break;
    items.push(item);
  }
  return items;
}

interface HookItem {
  readonly kind: bigint;
  readonly id: bigint;
  /** Puts the item where it is tried again. */
  readonly again: () => void;
}

/**
 * One item's work, all or nothing. A coded refusal of another module leaves the item for later and is told in an event;
 * anything else is a bug and stops the node.
 */
function isolated(ctx: Context, { kind, id, again }: HookItem, work: (branch: Context) => void): void {
  try {
    ctx.isolated(work);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    again();
    ctx.log.emit(verificationStalled.encode({ kind: kindNames[kind.toString()] ?? '', id, error: error.message }));
  }
}
