import type { Context } from '../../chain/context.ts';

/** What this module needs of slashing. */
export interface OracleSlashing {
  /** Burns millionths of the stake of the validator with this consensus address and jails it; lets unknown and jailed ones alone. */
  punishSigner(
    ctx: Context,
    address: Uint8Array,
    penalty: { readonly fractionMicro: bigint; readonly reason: string; readonly jailNanos: bigint },
  ): void;
}
