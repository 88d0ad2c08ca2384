import { multiTransfer, transfer } from '../../../modules/bank/events.ts';
import { readCoins } from '../coins.ts';
import type { View } from '../view.ts';
import { transfers } from './tables.ts';

export const transfersView: View = {
  name: 'transfers',
  version: 1,
  tables: [transfers],
  events: [
    {
      type: transfer.type,
      handle: (event, { height, position, time, txHash }, changes) => {
        const named = event.attributes.some(({ key }) => key === 'sender');
        const sender = named ? transfer.decode(event).sender : null;
        const { recipient, amount: coins } = multiTransfer.decode(event);
        for (const { denom, amount } of readCoins(coins)) {
          const row = { height, position, denom, amount: amount.toString(), sender, recipient, txHash, time };
          changes.insert(transfers, row);
        }
      },
    },
  ],
};
