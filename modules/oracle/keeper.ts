import type { Context } from '../../chain/context.ts';
import { isStale } from './prices.ts';
import { params, symbols } from './state.ts';

/** A slow price in 10^-6 of the quote currency; `stale` when it stands still for lack of fresh prices. */
export interface SlowPrice {
  readonly value: bigint;
  readonly stale: boolean;
}

export interface OracleKeeper {
  /** Undefined until the symbol was priced for the first time, or if there is no such symbol. */
  slowPrice(ctx: Context, symbol: string): SlowPrice | undefined;
  /** What the index is relative to: genesis' value, else the first price. Undefined while there is neither. */
  startPrice(ctx: Context, symbol: string): bigint | undefined;
  /** Symbols in the order in which vote extensions number them. */
  symbols(ctx: Context): readonly string[];
}

export function createKeeper(): OracleKeeper {
  return {
    slowPrice: (ctx, symbol) => {
      const state = symbols.get(ctx, symbol);
      if (state === undefined || state.slowMicro === 0n) return undefined;
      return { value: state.slowMicro, stale: isStale(state, ctx.block.time, params.require(ctx)) };
    },
    startPrice: (ctx, symbol) => {
      const start = symbols.get(ctx, symbol)?.startMicro ?? 0n;
      return start === 0n ? undefined : start;
    },
    symbols: (ctx) => params.require(ctx).symbols,
  };
}
