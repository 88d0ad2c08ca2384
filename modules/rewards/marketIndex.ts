import type { Context } from '../../chain/context.ts';
import type { IndexOracle } from './expected.ts';
import { indexPpm, MICRO } from './formulas.ts';
import { params } from './state.ts';

export interface MarketIndex {
  /** In 10^-6 of the start; 1,000,000 while a symbol was never priced. */
  readonly ppm: bigint;
  /** One of the prices stands still. */
  readonly stale: boolean;
  /** One of the prices never was. */
  readonly missing: boolean;
}

/** The index as the oracle's slow prices make it now. */
export function marketIndex(ctx: Context, oracle: IndexOracle): MarketIndex {
  const parts = params.require(ctx).index.map(({ symbol, weightPpm }) => {
    const slow = oracle.slowPrice(ctx, symbol);
    const start = oracle.startPrice(ctx, symbol);
    return slow === undefined || start === undefined ? undefined : { weightPpm, start, slow: slow.value, ...slow };
  });
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return { ppm: MICRO, stale: true, missing: true };
  return { ppm: indexPpm(known), stale: known.some(({ stale }) => stale), missing: false };
}
