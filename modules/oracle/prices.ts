import type { Context } from '../../chain/context.ts';
import type { Params, SymbolState } from '../../proto/generated/infinet/oracle/v1/types.ts';
import { priceFrozen, priceUpdated } from './events.ts';
import { type Aggregate, boundedStep, changePpm, MICRO, overlap } from './formulas.ts';
import { params, symbols } from './state.ts';

const NANOS = 1_000_000_000n;

/** Takes the validators' median into a symbol, after the old one has been counted up to this block. */
export function recordMedian(ctx: Context, symbol: string, { median, spreadPpm, powerPpm }: Aggregate): void {
  const now = ctx.block.time;
  const before = counted(symbolState(ctx, symbol), now, params.require(ctx));
  const slow = before.slowMicro === 0n ? median : before.slowMicro;
  symbols.set(ctx, symbol, {
    ...before,
    medianMicro: median,
    updatedHeight: ctx.block.height,
    updatedTime: now,
    spreadPpm,
    powerPpm,
    slowMicro: slow,
    startMicro: before.startMicro === 0n ? slow : before.startMicro,
  });
}

/** Moves a symbol's clock to this block: counts its price, closes its window when that is over, tells what changed. */
export function advanceSymbol(ctx: Context, symbol: string): void {
  const settings = params.require(ctx);
  const state = symbols.get(ctx, symbol);
  if (state === undefined) return;
  const now = ctx.block.time;
  const closed = closeWindow(counted(state, now, settings), now, settings);
  symbols.set(ctx, symbol, announce(ctx, closed, settings));
}

/** True while the slow price stands still: never priced, too old, or too thinly covered in the last window. */
export function isStale(state: SymbolState, now: bigint, settings: Params): boolean {
  return (
    state.updatedTime === 0n || now - state.updatedTime > settings.maxAgeSeconds * NANOS || state.staleWindows > 0n
  );
}

/** How far the slow price is behind the median, in 10^-6 of the slow price. */
export function lagPpm(state: SymbolState): bigint {
  return changePpm(state.slowMicro, state.medianMicro);
}

function symbolState(ctx: Context, symbol: string): SymbolState {
  return symbols.get(ctx, symbol) ?? unpriced(symbol, 0n);
}

/** A symbol that nobody has priced; `startMicro` 0 lets the first price be the start. */
export function unpriced(symbol: string, startMicro: bigint): SymbolState {
  return {
    symbol,
    startMicro,
    medianMicro: 0n,
    updatedHeight: 0n,
    updatedTime: 0n,
    spreadPpm: 0n,
    slowMicro: 0n,
    averageMicro: 0n,
    windowStart: 0n,
    accountedTime: 0n,
    weightedSum: '0',
    coveredNanos: 0n,
    staleWindows: 0n,
    frozen: false,
    eventMedianMicro: 0n,
    eventHeight: 0n,
    powerPpm: 0n,
  };
}

/** Adds the time since the last block, at the price that held then, as far as that price was fresh. */
function counted(state: SymbolState, now: bigint, settings: Params): SymbolState {
  if (state.windowStart === 0n) return { ...state, windowStart: now, accountedTime: now };
  const freshUntil = state.updatedTime === 0n ? 0n : state.updatedTime + settings.maxAgeSeconds * NANOS;
  const covered = overlap(state.accountedTime, now, freshUntil);
  return {
    ...state,
    accountedTime: now,
    weightedSum: (BigInt(state.weightedSum) + state.medianMicro * covered).toString(),
    coveredNanos: state.coveredNanos + covered,
  };
}

function closeWindow(state: SymbolState, now: bigint, settings: Params): SymbolState {
  const length = now - state.windowStart;
  if (length < settings.windowSeconds * NANOS) return state;
  const next = { ...state, windowStart: now, weightedSum: '0', coveredNanos: 0n };
  const counts = state.coveredNanos > 0n && state.coveredNanos * MICRO >= length * settings.minCoveragePpm;
  if (!counts) return { ...next, staleWindows: state.staleWindows + 1n };
  const average = BigInt(state.weightedSum) / state.coveredNanos;
  const slowMicro = boundedStep(state.slowMicro, average, settings.maxChangePpm);
  return { ...next, averageMicro: average, slowMicro, staleWindows: 0n };
}

/** Events only for what is news: few enough to keep every one of them for ever. */
function announce(ctx: Context, state: SymbolState, settings: Params): SymbolState {
  const stale = isStale(state, ctx.block.time, settings);
  if (stale && !state.frozen && state.updatedTime > 0n) {
    ctx.log.emit(
      priceFrozen.encode({
        symbol: state.symbol,
        slow_micro: state.slowMicro,
        updated_height: state.updatedHeight,
      }),
    );
    return { ...state, frozen: true };
  }
  const change = changePpm(state.eventMedianMicro, state.medianMicro);
  const moved = change >= settings.eventChangePpm || -change >= settings.eventChangePpm;
  const due = state.eventHeight === 0n || ctx.block.height >= state.eventHeight + settings.eventBlocks;
  const resumed = state.frozen && !stale;
  if (state.updatedHeight !== ctx.block.height || !(moved || due || resumed)) return state;
  ctx.log.emit(
    priceUpdated.encode({
      symbol: state.symbol,
      median_micro: state.medianMicro,
      slow_micro: state.slowMicro,
      spread_ppm: state.spreadPpm,
      lag_ppm: lagPpm(state),
      stale,
    }),
  );
  return {
    ...state,
    frozen: stale && state.frozen,
    eventMedianMicro: state.medianMicro,
    eventHeight: ctx.block.height,
  };
}
