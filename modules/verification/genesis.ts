/**
 * `app_state.verification` in protobuf's JSON (snake_case, 64-bit integers as text, bytes in base64), both ways. Tasks,
 * runs and disputes, which only an export has, are whole protobuf messages in base64.
 */
import type { ProtoType } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import {
  Dispute,
  type Params,
  Run,
  RunStatus,
  Task,
  TaskPhase,
  type Verifier,
  type VerifierKeys,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { equalBytes } from '../../training/merkle.ts';
import { isOpen } from './disputes.ts';
import type { Env } from './env.ts';
import { defaultParams, paramsProblem } from './params.ts';
import * as state from './state.ts';

/** Throws with the path of the wrong field. Parameters that are absent take their defaults. */
export function initGenesis(env: Env, ctx: Context, json: unknown): void {
  const root = new JsonNode(json ?? {}, 'app_state.verification');
  state.paramsItem.set(ctx, readParams(root.field('params')));
  for (const node of root.field('verifiers').list()) restoreVerifier(env, ctx, node);
  for (const node of root.field('tasks').list()) restoreTask(env, ctx, readMessage(node, Task));
  for (const node of root.field('runs').list()) restoreRun(env, ctx, readMessage(node, Run));
  for (const node of root.field('disputes').list()) restoreDispute(ctx, readMessage(node, Dispute));
  state.taskIds.set(ctx, root.field('next_task_id').u64(1n));
  state.runIds.set(ctx, root.field('next_run_id').u64(1n));
  state.disputeIds.set(ctx, root.field('next_dispute_id').u64(1n));
}

export function exportGenesis(ctx: Context): unknown {
  return {
    params: writeParams(state.paramsItem.require(ctx)),
    verifiers: [...state.verifiers.walk(ctx)].map(([, verifier]) => writeVerifier(verifier)),
    tasks: [...state.tasks.walk(ctx)].map(([, task]) => base64(Task.encode(task).finish())),
    runs: [...state.runs.walk(ctx)].map(([, run]) => base64(Run.encode(run).finish())),
    disputes: [...state.disputes.walk(ctx)].map(([, dispute]) => base64(Dispute.encode(dispute).finish())),
    next_task_id: state.taskIds.peek(ctx).toString(),
    next_run_id: state.runIds.peek(ctx).toString(),
    next_dispute_id: state.disputeIds.peek(ctx).toString(),
  };
}

function readParams(node: JsonNode): Params {
  if (node.isAbsent) return defaultParams;
  const u32 = (name: string, otherwise: number) => node.field(name).u32(otherwise);
  const u64 = (name: string, otherwise: bigint) => node.field(name).u64(otherwise);
  const amount = (name: string, otherwise: string) => node.field(name).textOr(otherwise);
  const defaults = defaultParams;
  const params: Params = {
    seats: u32('seats', defaults.seats),
    minSeats: u32('min_seats', defaults.minSeats),
    unitsPerSeat: u32('units_per_seat', defaults.unitsPerSeat),
    ackWindow: u64('ack_window', defaults.ackWindow),
    commitWindow: u64('commit_window', defaults.commitWindow),
    revealWindow: u64('reveal_window', defaults.revealWindow),
    challengeWindow: u64('challenge_window', defaults.challengeWindow),
    runWindow: u64('run_window', defaults.runWindow),
    disputeMoveWindow: u64('dispute_move_window', defaults.disputeMoveWindow),
    maxRedraws: u32('max_redraws', defaults.maxRedraws),
    keyDelay: u64('key_delay', defaults.keyDelay),
    minRunStake: amount('min_run_stake', defaults.minRunStake),
    minDisputeBond: amount('min_dispute_bond', defaults.minDisputeBond),
    gflopPriceMicro: amount('gflop_price_micro', defaults.gflopPriceMicro),
    maxUnitFlop: u64('max_unit_flop', defaults.maxUnitFlop),
    maxUnits: u64('max_units', defaults.maxUnits),
    lateRunForfeitPpm: u64('late_run_forfeit_ppm', defaults.lateRunForfeitPpm),
    challengerSharePpm: u64('challenger_share_ppm', defaults.challengerSharePpm),
    falseValidSlashPpm: u64('false_valid_slash_ppm', defaults.falseValidSlashPpm),
    operatorCapPpm: u64('operator_cap_ppm', defaults.operatorCapPpm),
    maxOpenDisputes: u32('max_open_disputes', defaults.maxOpenDisputes),
    dataSeats: u32('data_seats', defaults.dataSeats),
    escalatedSeats: u32('escalated_seats', defaults.escalatedSeats),
  };
  const problem = paramsProblem(params);
  return problem === undefined ? params : node.fail(problem);
}

/** Field names in snake_case, integers as text. */
function writeParams(params: Params): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof value === 'bigint' ? value.toString() : value,
    ]),
  );
}

function readKeys(env: Env, node: JsonNode): VerifierKeys {
  const vrfPublicKey = node.field('vrf_public_key').bytes();
  if (!env.vrf.isValidPublicKey(vrfPublicKey)) node.field('vrf_public_key').fail('not a valid VRF public key');
  const worker = node.field('worker').text();
  node.field('worker').read(() => env.addresses.account(worker));
  return { worker, vrfPublicKey, backend: node.field('backend').text() };
}

function restoreVerifier(env: Env, ctx: Context, node: JsonNode): void {
  const operator = node.field('operator').text();
  const address = node.field('operator').read(() => env.addresses.account(operator));
  if (state.verifiers.has(ctx, address)) node.field('operator').fail('stands twice');
  const next = node.field('next_keys');
  const verifier: Verifier = {
    operator,
    keys: readKeys(env, node.field('keys')),
    keysHeight: node.field('keys_height').u64(0n),
    nextKeys: next.isAbsent ? undefined : readKeys(env, next),
    nextHeight: node.field('next_height').u64(0n),
    paused: node.field('paused').flagOr(false),
    assigned: node.field('assigned').u64(0n),
    agreed: node.field('agreed').u64(0n),
    disagreed: node.field('disagreed').u64(0n),
    missed: node.field('missed').u64(0n),
    slashed: node.field('slashed').u64(0n),
  };
  state.verifiers.set(ctx, address, verifier);
  for (const keys of [verifier.keys, verifier.nextKeys]) {
    if (keys === undefined) continue;
    const worker = env.addresses.account(keys.worker);
    const taken = state.workers.get(ctx, worker);
    if (taken !== undefined && !equalBytes(taken, address)) node.fail(`worker ${keys.worker} stands twice`);
    state.workers.set(ctx, worker, address);
  }
}

function writeVerifier(verifier: Verifier): unknown {
  return {
    operator: verifier.operator,
    keys: writeKeys(verifier.keys),
    keys_height: verifier.keysHeight.toString(),
    next_keys: writeKeys(verifier.nextKeys),
    next_height: verifier.nextHeight.toString(),
    paused: verifier.paused,
    assigned: verifier.assigned.toString(),
    agreed: verifier.agreed.toString(),
    disagreed: verifier.disagreed.toString(),
    missed: verifier.missed.toString(),
    slashed: verifier.slashed.toString(),
  };
}

function writeKeys(keys: VerifierKeys | undefined): unknown {
  if (keys === undefined) return null;
  return { worker: keys.worker, vrf_public_key: base64(keys.vrfPublicKey), backend: keys.backend };
}

function restoreTask(env: Env, ctx: Context, task: Task): void {
  state.tasks.set(ctx, task.id, task);
  state.tasksByPhase.add(ctx, [BigInt(task.phase), task.id]);
  const seats = task.phase === TaskPhase.TASK_PHASE_DONE ? state.doneSeats : state.openSeats;
  for (const seat of task.seats) seats.add(ctx, [env.addresses.account(seat.operator), task.id]);
  if (task.phase === TaskPhase.TASK_PHASE_WAITING_BEACON) {
    state.awaiting.add(ctx, [task.beaconRound, state.itemKind.task, task.id]);
  } else if (task.phase !== TaskPhase.TASK_PHASE_DONE) {
    state.due.add(ctx, [task.deadline, state.itemKind.task, task.id]);
  }
}

function restoreRun(env: Env, ctx: Context, run: Run): void {
  const root = state.present(run.data, `data of run ${run.id}`).root;
  state.runs.set(ctx, run.id, run);
  state.runsByStatus.add(ctx, [BigInt(run.status), run.id]);
  state.runsByTrainer.add(ctx, [env.addresses.account(run.trainer), run.id]);
  const attempts = state.attempts.get(ctx, [run.specHash, root]) ?? 0n;
  if (run.attempt > attempts) state.attempts.set(ctx, [run.specHash, root], run.attempt);
  if (run.status === RunStatus.RUN_STATUS_REGISTERED) {
    state.awaiting.add(ctx, [run.seedRound, state.itemKind.run, run.id]);
  } else if (run.status === RunStatus.RUN_STATUS_SEEDED) {
    state.due.add(ctx, [run.commitDeadline, state.itemKind.run, run.id]);
  }
}

function restoreDispute(ctx: Context, dispute: Dispute): void {
  state.disputes.set(ctx, dispute.id, dispute);
  state.disputesByRun.add(ctx, [dispute.runId, dispute.id]);
  if (!isOpen(dispute)) return;
  state.openUnits.set(ctx, [dispute.runId, dispute.unit], dispute.id);
  state.due.add(ctx, [dispute.deadline, state.itemKind.dispute, dispute.id]);
}

function readMessage<T>(node: JsonNode, type: ProtoType<T>): T {
  const bytes = node.bytes();
  return node.read(() => type.decode(bytes));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
