import type { Invariant } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { expirationOf, readAllowance } from './allowance.ts';
import type { FeegrantState } from './state.ts';

/** Whatever ends is in the queue of what ends. */
export function feegrantInvariants(state: FeegrantState, addresses: AddressCodec): Invariant[] {
  return [
    {
      name: 'feegrant/queue',
      check: (ctx) => {
        for (const [[grantee, granter], { allowance }] of state.grants.walk(ctx)) {
          const expiration = allowance === undefined ? undefined : expirationOf(readAllowance(allowance));
          if (expiration === undefined || state.isQueued(ctx, expiration, grantee, granter)) continue;
          return `the grant of ${addresses.accountText(granter)} to ${addresses.accountText(grantee)} never ends`;
        }
        return undefined;
      },
    },
  ];
}
