import { defineEvent, flag, integer, text } from '../../chain/events.ts';

/** A price moved, came back or was due; prices in 10^-6 of the quote currency. */
export const priceUpdated = defineEvent('price_updated', {
  symbol: text,
  median_micro: integer,
  slow_micro: integer,
  spread_ppm: integer,
  lag_ppm: integer,
  stale: flag,
});

/** Nobody priced the symbol for too long; the slow price stands still at this value. */
export const priceFrozen = defineEvent('price_frozen', {
  symbol: text,
  slow_micro: integer,
  updated_height: integer,
});
