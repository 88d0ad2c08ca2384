import type { Context } from '../../chain/context.ts';
import type { Dec } from '../../chain/math/dec.ts';
import type { cometParams } from '../../sdk/codec/index.ts';

/** What slashing reads of a validator of staking. */
export interface SlashableValidator {
  /** Address of the operator's account, raw. */
  readonly operator: Uint8Array;
  /** `cosmos.staking.v1beta1.BondStatus`: 1 is unbonded, whose stake is out of reach. */
  readonly status: number;
  readonly jailed: boolean;
}

/** What slashing needs of staking. */
export interface SlashingStaking {
  validatorByConsensusAddress(ctx: Context, address: Uint8Array): SlashableValidator | undefined;
  bondedValidators(ctx: Context): readonly { readonly consensusAddress: Uint8Array }[];
  slashPower(ctx: Context, operator: Uint8Array, faultHeight: bigint, power: bigint, fraction: Dec): bigint;
  jail(ctx: Context, operator: Uint8Array): void;
}

/** The kernel's item with CometBFT's parameters. */
export interface ConsensusParamsSource {
  get(ctx: Context): cometParams.ConsensusParams | undefined;
}
