import type { Context } from '../../../chain/context.ts';
import { fail, sdkErrors } from '../../../chain/errors.ts';
import { Dec } from '../../../chain/math/dec.ts';
import { toTimestamp } from '../../../chain/time.ts';
import type { stakingTx } from '../../../sdk/codec/index.ts';
import { isEmptyDescription, updateDescription } from '../description.ts';
import { stakingErrors } from '../errors.ts';
import { editValidator as editValidatorEvent } from '../events.ts';
import type { Commission } from '../validator.ts';
import type { StakingParts } from './parts.ts';
import { readDec, readInteger } from './reading.ts';

const day = 86_400_000_000_000n;

export function editValidator(
  { state, delegating, reader }: StakingParts,
  ctx: Context,
  message: stakingTx.MsgEditValidator,
): stakingTx.MsgEditValidatorResponse {
  const operator = reader.operator(message.validatorAddress);
  if (isEmptyDescription(message.description)) fail(sdkErrors.invalidRequest, 'empty description');
  const minSelfDelegation = readInteger(message.minSelfDelegation);
  if (minSelfDelegation !== undefined && minSelfDelegation <= 0n) {
    fail(sdkErrors.invalidRequest, 'minimum self delegation must be a positive integer');
  }
  const rate = readDec(message.commissionRate);
  if (rate !== undefined) {
    if (rate.greaterThan(Dec.one) || rate.isNegative) {
      fail(sdkErrors.invalidRequest, 'commission rate must be between 0 and 1 (inclusive)');
    }
    const { minCommissionRate } = state.params.require(ctx);
    if (rate.lessThan(minCommissionRate)) {
      const problem = `commission rate cannot be less than the min commission rate ${minCommissionRate}`;
      fail(sdkErrors.invalidRequest, problem);
    }
  }

  let validator = delegating.validator(ctx, operator);
  validator = { ...validator, description: updateDescription(validator.description, message.description) };
  if (rate !== undefined) {
    validator = { ...validator, commission: changeRate(validator.commission, rate, ctx) };
    // The SDK looks at the least rate once more: it costs gas.
    state.params.require(ctx);
  }
  if (minSelfDelegation !== undefined) {
    if (minSelfDelegation <= validator.minSelfDelegation) fail(stakingErrors.minSelfDelegationDecreased);
    if (minSelfDelegation > validator.tokens) fail(stakingErrors.selfDelegationBelowMinimum);
    validator = { ...validator, minSelfDelegation };
  }
  state.setValidator(ctx, validator);
  ctx.log.emit(
    editValidatorEvent.encode({
      commission_rate: commissionText(validator.commission),
      min_self_delegation: validator.minSelfDelegation.toString(),
    }),
  );
  return {};
}

/** A rate may change once in 24 hours, and rise by the declared step at most. */
function changeRate(commission: Commission, rate: Dec, ctx: Context): Commission {
  if (ctx.block.time - commission.updateTime < day) fail(stakingErrors.commissionUpdateTime);
  if (rate.greaterThan(commission.maxRate)) fail(stakingErrors.commissionAboveMaxRate);
  if (rate.sub(commission.rate).greaterThan(commission.maxChangeRate)) {
    fail(stakingErrors.commissionAboveMaxChangeRate);
  }
  return { ...commission, rate, updateTime: ctx.block.time };
}

/** The compact protobuf text that the SDK puts into the event. */
export function commissionText({ rate, maxRate, maxChangeRate, updateTime }: Commission): string {
  const { seconds, nanos } = toTimestamp(updateTime);
  const rates = `rate:"${rate.toAtomsText()}" max_rate:"${maxRate.toAtomsText()}" max_change_rate:"${maxChangeRate.toAtomsText()}"`;
  const time = [seconds === 0n ? '' : `seconds:${seconds} `, nanos === 0 ? '' : `nanos:${nanos} `].join('');
  return `commission_rates:<${rates} > update_time:<${time}> `;
}
