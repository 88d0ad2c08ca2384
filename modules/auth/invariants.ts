import type { Invariant } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { AuthState } from './state.ts';

/** The index by number names every account once, and no number is still to be given out. */
export function authInvariants(state: AuthState, addresses: AddressCodec): Invariant[] {
  return [
    {
      name: 'auth/account-numbers',
      check: (ctx) => {
        const next = state.nextAccountNumber.peek(ctx);
        let accounts = 0;
        for (const [address, account] of state.accounts.walk(ctx)) {
          accounts++;
          const indexed = state.byNumber.get(ctx, account.accountNumber);
          if (indexed === undefined || addresses.accountText(indexed) !== addresses.accountText(address)) {
            return `account ${account.address} is not found by its number ${account.accountNumber}`;
          }
          if (account.accountNumber >= next) {
            return `account ${account.address} has number ${account.accountNumber}, the next one is ${next}`;
          }
        }
        const indexed = [...state.byNumber.walk(ctx)].length;
        return indexed === accounts ? undefined : `${accounts} accounts, but ${indexed} numbers`;
      },
    },
  ];
}
