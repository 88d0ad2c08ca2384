import type { Context } from '../../chain/context.ts';

/** What this module needs of staking. */
export interface BeaconStaking {
  /** In a fixed order; `operator` is the account address of the operator. */
  bondedValidators(ctx: Context): readonly BondedValidator[];
  /** Undefined for an address that operates no validator. */
  validatorByOperator(ctx: Context, operator: Uint8Array): object | undefined;
}

/** What this module needs of slashing. */
export interface BeaconSlashing {
  /** Burns millionths of an operator's stake, and jails it unless `jailNanos` is 0; lets unknown and jailed ones alone. */
  punish(
    ctx: Context,
    operator: Uint8Array,
    penalty: { readonly fractionMicro: bigint; readonly reason: string; readonly jailNanos: bigint },
  ): void;
}

export interface BondedValidator {
  readonly operator: Uint8Array;
  readonly consensusAddress: Uint8Array;
  readonly power: bigint;
}
