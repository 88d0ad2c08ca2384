import { Item, Table } from '../../chain/collections/collections.ts';
import { bytesKey, lengthPrefixedKey, pairKey, textKey } from '../../chain/collections/keys.ts';
import { bytesValue, intValue, protoValue, remembered, type ValueCodec } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { bank } from '../../sdk/codec/index.ts';

export const bankStore = 'bank';

/** A flag as `google.protobuf.BoolValue`, which has no bytes when false. */
const flagValue: ValueCodec<boolean> = {
  write: (value) => (value ? Uint8Array.of(8, 1) : new Uint8Array()),
  read: (bytes) => bytes.length > 0 && bytes[1] !== 0,
};

const nothing = new Uint8Array();

/**
 * All state of bank, byte for byte as in cosmos-sdk v0.50 (x/bank/types/keys.go):
 *
 * | key | value |
 * |---|---|
 * | `00` denom | supply, decimal digits |
 * | `01` denom | Metadata |
 * | `02` length address denom | balance, decimal digits; zero balances are not stored |
 * | `03` denom `00` length address | empty; who owns a denomination |
 * | `04` denom | BoolValue: may it be sent |
 * | `05` | Params |
 */
export class BankState {
  readonly supply = new Table(bankStore, '\x00', textKey, intValue);
  readonly metadata = new Table(bankStore, '\x01', textKey, protoValue<bank.Metadata>(bank.Metadata));
  readonly balances = new Table(bankStore, '\x02', pairKey(bytesKey, textKey), intValue);
  readonly owners = new Table(bankStore, '\x03', pairKey(textKey, lengthPrefixedKey), bytesValue);
  readonly sendEnabled = new Table(bankStore, '\x04', textKey, flagValue);
  readonly params = new Item(bankStore, '\x05', remembered(protoValue<bank.Params>(bank.Params)));

  balance(ctx: Context, address: Uint8Array, denom: string): bigint {
    return this.balances.get(ctx, [address, denom]) ?? 0n;
  }

  setBalance(ctx: Context, address: Uint8Array, denom: string, amount: bigint): void {
    if (amount === 0n) {
      this.owners.remove(ctx, [denom, address]);
      this.balances.remove(ctx, [address, denom]);
    } else {
      this.owners.set(ctx, [denom, address], nothing);
      this.balances.set(ctx, [address, denom], amount);
    }
  }

  setSupply(ctx: Context, denom: string, amount: bigint): void {
    if (amount === 0n) this.supply.remove(ctx, denom);
    else this.supply.set(ctx, denom, amount);
  }
}

/** The raw prefix of one account's balances, for walks and pages. */
export function balancesOf(address: Uint8Array): string {
  return bytesKey.write(address, false);
}

/** The raw prefix of one denomination's owners. */
export function ownersOf(denom: string): string {
  return textKey.write(denom, false);
}
