import type { Context } from '../../chain/context.ts';
import type { Dec } from '../../chain/math/dec.ts';
import type { Misbehavior } from '../../chain/module.ts';
import type { cometParams, protoAny } from '../../sdk/codec/index.ts';

/** What slashing reads of a validator of staking. */
export interface SlashableValidator {
  /** Address of the operator's account, raw. */
  readonly operator: Uint8Array;
  /** `cosmos.staking.v1beta1.BondStatus`: 1 is unbonded, whose stake is out of reach. */
  readonly status: number;
  readonly jailed: boolean;
  readonly consensusPubkey: protoAny.Any;
}

/** A validator as far as its operator's own stake goes. */
export interface OperatorStake {
  /** Undefined without a delegation to itself. */
  readonly tokens: bigint | undefined;
  /** What it promised to keep staked. */
  readonly least: bigint;
  readonly jailed: boolean;
  readonly consensusAddress: Uint8Array;
}

/** What slashing needs of staking. */
export interface SlashingStaking {
  validatorByOperator(ctx: Context, operator: Uint8Array): SlashableValidator | undefined;
  /** Every one. */
  validators(ctx: Context): Iterable<SlashableValidator>;
  ownStake(ctx: Context, operator: Uint8Array): OperatorStake | undefined;
  validatorByConsensusAddress(ctx: Context, address: Uint8Array): SlashableValidator | undefined;
  bondedValidators(ctx: Context): readonly { readonly consensusAddress: Uint8Array }[];
  slashPower(ctx: Context, operator: Uint8Array, faultHeight: bigint, power: bigint, fraction: Dec): bigint;
  /** Burns so many millionths of the stake that a validator has now, with the event `slash`. */
  slash(ctx: Context, operator: Uint8Array, fractionMicro: bigint, reason: string): bigint;
  jail(ctx: Context, operator: Uint8Array): void;
  /** By consensus address. */
  unjail(ctx: Context, address: Uint8Array): void;
}

/** Who keeps the evidence that was acted on: the module evidence where a chain has it. */
export interface EvidenceRecord {
  record(ctx: Context, fault: Misbehavior): void;
}

/** The kernel's item with CometBFT's parameters. */
export interface ConsensusParamsSource {
  get(ctx: Context): cometParams.ConsensusParams | undefined;
}
