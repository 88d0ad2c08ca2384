import type { Context } from '../../chain/context.ts';

/** What feegrant needs of auth. */
export interface GrantAccounts {
  get(ctx: Context, address: Uint8Array): unknown;
  create(ctx: Context, address: Uint8Array): unknown;
}

/** What feegrant needs of bank. */
export interface GrantBank {
  /** Whether the address may not receive coins, as those of modules. */
  isBlocked(address: Uint8Array): boolean;
}
