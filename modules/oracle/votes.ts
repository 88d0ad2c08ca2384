import type { Context } from '../../chain/context.ts';
import type { ExtendedVote } from '../../chain/module.ts';
import { readExtension } from './extension.ts';
import { aggregate, type Opinion } from './formulas.ts';
import { recordMedian } from './prices.ts';
import { misses, params } from './state.ts';

/** Takes the prices out of the last block's votes. A missing price is counted, a different one never is. */
export function takePrices(ctx: Context, votes: readonly ExtendedVote[]): void {
  const { symbols } = params.require(ctx);
  const opinions: Opinion[][] = symbols.map(() => []);
  let totalPower = 0n;
  for (const vote of votes) {
    totalPower += vote.power;
    const prices = pricesOf(vote.extension, symbols.length);
    for (const [index, value] of prices) opinions[index]?.push({ value, power: vote.power });
    if (prices.size < symbols.length) misses.set(ctx, vote.validator, (misses.get(ctx, vote.validator) ?? 0n) + 1n);
  }
  for (const [index, symbol] of symbols.entries()) {
    const price = aggregate(opinions[index] ?? [], totalPower);
    if (price !== undefined) recordMedian(ctx, symbol, price);
  }
}

/** Positive prices by symbol index; of two for one symbol the first counts. */
function pricesOf(extension: Uint8Array | undefined, symbolCount: number): ReadonlyMap<number, bigint> {
  const prices = new Map<number, bigint>();
  for (const { symbol, valueMicro } of readExtension(extension)?.prices ?? []) {
    if (symbol < symbolCount && valueMicro > 0n && !prices.has(symbol)) prices.set(symbol, valueMicro);
  }
  return prices;
}
