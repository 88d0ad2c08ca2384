import type { Context } from '../../chain/context.ts';
import type { VrfKey } from '../../proto/generated/infinet/beacon/v1/types.ts';
import { keys } from './state.ts';

/** Rounds from a registration to the first one that uses the key: its input is not known when the key is chosen. */
export const KEY_DELAY_ROUNDS = 2n;

/** The operator's key in this round, or undefined if it had none yet. */
export function activeKey(ctx: Context, operator: Uint8Array, round: bigint): Uint8Array | undefined {
  const key = keys.get(ctx, operator);
  return key === undefined ? undefined : keyInRound(key, round);
}

export function keyInRound(key: VrfKey, round: bigint): Uint8Array | undefined {
  const bytes = key.nextPublicKey.length > 0 && round >= key.nextRound ? key.nextPublicKey : key.publicKey;
  return bytes.length === 0 ? undefined : bytes;
}
