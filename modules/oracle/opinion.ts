import { CodedError, ensure } from '../../chain/errors.ts';
import type { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import type { Params } from '../../proto/generated/infinet/oracle/v1/types.ts';
import { oracleErrors } from './errors.ts';

/** How far a validator's clock may be ahead of the block's time. */
export const CLOCK_TOLERANCE_SECONDS = 30n;

const NANOS = 1_000_000_000n;

/** From here on the bytes of an unsigned price are those of a negative one. */
const FIRST_NEGATIVE = 1n << 63n;

/** What one validator says of each symbol, and the first of its prices that was refused. */
export interface Opinions {
  /** By the symbol's position in the parameters; positive. */
  readonly prices: ReadonlyMap<number, bigint>;
  readonly refused: { readonly symbol: number; readonly code: number } | undefined;
}

/** Reads an extension at block time `now` (nanoseconds). Of two prices for one symbol the first good one counts. */
export function opinionsOf(said: VoteExtension | undefined, now: bigint, settings: Params): Opinions {
  const prices = new Map<number, bigint>();
  let refused: Opinions['refused'];
  for (const { symbol, valueMicro } of said?.prices ?? []) {
    if (symbol >= settings.symbols.length || prices.has(symbol)) continue;
    try {
      checkPrice(valueMicro, said?.observedSeconds ?? 0n, now, settings);
      prices.set(symbol, valueMicro);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      refused ??= { symbol, code: error.code };
    }
  }
  return { prices, refused };
}

/**
 * Throws a `CodedError` for a price that cannot be: zero, negative (its sign in the highest bit), seen in the future or
 * longer ago than a price stays fresh. `observed` is 0 where the validator does not say when.
 */
export function checkPrice(valueMicro: bigint, observed: bigint, now: bigint, { maxAgeSeconds }: Params): void {
  ensure(valueMicro !== 0n, oracleErrors.zeroPrice);
  ensure(valueMicro < FIRST_NEGATIVE, oracleErrors.negativePrice);
  if (observed === 0n) return;
  const second = now / NANOS;
  ensure(observed <= second + CLOCK_TOLERANCE_SECONDS, oracleErrors.futurePrice, `${observed} at ${second}`);
  ensure(observed + maxAgeSeconds >= second, oracleErrors.stalePrice, `${observed} at ${second}`);
}
