import type { Invariant } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { SlashingStaking } from './expected.ts';
import type { SlashingState } from './state.ts';

/** Who signed twice stays out: every tombstoned validator that is still there is jailed. */
export function slashingInvariants(
  state: SlashingState,
  staking: SlashingStaking,
  addresses: AddressCodec,
): Invariant[] {
  return [
    {
      name: 'tombstoned-are-jailed',
      check: (ctx) => {
        for (const [address, { tombstoned }] of state.signingInfos.walk(ctx)) {
          const validator = tombstoned ? staking.validatorByConsensusAddress(ctx, address) : undefined;
          if (validator?.jailed === false) return `${addresses.consensusText(address)} is tombstoned and not jailed`;
        }
        return undefined;
      },
    },
  ];
}
