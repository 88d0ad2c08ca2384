import type { Context } from '../../chain/context.ts';
import { ensure, fail } from '../../chain/errors.ts';
import {
  SubjectKind,
  type Task,
  type Verifier,
  type VerifierKeys,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { addressText, type Env } from './env.ts';
import { verificationErrors as errors } from './errors.ts';
import type { Candidate } from './formulas.ts';
import { present, verifiers, workers } from './state.ts';

/** The keys that count at a height: those of a rotation from its height on. */
export function keysAt(verifier: Verifier, height: bigint): VerifierKeys {
  if (verifier.nextKeys !== undefined && verifier.nextHeight <= height) return verifier.nextKeys;
  return present(verifier.keys, 'keys of a verifier');
}

/** Makes a rotation whose height has come the verifier's only keys, and frees the old worker. */
export function promoteKeys(env: Env, ctx: Context, verifier: Verifier): void {
  if (verifier.nextKeys === undefined || verifier.nextHeight > ctx.block.height) return;
  const old = present(verifier.keys, 'keys of a verifier').worker;
  if (old !== verifier.nextKeys.worker) workers.remove(ctx, env.addresses.account(old));
  verifier.keys = verifier.nextKeys;
  verifier.keysHeight = verifier.nextHeight;
  verifier.nextKeys = undefined;
  verifier.nextHeight = 0n;
}

/** The operator that a worker acts for now. Throws when it acts for none. */
export function operatorOfWorker(env: Env, ctx: Context, worker: string): Uint8Array {
  const operator = workers.get(ctx, env.addresses.account(worker));
  const verifier = operator === undefined ? undefined : verifiers.get(ctx, operator);
  if (operator === undefined || verifier === undefined) {
    return fail(errors.notRegistered, `${worker} is nobody's worker`);
  }
  const current = keysAt(verifier, ctx.block.height).worker;
  ensure(
    current === addressText(env, worker),
    errors.notRegistered,
    `the worker of ${verifier.operator} is ${current} now`,
  );
  return operator;
}

export interface SeatCandidate extends Candidate {
  readonly keys: VerifierKeys;
}

/**
 * Bonded operators that take seats, with the keys they had at `fixedHeight`; never an owner of the work, be it as the
 * operator or as its worker, and none of `except`.
 */
export function seatCandidates(
  env: Env,
  ctx: Context,
  task: Pick<Task, 'owner' | 'fixedHeight' | 'subject' | 'subjectId'>,
  except: readonly string[],
): SeatCandidate[] {
  const isRound = task.subject === SubjectKind.SUBJECT_KIND_ROUND;
  const owners = new Set(isRound ? env.rounds.contributors(ctx, task.subjectId) : [task.owner]);
  const candidates: SeatCandidate[] = [];
  for (const { operator, tokens } of env.staking.bondedValidators(ctx)) {
    const verifier = verifiers.get(ctx, operator);
    if (verifier === undefined || verifier.paused || verifier.keysHeight > task.fixedHeight) continue;
    if (except.includes(verifier.operator) || owners.has(verifier.operator)) continue;
    if (owners.has(verifier.keys?.worker ?? '') || owners.has(verifier.nextKeys?.worker ?? '')) continue;
    const keys = keysAt(verifier, task.fixedHeight);
    candidates.push({ operator, tokens, backend: keys.backend, keys });
  }
  return candidates;
}

/** Adds to the counters of a verifier's record. */
export function countFor(
  env: Env,
  ctx: Context,
  operator: string,
  counter: 'assigned' | 'agreed' | 'disagreed' | 'missed' | 'slashed',
): void {
  const address = env.addresses.account(operator);
  const verifier = verifiers.get(ctx, address);
  if (verifier === undefined) return;
  verifiers.set(ctx, address, { ...verifier, [counter]: verifier[counter] + 1n });
  if (counter === 'missed') env.reputation.addReputation(ctx, address, { seatsMissed: 1n });
  if (counter === 'agreed' || counter === 'disagreed') {
    env.reputation.addReputation(ctx, address, { seatsServed: 1n });
  }
}
