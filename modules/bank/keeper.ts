import type { Context } from '../../chain/context.ts';
import { fail, sdkErrors } from '../../chain/errors.ts';
import { addAmounts, type Coin, coinsOf, coinsText, ensureValidCoins } from '../../chain/math/coins.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { toByteString } from '../../sdk/codec/byteString.ts';
import type { bank } from '../../sdk/codec/index.ts';
import { bankErrors } from './errors.ts';
import { burn, coinbase, coinReceived, coinSpent, messageSender, multiTransfer, transfer } from './events.ts';
import type { BankAccounts } from './expected.ts';
import { type BankState, balancesOf } from './state.ts';

/** One recipient of a multi-send. */
export interface Output {
  readonly to: Uint8Array;
  readonly coins: readonly Coin[];
}

/**
 * Coins of accounts and modules. Addresses are raw bytes; amounts are integers as text, coins sorted by denomination.
 * Each method throws a `CodedError` and then has written part of its work: messages run on a branch, hooks use
 * `ctx.isolated`.
 */
export class BankKeeper {
  readonly #state: BankState;
  readonly #accounts: BankAccounts;
  readonly #addresses: AddressCodec;
  readonly #blocked: ReadonlySet<string>;

  /** `blocked`: modules whose accounts take no coins from messages. */
  constructor(state: BankState, accounts: BankAccounts, addresses: AddressCodec, blocked: readonly string[]) {
    this.#state = state;
    this.#accounts = accounts;
    this.#addresses = addresses;
    this.#blocked = new Set(blocked.map((name) => toByteString(accounts.moduleAddress(name))));
  }

  params(ctx: Context): bank.Params {
    return this.#state.params.require(ctx);
  }

  balance(ctx: Context, address: Uint8Array, denom: string): bigint {
    return this.#state.balance(ctx, address, denom);
  }

  balances(ctx: Context, address: Uint8Array): Coin[] {
    return [...this.#state.balances.walk(ctx, { prefix: balancesOf(address) })].flatMap(([[, denom], amount]) =>
      coinsOf(denom, amount),
    );
  }

  supply(ctx: Context, denom: string): bigint {
    return this.#state.supply.get(ctx, denom) ?? 0n;
  }

  moduleAddress(name: string): Uint8Array {
    return this.#accounts.moduleAddress(name);
  }

  /** True for module accounts that take no coins from messages. */
  isBlocked(address: Uint8Array): boolean {
    return this.#blocked.has(toByteString(address));
  }

  /** Throws `bank` 5 if one of the denominations may not be sent. */
  requireSendEnabled(ctx: Context, coins: readonly Coin[]): void {
    if (coins.length === 0) return;
    const enabledByDefault = this.params(ctx).defaultSendEnabled;
    for (const { denom } of coins) {
      if (!(this.sendEnabled(ctx, denom) ?? enabledByDefault)) {
        fail(bankErrors.sendDisabled, `${denom} transfers are currently disabled`);
      }
    }
  }

  /** What was set for this denomination; undefined means the default of the parameters holds. */
  sendEnabled(ctx: Context, denom: string): boolean | undefined {
    return this.#state.sendEnabled.has(ctx, denom) ? this.#state.sendEnabled.get(ctx, denom) : undefined;
  }

  /** Throws `sdk` 5 if the sender has too little, `sdk` 10 if the coins are not valid. Makes the recipient's account. */
  sendCoins(ctx: Context, from: Uint8Array, to: Uint8Array, coins: readonly Coin[]): void {
    this.#spend(ctx, from, coins);
    this.#receive(ctx, to, coins);
    if (!this.#accounts.has(ctx, to)) this.#accounts.create(ctx, to);
    const sender = this.#addresses.accountText(from);
    ctx.log.emit(transfer.encode({ recipient: this.#addresses.accountText(to), sender, amount: coinsText(coins) }));
    ctx.log.emit(messageSender.encode({ sender }));
  }

  /** Takes `coins`, the sum of all outputs, from one account and gives each output its part. */
  sendToMany(ctx: Context, from: Uint8Array, coins: readonly Coin[], outputs: readonly Output[]): void {
    this.#spend(ctx, from, coins);
    ctx.log.emit(messageSender.encode({ sender: this.#addresses.accountText(from) }));
    for (const output of outputs) {
      this.#receive(ctx, output.to, output.coins);
      const recipient = this.#addresses.accountText(output.to);
      ctx.log.emit(multiTransfer.encode({ recipient, amount: coinsText(output.coins) }));
      if (!this.#accounts.has(ctx, output.to)) this.#accounts.create(ctx, output.to);
    }
  }

  /** Throws `sdk` 4 if `to` is a blocked module account. */
  sendFromModule(ctx: Context, moduleName: string, to: Uint8Array, coins: readonly Coin[]): void {
    const from = this.moduleAddress(moduleName);
    if (this.isBlocked(to)) {
      fail(sdkErrors.unauthorized, `${this.#addresses.accountText(to)} is not allowed to receive funds`);
    }
    this.sendCoins(ctx, from, to, coins);
  }

  sendToModule(ctx: Context, from: Uint8Array, moduleName: string, coins: readonly Coin[]): void {
    this.sendCoins(ctx, from, this.#moduleAccount(ctx, moduleName).address, coins);
  }

  sendModuleToModule(ctx: Context, fromModule: string, toModule: string, coins: readonly Coin[]): void {
    const from = this.moduleAddress(fromModule);
    this.sendCoins(ctx, from, this.#moduleAccount(ctx, toModule).address, coins);
  }

  /** Locks coins in a staking pool. As in the SDK no `transfer` event tells of it. */
  delegateToModule(ctx: Context, from: Uint8Array, moduleName: string, coins: readonly Coin[]): void {
    const pool = this.#permitted(ctx, moduleName, 'staking');
    // The SDK looks up both accounts again, for vesting, and so the gas is spent.
    this.#accounts.get(ctx, pool);
    ensureValidCoins(coins);
    for (const { denom, amount } of coins) {
      const balance = this.balance(ctx, from, denom);
      if (balance < BigInt(amount)) {
        const problem = `failed to delegate; ${balance}${denom} is smaller than ${coinsText(coins)}`;
        fail(sdkErrors.insufficientFunds, problem);
      }
      this.#state.setBalance(ctx, from, denom, balance - BigInt(amount));
    }
    this.#accounts.get(ctx, from);
    ctx.log.emit(coinSpent.encode({ spender: this.#addresses.accountText(from), amount: coinsText(coins) }));
    this.#receive(ctx, pool, coins);
  }

  /** Pays coins out of a staking pool, without a `transfer` event. */
  undelegateFromModule(ctx: Context, moduleName: string, to: Uint8Array, coins: readonly Coin[]): void {
    this.#spend(ctx, this.#permitted(ctx, moduleName, 'staking'), coins);
    this.#receive(ctx, to, coins);
  }

  /** New coins for a module that may mint; anything else is a mistake of wiring and throws. */
  mint(ctx: Context, moduleName: string, coins: readonly Coin[]): void {
    const minter = this.#permitted(ctx, moduleName, 'minter');
    this.#receive(ctx, minter, coins);
    for (const { denom, amount } of coins) {
      this.#state.setSupply(ctx, denom, addAmounts(this.supply(ctx, denom), BigInt(amount)));
    }
    ctx.log.emit(coinbase.encode({ minter: this.#addresses.accountText(minter), amount: coinsText(coins) }));
  }

  /** Destroys coins of a module that may burn. */
  burn(ctx: Context, moduleName: string, coins: readonly Coin[]): void {
    const burner = this.#permitted(ctx, moduleName, 'burner');
    this.#spend(ctx, burner, coins);
    for (const { denom, amount } of coins) {
      this.#state.setSupply(ctx, denom, this.supply(ctx, denom) - BigInt(amount));
    }
    ctx.log.emit(burn.encode({ burner: this.#addresses.accountText(burner), amount: coinsText(coins) }));
  }

  #spend(ctx: Context, from: Uint8Array, coins: readonly Coin[]): void {
    ensureValidCoins(coins);
    // Vesting accounts lock part of their coins: the SDK reads the account before each payment, and so its gas is spent.
    this.#accounts.get(ctx, from);
    for (const { denom, amount } of coins) {
      const balance = this.balance(ctx, from, denom);
      if (balance < BigInt(amount)) {
        const problem = `spendable balance ${balance}${denom} is smaller than ${amount}${denom}`;
        fail(sdkErrors.insufficientFunds, problem);
      }
      this.#state.setBalance(ctx, from, denom, balance - BigInt(amount));
    }
    ctx.log.emit(coinSpent.encode({ spender: this.#addresses.accountText(from), amount: coinsText(coins) }));
  }

  #receive(ctx: Context, to: Uint8Array, coins: readonly Coin[]): void {
    ensureValidCoins(coins);
    for (const { denom, amount } of coins) {
      this.#state.setBalance(ctx, to, denom, addAmounts(this.balance(ctx, to, denom), BigInt(amount)));
    }
    ctx.log.emit(coinReceived.encode({ receiver: this.#addresses.accountText(to), amount: coinsText(coins) }));
  }

  #moduleAccount(ctx: Context, name: string): { address: Uint8Array; permissions: readonly string[] } {
    const account = this.#accounts.moduleAccount(ctx, name);
    return { address: this.moduleAddress(name), permissions: account.module?.permissions ?? [] };
  }

  #permitted(ctx: Context, moduleName: string, permission: 'minter' | 'burner' | 'staking'): Uint8Array {
    const { address, permissions } = this.#moduleAccount(ctx, moduleName);
    if (!permissions.includes(permission))
      throw new Error(`module account ${moduleName} lacks the permission ${permission}`);
    return address;
  }
}
