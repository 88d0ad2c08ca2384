import { Item, KeySet, Sequence, Table } from '../../chain/collections/collections.ts';
import { bytesKey, pairKey, tripleKey, u64Key } from '../../chain/collections/keys.ts';
import { bytesValue, protoValue, u64Value } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import type { ByteString } from '../../chain/store/kv.ts';
import {
  Dispute,
  Params,
  Run,
  type RunStatus,
  Task,
  type TaskPhase,
  Verifier,
} from '../../proto/generated/infinet/verification/v1/types.ts';

/** Name of the module, its store and its account. */
export const moduleName = 'verification';

/** What waits for a height or a beacon round. */
export const itemKind = { run: 1n, task: 2n, dispute: 3n } as const;
export type ItemKind = (typeof itemKind)[keyof typeof itemKind];

// All keys of the store; numbers are 8 bytes big-endian, `len` is one length byte. README.md repeats this table.
const key = {
  params: '\x00', // -> Params
  nextTask: '\x01', // -> u64
  nextRun: '\x02', // -> u64
  nextDispute: '\x03', // -> u64
  verifier: '\x10', // operator -> Verifier
  worker: '\x11', // worker -> operator
  task: '\x20', // task -> Task
  taskByPhase: '\x21', // phase, task
  openSeat: '\x22', // len operator, task
  doneSeat: '\x23', // len operator, task
  run: '\x30', // run -> Run
  runByStatus: '\x31', // status, run
  runByTrainer: '\x32', // len trainer, run
  attempts: '\x33', // len SHA-256 of the spec, data root -> u64
  dispute: '\x40', // dispute -> Dispute
  disputeByRun: '\x41', // run, dispute
  openUnit: '\x42', // run, unit -> dispute
  due: '\x50', // height, kind, id
  awaiting: '\x51', // beacon round, kind, id
} as const satisfies Record<string, ByteString>;

const store = moduleName;

export const paramsItem = new Item<Params>(store, key.params, protoValue(Params));
export const taskIds = new Sequence(store, key.nextTask);
export const runIds = new Sequence(store, key.nextRun);
export const disputeIds = new Sequence(store, key.nextDispute);

export const verifiers = new Table(store, key.verifier, bytesKey, protoValue(Verifier));
/** Worker address to operator address; a worker that is to replace another holds its place from the start. */
export const workers = new Table(store, key.worker, bytesKey, bytesValue);

export const tasks = new Table(store, key.task, u64Key, protoValue(Task));
export const tasksByPhase = new KeySet(store, key.taskByPhase, pairKey(u64Key, u64Key));
export const openSeats = new KeySet(store, key.openSeat, pairKey(bytesKey, u64Key));
export const doneSeats = new KeySet(store, key.doneSeat, pairKey(bytesKey, u64Key));

export const runs = new Table(store, key.run, u64Key, protoValue(Run));
export const runsByStatus = new KeySet(store, key.runByStatus, pairKey(u64Key, u64Key));
export const runsByTrainer = new KeySet(store, key.runByTrainer, pairKey(bytesKey, u64Key));
export const attempts = new Table(store, key.attempts, pairKey(bytesKey, bytesKey), u64Value);

export const disputes = new Table(store, key.dispute, u64Key, protoValue(Dispute));
export const disputesByRun = new KeySet(store, key.disputeByRun, pairKey(u64Key, u64Key));
export const openUnits = new Table(store, key.openUnit, pairKey(u64Key, u64Key), u64Value);

/** Items to look at in the end of the block of that height. */
export const due = new KeySet(store, key.due, tripleKey(u64Key, u64Key, u64Key));
/** Items that go on when the value of that beacon round exists. */
export const awaiting = new KeySet(store, key.awaiting, tripleKey(u64Key, u64Key, u64Key));

export const prefixOf = {
  number: (value: bigint): ByteString => u64Key.write(value, false),
  address: (value: Uint8Array): ByteString => bytesKey.write(value, false),
};

/** Changes a task's phase and its index; the task itself is written by the caller. */
export function moveTask(ctx: Context, task: Task, phase: TaskPhase): void {
  if (task.phase !== 0) tasksByPhase.remove(ctx, [BigInt(task.phase), task.id]);
  tasksByPhase.add(ctx, [BigInt(phase), task.id]);
  task.phase = phase;
}

/** Changes a run's status and its index; the run itself is written by the caller. */
export function moveRun(ctx: Context, run: Run, status: RunStatus): void {
  if (run.status !== 0) runsByStatus.remove(ctx, [BigInt(run.status), run.id]);
  runsByStatus.add(ctx, [BigInt(status), run.id]);
  run.status = status;
}

/** A part that every stored value of its kind has. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`stored state lacks ${what}`);
  return value;
}
