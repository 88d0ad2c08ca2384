import type { Context } from '../../chain/context.ts';

/** What bank needs of auth. */
export interface BankAccounts {
  get(ctx: Context, address: Uint8Array): unknown;
  has(ctx: Context, address: Uint8Array): boolean;
  create(ctx: Context, address: Uint8Array): unknown;
  /** Throws for a module that has no account on this chain. */
  moduleAddress(name: string): Uint8Array;
  moduleAccount(ctx: Context, name: string): { readonly module?: { readonly permissions: readonly string[] } };
}
