import { expect, test } from 'vitest';
import * as slashing from '../../../modules/slashing/events.ts';
import * as staking from '../../../modules/staking/events.ts';
import { createAddressCodec } from '../../../sdk/address.ts';
import { applyEvents, rowsOf } from '../../testing/views.ts';
import { slashes } from './tables.ts';
import { validatorsView } from './view.ts';

test('a double signature is one row of slashes, though the chain tells the jailing under the same type of event', () => {
  const address = createAddressCodec('infinet').consensusText(new Uint8Array(20).fill(0xab));
  const changes = applyEvents(
    [validatorsView],
    [
      staking.slash.encode({ address, power: 10n, reason: 'double_sign', burned_coins: 500_000n }),
      slashing.jail.encode({ jailed: address }),
    ],
  );
  expect(rowsOf(changes, slashes)).toMatchObject([{ power: '10', reason: 'double_sign', burned: '500000' }]);
});
