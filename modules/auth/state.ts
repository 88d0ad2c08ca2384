import { Item, Sequence, Table } from '../../chain/collections/collections.ts';
import { bytesKey, u64Key } from '../../chain/collections/keys.ts';
import { bytesValue, protoValue, remembered } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { auth } from '../../sdk/codec/index.ts';
import { type Account, accountValue } from './account.ts';

/** Committed store of this module, the SDK's name for it. */
export const authStore = 'acc';

/**
 * All state of auth, byte for byte as in cosmos-sdk v0.50 (x/auth/types/keys.go):
 *
 * | key | value |
 * |---|---|
 * | `00` | Params |
 * | `01` address | Any(BaseAccount or ModuleAccount) |
 * | `02` | next account number, u64 big-endian |
 * | `"accountNumber"` u64 | address |
 */
export class AuthState {
  readonly params = new Item(authStore, '\x00', remembered(protoValue<auth.Params>(auth.Params)));
  readonly nextAccountNumber = new Sequence(authStore, '\x02', 0n);
  readonly accounts = new Table(authStore, '\x01', bytesKey, accountValue());
  readonly byNumber = new Table(authStore, 'accountNumber', u64Key, bytesValue);

  /** Writes the account and its index; reads and writes in the SDK's order, because each costs gas. */
  setAccount(ctx: Context, address: Uint8Array, account: Account): void {
    const old = this.accounts.get(ctx, address);
    if (old !== undefined) this.byNumber.remove(ctx, old.accountNumber);
    if (this.byNumber.has(ctx, account.accountNumber)) {
      throw new Error(`account number ${account.accountNumber} is taken`);
    }
    this.byNumber.set(ctx, account.accountNumber, address);
    this.accounts.set(ctx, address, account);
  }
}
