import type { Context } from '../../chain/context.ts';
import { CodedError, ensure, fail, sdkErrors } from '../../chain/errors.ts';
import type { Coin } from '../../chain/math/coins.ts';
import type { FeeGrants } from '../../chain/tx/accounts.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { type Allowance, expirationOf, packAllowance, readAllowance, spend } from './allowance.ts';
import { feegrantErrors } from './errors.ts';
import { revokeFeegrant, setFeegrant, updateFeegrant, useFeegrant } from './events.ts';
import type { GrantAccounts, GrantBank } from './expected.ts';
import type { FeegrantState } from './state.ts';

export interface FeegrantKeeperDeps {
  readonly addresses: AddressCodec;
  readonly state: FeegrantState;
  readonly accounts: GrantAccounts;
  readonly bank: GrantBank;
}

/** Who lets whom pay fees from its account. Addresses are raw bytes. */
export class FeegrantKeeper implements FeeGrants {
  readonly #deps: FeegrantKeeperDeps;

  constructor(deps: FeegrantKeeperDeps) {
    this.#deps = deps;
  }

  /** Throws `sdk` 38 if there is none. */
  allowance(ctx: Context, granter: Uint8Array, grantee: Uint8Array): Allowance {
    const grant = this.#deps.state.grants.get(ctx, [grantee, granter]);
    if (grant === undefined) fail(sdkErrors.notFound, 'fee-grant not found');
    if (grant.allowance === undefined) fail(feegrantErrors.noAllowance, 'failed to get allowance');
    return readAllowance(grant.allowance);
  }

  /** Throws `sdk` 18 if there is one already or it would have ended, `sdk` 4 for a new grantee that is a module. */
  grant(ctx: Context, granter: Uint8Array, grantee: Uint8Array, allowance: Allowance): void {
    const { state, accounts, bank, addresses } = this.#deps;
    this.requireNone(ctx, granter, grantee);
    if (accounts.get(ctx, grantee) === undefined) {
      const text = addresses.accountText(grantee);
      ensure(!bank.isBlocked(grantee), sdkErrors.unauthorized, `${text} is not allowed to receive funds`);
      accounts.create(ctx, grantee);
    }
    const expiration = expirationOf(allowance);
    if (expiration !== undefined) {
      ensure(expiration >= ctx.block.time, sdkErrors.invalidRequest, 'expiration is before current block time');
      state.enqueue(ctx, expiration, grantee, granter);
    }
    this.#write(ctx, granter, grantee, allowance);
    ctx.log.emit(setFeegrant.encode(this.#texts(granter, grantee)));
  }

  requireNone(ctx: Context, granter: Uint8Array, grantee: Uint8Array): void {
    const exists = this.#deps.state.grants.get(ctx, [grantee, granter]) !== undefined;
    ensure(!exists, sdkErrors.invalidRequest, 'fee allowance already exists');
  }

  /** Throws `sdk` 38 if there is none. */
  revoke(ctx: Context, granter: Uint8Array, grantee: Uint8Array): void {
    const { state } = this.#deps;
    const expiration = expirationOf(this.allowance(ctx, granter, grantee));
    state.grants.remove(ctx, [grantee, granter]);
    if (expiration !== undefined) state.dequeue(ctx, expiration, grantee, granter);
    ctx.log.emit(revokeFeegrant.encode(this.#texts(granter, grantee)));
  }

  /** Takes a fee off an allowance. Throws `sdk` 38 without one, `feegrant` 2, 3 or 7 when it does not cover this tx. */
  use(
    ctx: Context,
    granter: Uint8Array,
    grantee: Uint8Array,
    fee: readonly Coin[],
    messages: readonly { readonly typeUrl: string }[],
  ): void {
    const allowance = this.allowance(ctx, granter, grantee);
    const left = this.#spend(ctx, granter, grantee, allowance, fee, messages);
    if (left === undefined) this.revoke(ctx, granter, grantee);
    ctx.log.emit(useFeegrant.encode(this.#texts(granter, grantee)));
    if (left !== undefined) this.#update(ctx, granter, grantee, left);
  }

  /** Removes at most `limit` allowances that have ended. */
  prune(ctx: Context, limit: number): void {
    const { state } = this.#deps;
    for (const { expiration, grantee, granter } of state.expired(ctx, ctx.block.time, limit)) {
      state.dequeue(ctx, expiration, grantee, granter);
      state.grants.remove(ctx, [grantee, granter]);
    }
  }

  #spend(
    ctx: Context,
    granter: Uint8Array,
    grantee: Uint8Array,
    allowance: Allowance,
    fee: readonly Coin[],
    messages: readonly { readonly typeUrl: string }[],
  ): Allowance | undefined {
    const expiration = expirationOf(allowance);
    const left = () => spend(ctx, allowance, fee, messages);
    if (expiration === undefined || expiration >= ctx.block.time) return left();
    // Which messages are allowed is asked first; an ended allowance is revoked even so, which costs its gas.
    if (allowance.kind === 'messages') this.#ignoreLimits(left);
    this.revoke(ctx, granter, grantee);
    return fail(feegrantErrors.limitExpired, kindOf(allowance) === 'basic' ? 'basic allowance' : 'absolute limit');
  }

  #ignoreLimits(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof CodedError) || error.codespace !== 'feegrant') throw error;
      if (error.code === feegrantErrors.messageNotAllowed.code) throw error;
    }
  }

  #update(ctx: Context, granter: Uint8Array, grantee: Uint8Array, allowance: Allowance): void {
    // The SDK reads the grant once more, and charges for it.
    this.#deps.state.grants.get(ctx, [grantee, granter]);
    this.#write(ctx, granter, grantee, allowance);
    ctx.log.emit(updateFeegrant.encode(this.#texts(granter, grantee)));
  }

  #write(ctx: Context, granter: Uint8Array, grantee: Uint8Array, allowance: Allowance): void {
    const grant = { ...this.#texts(granter, grantee), allowance: packAllowance(allowance) };
    this.#deps.state.grants.set(ctx, [grantee, granter], grant);
  }

  #texts(granter: Uint8Array, grantee: Uint8Array): { granter: string; grantee: string } {
    const { addresses } = this.#deps;
    return { granter: addresses.accountText(granter), grantee: addresses.accountText(grantee) };
  }
}

/** What is left of an allowance when its message lists are taken off. */
function kindOf(allowance: Allowance): 'basic' | 'periodic' {
  if (allowance.kind !== 'messages') return allowance.kind;
  return allowance.allowance === undefined ? 'basic' : kindOf(allowance.allowance);
}
