import type { Context } from '../../../chain/context.ts';
import { fail, failUnregistered, sdkErrors } from '../../../chain/errors.ts';
import { rfc3339, toTimestamp } from '../../../chain/time.ts';
import type { stakingTx } from '../../../sdk/codec/index.ts';

import { stakingErrors } from '../errors.ts';
import {
  cancelUnbonding as cancelUnbondingEvent,
  delegate as delegateEvent,
  redelegate as redelegateEvent,
  unbond as unbondEvent,
} from '../events.ts';
import { hasInvalidExchangeRate } from '../validator.ts';
import type { StakingParts } from './parts.ts';
import { positiveAmount, requireBondDenom } from './reading.ts';

/** Go's zero time, which the SDK answers when a redelegation is complete at once. */
const zeroTime = -62_135_596_800_000_000_000n;

export function delegate(
  { state, delegating, reader }: StakingParts,
  ctx: Context,
  message: stakingTx.MsgDelegate,
): stakingTx.MsgDelegateResponse {
  const operator = reader.operator(message.validatorAddress);
  const delegator = reader.delegator(message.delegatorAddress);
  const { denom, amount } = positiveAmount(message.amount, 'invalid delegation amount');
  const validator = delegating.validator(ctx, operator);
  requireBondDenom(denom, state.params.require(ctx).bondDenom);
  const shares = delegating.delegate(ctx, delegator, amount, 'account', validator);
  ctx.log.emit(
    delegateEvent.encode({
      validator: message.validatorAddress,
      delegator: message.delegatorAddress,
      amount: `${amount}${denom}`,
      new_shares: shares.toString(),
    }),
  );
  return {};
}

export function undelegate(
  { state, delegating, reader }: StakingParts,
  ctx: Context,
  message: stakingTx.MsgUndelegate,
): stakingTx.MsgUndelegateResponse {
  const operator = reader.operator(message.validatorAddress);
  const delegator = reader.delegator(message.delegatorAddress);
  const { denom, amount } = positiveAmount(message.amount, 'invalid shares amount');
  const shares = delegating.sharesFor(ctx, delegator, operator, amount);
  requireBondDenom(denom, state.params.require(ctx).bondDenom);
  const unbonding = delegating.undelegate(ctx, delegator, operator, shares);
  ctx.log.emit(
    unbondEvent.encode({
      validator: message.validatorAddress,
      delegator: message.delegatorAddress,
      amount: `${unbonding.amount}${denom}`,
      completion_time: rfc3339(unbonding.completionTime),
    }),
  );
  return {
    completionTime: toTimestamp(unbonding.completionTime),
    amount: { denom, amount: unbonding.amount.toString() },
  };
}

export function beginRedelegate(
  { state, delegating, redelegating, reader }: StakingParts,
  ctx: Context,
  message: stakingTx.MsgBeginRedelegate,
): stakingTx.MsgBeginRedelegateResponse {
  const source = reader.operator(message.validatorSrcAddress, 'source validator');
  const destination = reader.operator(message.validatorDstAddress, 'destination validator');
  const delegator = reader.delegator(message.delegatorAddress);
  const { denom, amount } = positiveAmount(message.amount, 'invalid shares amount');
  const shares = delegating.sharesFor(ctx, delegator, source, amount);
  requireBondDenom(denom, state.params.require(ctx).bondDenom);
  const completionTime = redelegating.redelegate(ctx, delegator, source, destination, shares) ?? zeroTime;
  ctx.log.emit(
    redelegateEvent.encode({
      source_validator: message.validatorSrcAddress,
      destination_validator: message.validatorDstAddress,
      amount: `${amount}${denom}`,
      completion_time: rfc3339(completionTime),
    }),
  );
  return { completionTime: toTimestamp(completionTime) };
}

export function cancelUnbonding(
  { state, delegating, reader }: StakingParts,
  ctx: Context,
  message: stakingTx.MsgCancelUnbondingDelegation,
): stakingTx.MsgCancelUnbondingDelegationResponse {
  const operator = reader.operator(message.validatorAddress);
  const delegator = reader.delegator(message.delegatorAddress);
  const { creationHeight } = message;
  const { denom, amount } = positiveAmount(message.amount, 'invalid amount');
  if (creationHeight <= 0n) fail(sdkErrors.invalidRequest, 'invalid height');
  requireBondDenom(denom, state.params.require(ctx).bondDenom);
  const validator = delegating.validator(ctx, operator);
  if (hasInvalidExchangeRate(validator)) fail(stakingErrors.invalidExchangeRate);
  if (validator.jailed) fail(stakingErrors.validatorJailed);
  const unbonding =
    state.unbondings.get(ctx, [delegator, operator]) ??
    failUnregistered(
      `rpc error: code = NotFound desc = unbonding delegation with delegator ${message.delegatorAddress} ` +
        `not found for validator ${message.validatorAddress}`,
    );
  const at = unbonding.entries.findIndex((entry) => entry.creationHeight === creationHeight);
  const entry =
    unbonding.entries[at] ??
    fail(sdkErrors.notFound, `unbonding delegation entry is not found at block height ${creationHeight}`);
  if (entry.balance < amount) {
    fail(sdkErrors.invalidRequest, 'amount is greater than the unbonding delegation entry balance');
  }
  if (entry.completionTime < ctx.block.time) {
    fail(sdkErrors.invalidRequest, 'unbonding delegation is already processed');
  }

  delegating.delegate(ctx, delegator, amount, 'not_bonded', validator);
  const left = { ...entry, balance: entry.balance - amount, initialBalance: entry.initialBalance - amount };
  const entries = unbonding.entries.flatMap((old, index) => (index !== at ? [old] : left.balance === 0n ? [] : [left]));
  state.setUnbonding(ctx, delegator, operator, { ...unbonding, entries });
  ctx.log.emit(
    cancelUnbondingEvent.encode({
      amount: `${amount}${denom}`,
      validator: message.validatorAddress,
      delegator: message.delegatorAddress,
      creation_height: creationHeight,
    }),
  );
  return {};
}
