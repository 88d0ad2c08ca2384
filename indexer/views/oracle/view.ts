import * as oracle from '../../../modules/oracle/events.ts';
import { on, type View } from '../view.ts';
import { prices, priceUpdates } from './tables.ts';

export const oracleView: View = {
  name: 'oracle',
  version: 1,
  tables: [prices, priceUpdates],
  events: [
    on(oracle.priceUpdated, (event, { height, position, time }, changes) => {
      const row = {
        symbol: event.symbol,
        medianMicro: event.median_micro.toString(),
        slowMicro: event.slow_micro.toString(),
        spreadPpm: event.spread_ppm.toString(),
        lagPpm: event.lag_ppm.toString(),
        stale: event.stale,
        height,
        time,
      };
      changes.put(prices, row);
      changes.insert(priceUpdates, { ...row, position });
    }),
    on(oracle.priceFrozen, ({ symbol, slow_micro }, { height, time }, changes) =>
      changes.update(prices, { symbol, slowMicro: slow_micro.toString(), stale: true, height, time }),
    ),
  ],
};
