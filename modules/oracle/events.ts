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

/** A price that cannot be, by the number of the error in the codespace `oracle`; once in `event_blocks` blocks a validator. */
export const priceRefused = defineEvent('price_refused', { validator: text, symbol: text, code: integer });

/** A validator that left too many of a window's prices out was punished. */
export const pricesWithheld = defineEvent('prices_withheld', { validator: text, missed: integer, blocks: integer });
