import { createHash } from 'node:crypto';
import type { Context } from '../../chain/context.ts';
import type { Accounts, AnyValue } from '../../chain/tx/accounts.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { auth } from '../../sdk/codec/index.ts';
import type { Account, Permission } from './account.ts';
import type { AuthState } from './state.ts';

/** Module accounts of the chain and what each may do. */
export type ModulePermissions = Readonly<Record<string, readonly Permission[]>>;

/** The address of a module account: the first 20 bytes of SHA-256 of its name (the SDK's `AddressHash`). */
export function moduleAddress(name: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(name, 'utf8').digest().subarray(0, 20));
}

/** Accounts: who may sign, with which key, how often so far. Addresses are raw bytes. */
export class AuthKeeper implements Accounts {
  readonly modulePermissions: ModulePermissions;
  readonly #addresses: AddressCodec;
  readonly #state: AuthState;
  readonly #moduleAddresses: ReadonlyMap<string, Uint8Array>;

  constructor(addresses: AddressCodec, state: AuthState, modulePermissions: ModulePermissions) {
    this.#addresses = addresses;
    this.#state = state;
    this.modulePermissions = modulePermissions;
    this.#moduleAddresses = new Map(Object.keys(modulePermissions).map((name) => [name, moduleAddress(name)]));
  }

  params(ctx: Context): auth.Params {
    return this.#state.params.require(ctx);
  }

  get(ctx: Context, address: Uint8Array): Account | undefined {
    return this.#state.accounts.get(ctx, address);
  }

  has(ctx: Context, address: Uint8Array): boolean {
    return this.#state.accounts.has(ctx, address);
  }

  /** A new account with the next number, stored. */
  create(ctx: Context, address: Uint8Array): Account {
    const accountNumber = this.#state.nextAccountNumber.next(ctx);
    const account = { address: this.#addresses.accountText(address), accountNumber, sequence: 0n };
    this.#state.setAccount(ctx, address, account);
    return account;
  }

  setPubKey(ctx: Context, address: Uint8Array, pubKey: AnyValue): void {
    // The ante handler has read the account already, and the SDK charges that once.
    this.#state.setAccount(ctx, address, { ...this.#existing(ctx.unmetered(), address), pubKey });
  }

  incrementSequence(ctx: Context, address: Uint8Array): void {
    const account = this.#existing(ctx, address);
    this.#state.setAccount(ctx, address, { ...account, sequence: account.sequence + 1n });
  }

  /** Throws if the chain declares no such module account: a mistake of wiring. */
  moduleAddress(name: string): Uint8Array {
    const address = this.#moduleAddresses.get(name);
    if (address === undefined) throw new Error(`module account ${name} does not exist`);
    return address;
  }

  /** The module's account, made on first use. */
  moduleAccount(ctx: Context, name: string): Account {
    const address = this.moduleAddress(name);
    const account = this.get(ctx, address);
    if (account !== undefined) {
      if (account.module === undefined) throw new Error(`account of module ${name} is not a module account`);
      return account;
    }
    const created: Account = {
      address: this.#addresses.accountText(address),
      accountNumber: this.#state.nextAccountNumber.next(ctx),
      sequence: 0n,
      module: { name, permissions: this.modulePermissions[name] ?? [] },
    };
    this.#state.setAccount(ctx, address, created);
    return created;
  }

  #existing(ctx: Context, address: Uint8Array): Account {
    const account = this.get(ctx, address);
    if (account === undefined) throw new Error(`account ${this.#addresses.accountText(address)} does not exist`);
    return account;
  }
}
