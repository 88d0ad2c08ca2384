import { feegrant, feegrantTx, type protoAny, timestamp } from '../../sdk/codec/index.ts';
import { denom, type Key } from './keys.ts';
import { coins, textOf } from './messages.ts';

/** Fee allowances and the messages that give and take them, packed as `Any`. */

export function basic({ limit, seconds }: { limit?: string; seconds?: bigint }): protoAny.Any {
  const value = feegrant.BasicAllowance.encode({
    spendLimit: limit === undefined ? [] : [{ denom, amount: limit }],
    expiration: seconds === undefined ? undefined : timestamp.Timestamp.fromPartial({ seconds }),
  }).finish();
  return { typeUrl: '/cosmos.feegrant.v1beta1.BasicAllowance', value };
}

export function grant(granter: Key, grantee: Key | string, allowance: protoAny.Any | undefined): protoAny.Any {
  const message = { granter: granter.text, grantee: textOf(grantee), allowance };
  const value = feegrantTx.MsgGrantAllowance.encode(message).finish();
  return { typeUrl: '/cosmos.feegrant.v1beta1.MsgGrantAllowance', value };
}

export function revoke(granter: Key, grantee: Key): protoAny.Any {
  const value = feegrantTx.MsgRevokeAllowance.encode({ granter: granter.text, grantee: grantee.text }).finish();
  return { typeUrl: '/cosmos.feegrant.v1beta1.MsgRevokeAllowance', value };
}

export function prune(pruner: Key): protoAny.Any {
  const value = feegrantTx.MsgPruneAllowances.encode({ pruner: pruner.text }).finish();
  return { typeUrl: '/cosmos.feegrant.v1beta1.MsgPruneAllowances', value };
}

/** So much, "5stake,3zzz", every so many seconds, from the reset on. */
export function periodic(limit: string, seconds: bigint, reset: bigint): protoAny.Any {
  const value = feegrant.PeriodicAllowance.encode(
    feegrant.PeriodicAllowance.fromPartial({
      basic: {},
      period: { seconds },
      periodSpendLimit: coins(limit),
      periodCanSpend: coins(limit),
      periodReset: { seconds: reset },
    }),
  ).finish();
  return { typeUrl: '/cosmos.feegrant.v1beta1.PeriodicAllowance', value };
}

/** For these messages (type URLs) only. */
export function allowed(allowance: protoAny.Any, messages: readonly string[]): protoAny.Any {
  const value = feegrant.AllowedMsgAllowance.encode({ allowance, allowedMessages: [...messages] }).finish();
  return { typeUrl: '/cosmos.feegrant.v1beta1.AllowedMsgAllowance', value };
}
