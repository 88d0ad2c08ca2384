import type { Context } from '../../chain/context.ts';
import type { Misbehavior } from '../../chain/module.ts';
import { fromTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { slash as slashEvent } from '../staking/events.ts';
import { jail as jailEvent } from './events.ts';
import type { ConsensusParamsSource, EvidenceRecord, SlashableValidator, SlashingStaking } from './expected.ts';
import type { SlashingKeeper } from './keeper.ts';
import type { SlashingState } from './state.ts';

export interface EvidenceParts {
  readonly state: SlashingState;
  readonly keeper: SlashingKeeper;
  readonly staking: SlashingStaking;
  readonly consensus: ConsensusParamsSource;
  readonly evidence: EvidenceRecord;
  readonly addresses: AddressCodec;
  /** Hears what was done about evidence, or why nothing. */
  readonly report: (text: string) => void;
}

/** `BOND_STATUS_UNBONDED` of cosmos.staking.v1beta1. */
const unbonded = 1;

/** A set that a block decides on signs from the second block after it, so the stake that signed is that of the block before. */
const updateDelay = 1n;

/** CometBFT's powers are 64 bits with a sign. */
const maxPower = (1n << 63n) - 1n;

/**
 * Punishes each fault once: burns the share of the stake behind it, jails and tombstones the validator
 * (x/evidence/keeper/infraction.go). What cannot or may not be punished is passed over; nothing here throws for what a
 * block says.
 */
export function punish(ctx: Context, faults: readonly Misbehavior[], parts: EvidenceParts): void {
  for (const fault of faults) {
    const text = `evidence of ${fault.kind} at height ${fault.height} by ${Buffer.from(fault.validator).toString('hex')}`;
    const validator =
      fault.validator.length === 20 ? parts.staking.validatorByConsensusAddress(ctx, fault.validator) : undefined;
    const reason = whyNot(ctx, fault, validator, parts);
    if (validator === undefined || reason !== undefined) {
      parts.report(`ignored ${text}: ${reason}`);
      continue;
    }
    parts.report(`confirmed ${text}`);
    punishOne(ctx, fault, validator, parts);
  }
}

/** Why a fault is passed over, or undefined if it is to be punished. */
function whyNot(
  ctx: Context,
  fault: Misbehavior,
  validator: SlashableValidator | undefined,
  { keeper, consensus }: EvidenceParts,
): string | undefined {
  if (validator === undefined) return 'nobody validates with this key';
  if (validator.status === unbonded) return 'the validator has unbonded';
  if (fault.height <= 0n || fault.height > ctx.block.height) return 'no such height has been';
  if (fault.power < 0n || fault.power > maxPower) return 'no such power can be';
  const limits = consensus.get(ctx)?.evidence;
  const maxAge = limits?.maxAgeDuration;
  if (
    limits !== undefined &&
    maxAge !== undefined &&
    ctx.block.time - fault.time > fromTimestamp(maxAge) &&
    ctx.block.height - fault.height > limits.maxAgeNumBlocks
  ) {
    return 'too old';
  }
  if (keeper.isTombstoned(ctx, fault.validator)) return 'the validator is out already';
  return undefined;
}

function punishOne(ctx: Context, fault: Misbehavior, validator: SlashableValidator, parts: EvidenceParts): void {
  const { state, keeper, staking, evidence, addresses } = parts;
  const address = addresses.consensusText(fault.validator);
  const fraction = state.params.require(ctx).slashFractionDoubleSign;
  const burned = staking.slashPower(ctx, validator.operator, fault.height - updateDelay, fault.power, fraction);
  ctx.log.emit(slashEvent.encode({ address, power: fault.power, reason: 'double_sign', burned_coins: burned }));
  if (!validator.jailed) {
    staking.jail(ctx, validator.operator);
    ctx.log.emit(jailEvent.encode({ jailed: address }));
  }
  keeper.tombstone(ctx, fault.validator);
  evidence.record(ctx, fault);
}
