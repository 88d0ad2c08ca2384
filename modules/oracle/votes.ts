import type { Context } from '../../chain/context.ts';
import type { ExtendedVote } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { attendanceOf, countBlock } from './attendance.ts';
import { priceRefused } from './events.ts';
import type { OracleSlashing } from './expected.ts';
import { readExtension } from './extension.ts';
import { aggregate, type Opinion } from './formulas.ts';
import { type Opinions, opinionsOf } from './opinion.ts';
import { recordMedian } from './prices.ts';
import { attendances, params } from './state.ts';

interface Heard {
  readonly vote: ExtendedVote;
  readonly said: Opinions;
}

/** Takes the prices out of the last block's votes. A missing price is counted, a different one never is. */
export function takePrices(
  ctx: Context,
  votes: readonly ExtendedVote[],
  slashing: OracleSlashing,
  addresses: AddressCodec,
): void {
  const settings = params.require(ctx);
  const heard = votes.map((vote): Heard => {
    return { vote, said: opinionsOf(readExtension(vote.extension), ctx.block.time, settings) };
  });
  const totalPower = votes.reduce((sum, { power }) => sum + power, 0n);
  const priced: number[] = [];
  for (const [index, symbol] of settings.symbols.entries()) {
    const opinions = heard.flatMap(({ vote, said }): Opinion[] => {
      const value = said.prices.get(index);
      return value === undefined ? [] : [{ value, power: vote.power }];
    });
    const price = aggregate(opinions, totalPower);
    if (price === undefined) continue;
    recordMedian(ctx, symbol, price);
    priced.push(index);
  }
  for (const one of heard) recordAttendance(ctx, one, priced, addresses);
  if (priced.length > 0) countBlock(ctx, slashing, addresses);
}

/** Who gave no vote at all is slashing's affair: only what a vote leaves out while others priced it counts in the window. */
function recordAttendance(
  ctx: Context,
  { vote, said }: Heard,
  priced: readonly number[],
  addresses: AddressCodec,
): void {
  const { symbols, eventBlocks, slashWindowBlocks } = params.require(ctx);
  const isMissing = said.prices.size < symbols.length;
  if (!isMissing && said.refused === undefined) return;
  const before = attendanceOf(ctx, vote.validator);
  const counts =
    slashWindowBlocks > 0n && vote.extension !== undefined && priced.some((index) => !said.prices.has(index));
  const tells =
    said.refused !== undefined &&
    (before.refusedHeight === 0n || ctx.block.height >= before.refusedHeight + eventBlocks);
  attendances.set(ctx, vote.validator, {
    ...before,
    missed: before.missed + (isMissing ? 1n : 0n),
    windowMissed: before.windowMissed + (counts ? 1n : 0n),
    ...(tells && said.refused && { refusedCode: said.refused.code, refusedHeight: ctx.block.height }),
  });
  if (!tells || said.refused === undefined) return;
  const { symbol, code } = said.refused;
  const validator = addresses.consensusText(vote.validator);
  ctx.log.emit(priceRefused.encode({ validator, symbol: symbols[symbol] ?? '', code: BigInt(code) }));
}
