import type { Context } from '../../chain/context.ts';
import { AuthState } from '../../modules/auth/state.ts';
import { FeegrantState } from '../../modules/feegrant/state.ts';
import { StakingState } from '../../modules/staking/state.ts';
import type { protoAny } from '../../sdk/codec/index.ts';
import { type Actor, addresses } from './actors.ts';
import type { Random } from './random.ts';
import type { Workshop } from './workshop.ts';

/** What actors see: the last committed state. */
export interface View {
  readonly ctx: Context;
  readonly height: bigint;
  /** What trainers have on their disks. */
  readonly workshop: Workshop;
}

/** A message that an actor wants to send. */
export interface Draft {
  readonly signer: Actor;
  readonly message: protoAny.Any;
}

/** What a module's actors do next: one message, or nothing when there is nothing to do. */
export type Act = (random: Random, view: View) => Draft | undefined;

/** Packs a message as txs carry it. */
export function draft<T>(
  signer: Actor,
  type: { readonly typeUrl: string; readonly request: { encode(message: T): { finish(): Uint8Array } } },
  message: T,
): Draft {
  return { signer, message: { typeUrl: type.typeUrl, value: type.request.encode(message).finish() } };
}

export const accounts = new AuthState();
export const grants = new FeegrantState();
export const staking = new StakingState(addresses);

/** Values of a table, in key order. */
export function valuesOf<K, V>(table: { walk(ctx: Context): Iterable<readonly [K, V]> }, { ctx }: View): V[] {
  return [...table.walk(ctx)].map(([, value]) => value);
}

/** Numbers that sums must survive: mostly small ones, sometimes the edges. */
export function amount(random: Random, most: bigint): string {
  const kind = random.below(24);
  if (kind === 0) return '0';
  if (kind === 1) return '-1';
  if (kind === 2) return ((1n << 256n) - 1n).toString();
  if (kind === 3) return (1n << 63n).toString();
  if (kind === 4) return '';
  return random.between(1n, most).toString();
}
