import { Item, Table } from '../../chain/collections/collections.ts';
import { bytesKey, pairKey, u64Key } from '../../chain/collections/keys.ts';
import { bytesValue, protoValue, u64Value } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { Conduct, Output, Params, Round, VrfKey } from '../../proto/generated/infinet/beacon/v1/types.ts';

export const STORE = 'beacon';

/** 0x00: parameters. */
export const params = new Item(STORE, '\x00', protoValue(Params));

/** 0x01: number of the open round (u64, big-endian). */
export const openRound = new Item(STORE, '\x01', u64Value);

/** 0x02 || round (u64, big-endian): the open round and the closed ones that are kept. */
export const rounds = new Table(STORE, '\x02', u64Key, protoValue(Round));

/** 0x03 || round (u64, big-endian) || operator: what a validator put in. */
export const outputs = new Table(STORE, '\x03', pairKey(u64Key, bytesKey), protoValue(Output));

/** 0x04 || operator: its keys, now and next. */
export const keys = new Table(STORE, '\x04', bytesKey, protoValue(VrfKey));

/** 0x05 || public key: the operator that registered it, for ever. */
export const keyOwners = new Table(STORE, '\x05', bytesKey, bytesValue);

/** 0x06 || operator: what it withheld, and what it was punished for. */
export const conducts = new Table(STORE, '\x06', bytesKey, protoValue(Conduct));

/** Operators and outputs of a round, in the order of the operators' bytes. */
export function outputsOf(ctx: Context, round: bigint): [Uint8Array, Output][] {
  return [...outputs.walk(ctx, { prefix: u64Key.write(round, false) })].map(([[, operator], output]) => [
    operator,
    output,
  ]);
}

export function conductOf(ctx: Context, operator: Uint8Array): Conduct {
  return conducts.get(ctx, operator) ?? { missed: 0n, badProofs: 0n, windowRound: 0n, windowMissed: 0n, jailed: 0n };
}

/** The round that gathers outputs now. */
export function currentRound(ctx: Context): Round {
  const round = rounds.get(ctx, openRound.require(ctx));
  if (round === undefined) throw new Error('the beacon has no open round');
  return round;
}
