import type { Context } from '../../chain/context.ts';

/** What this module needs of staking. */
export interface BeaconStaking {
  /** In a fixed order; `operator` is the account address of the operator. */
  bondedValidators(ctx: Context): readonly BondedValidator[];
  /** Undefined for an address that operates no validator. */
  validatorByOperator(ctx: Context, operator: Uint8Array): object | undefined;
}

export interface BondedValidator {
  readonly operator: Uint8Array;
  readonly consensusAddress: Uint8Array;
  readonly power: bigint;
}
