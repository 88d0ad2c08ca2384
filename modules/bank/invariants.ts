import type { Invariant } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { BankState } from './state.ts';

export function bankInvariants(state: BankState, addresses: AddressCodec): Invariant[] {
  return [
    {
      name: 'bank/nonnegative-outstanding',
      check: (ctx) => {
        for (const [[address, denom], amount] of state.balances.walk(ctx)) {
          if (amount <= 0n) return `${addresses.accountText(address)} has a stored balance of ${amount}${denom}`;
        }
        return undefined;
      },
    },
    {
      name: 'bank/total-supply',
      check: (ctx) => {
        const sums = new Map<string, bigint>();
        for (const [[, denom], amount] of state.balances.walk(ctx)) {
          sums.set(denom, (sums.get(denom) ?? 0n) + amount);
        }
        const supply = new Map(state.supply.walk(ctx));
        for (const denom of [...new Set([...sums.keys(), ...supply.keys()])].sort()) {
          const held = sums.get(denom) ?? 0n;
          const stated = supply.get(denom) ?? 0n;
          if (held !== stated) return `accounts hold ${held}${denom}, the supply is ${stated}${denom}`;
        }
        return undefined;
      },
    },
  ];
}
