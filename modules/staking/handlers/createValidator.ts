import type { Context } from '../../../chain/context.ts';
import { fail, sdkErrors } from '../../../chain/errors.ts';
import { Dec } from '../../../chain/math/dec.ts';
import { addressOfKey, ed25519Url, readPublicKey } from '../../../chain/tx/keys.ts';
import type { protoAny, stakingTx } from '../../../sdk/codec/index.ts';
import { isEmptyDescription, requireShortTexts } from '../description.ts';
import { stakingErrors } from '../errors.ts';
import { createValidator as createValidatorEvent } from '../events.ts';
import { BondStatus, type Commission, consensusAddress, consensusKey, type Validator } from '../validator.ts';
import type { StakingParts } from './parts.ts';
import { positiveAmount, readDec, readInteger, requireBondDenom } from './reading.ts';

export function createValidator(
  { state, delegating, reader, signers }: StakingParts,
  ctx: Context,
  message: stakingTx.MsgCreateValidator,
): stakingTx.MsgCreateValidatorResponse {
  const operator = reader.operator(message.validatorAddress);
  const { pubkey } = message;
  if (pubkey === undefined) return fail(stakingErrors.emptyValidatorPubKey);
  const { denom, amount } = positiveAmount(message.value, 'invalid delegation amount');
  if (isEmptyDescription(message.description)) fail(sdkErrors.invalidRequest, 'empty description');
  const commission = readCommission(ctx, message);
  const minSelfDelegation = readInteger(message.minSelfDelegation) ?? 0n;
  if (minSelfDelegation <= 0n) {
    fail(sdkErrors.invalidRequest, 'minimum self delegation must be a positive integer');
  }
  if (amount < minSelfDelegation) fail(stakingErrors.selfDelegationBelowMinimum);

  const { minCommissionRate } = state.params.require(ctx);
  if (commission.rate.lessThan(minCommissionRate)) {
    const problem = `cannot set validator commission to less than minimum rate of ${minCommissionRate}`;
    fail(stakingErrors.commissionBelowMinRate, problem);
  }
  if (state.validators.get(ctx, operator) !== undefined) fail(stakingErrors.validatorOwnerExists);
  const address = addressOfPubkey(pubkey);
  const holder = state.byConsensusAddress.get(ctx, address);
  if (holder !== undefined && state.validators.get(ctx, holder) !== undefined) {
    fail(stakingErrors.validatorPubKeyExists);
  }
  // The SDK lets a tombstoned key return once its validator is gone, and then it could sign twice for free.
  if (signers?.isTombstoned(ctx.unmetered(), address)) fail(stakingErrors.validatorPubKeyExists);
  requireBondDenom(denom, state.params.require(ctx).bondDenom);
  requireShortTexts(message.description);
  consensusKey(pubkey);

  const validator: Validator = {
    operator,
    operatorAddress: message.validatorAddress,
    consensusPubkey: pubkey,
    jailed: false,
    status: BondStatus.BOND_STATUS_UNBONDED,
    tokens: 0n,
    delegatorShares: Dec.zero,
    description: message.description,
    unbondingHeight: 0n,
    unbondingTime: 0n,
    commission,
    minSelfDelegation,
    unbondingOnHoldRefCount: 0n,
    unbondingIds: [],
  };
  state.setValidator(ctx, validator);
  state.setConsensusAddress(ctx, validator);
  state.addToRanking(ctx, validator);
  signers?.validatorCreated(ctx, operator);
  delegating.delegate(ctx, operator, amount, 'account', validator);
  ctx.log.emit(createValidatorEvent.encode({ validator: message.validatorAddress, amount: `${amount}${denom}` }));
  return {};
}

/** The address that a key would sign blocks by: keys of accounts are looked for as well, before they are refused. */
function addressOfPubkey(pubkey: protoAny.Any): Uint8Array {
  if (pubkey.typeUrl === ed25519Url) return consensusAddress(consensusKey(pubkey));
  try {
    return addressOfKey(readPublicKey(pubkey));
  } catch {
    return consensusAddress(consensusKey(pubkey));
  }
}

function readCommission(ctx: Context, message: stakingTx.MsgCreateValidator): Commission {
  const rate = readDec(message.commission.rate);
  const maxRate = readDec(message.commission.maxRate);
  const maxChangeRate = readDec(message.commission.maxChangeRate);
  if (rate === undefined || maxRate === undefined || maxChangeRate === undefined) {
    return fail(sdkErrors.invalidRequest, 'empty commission');
  }
  if (maxRate.isNegative) fail(stakingErrors.commissionNegative);
  if (maxRate.greaterThan(Dec.one)) fail(stakingErrors.commissionHuge);
  if (rate.isNegative) fail(stakingErrors.commissionNegative);
  if (rate.greaterThan(maxRate)) fail(stakingErrors.commissionAboveMaxRate);
  if (maxChangeRate.isNegative) fail(stakingErrors.commissionChangeRateNegative);
  if (maxChangeRate.greaterThan(maxRate)) fail(stakingErrors.commissionChangeRateAboveMaxRate);
  return { rate, maxRate, maxChangeRate, updateTime: ctx.block.time };
}
