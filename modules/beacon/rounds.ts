import type { Context } from '../../chain/context.ts';
import type { Round } from '../../proto/generated/infinet/beacon/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { toByteString } from '../../sdk/codec/byteString.ts';
import { roundClosed, roundExtended } from './events.ts';
import type { BeaconSlashing, BeaconStaking } from './expected.ts';
import { roundAlpha, roundValue } from './formulas.ts';
import { jailOverdue, powerOf, recordMisses } from './penalties.ts';
import { currentRound, openRound, outputs, outputsOf, params, rounds } from './state.ts';

/** Begins a round whose input follows from the value of the one before. */
export function open(ctx: Context, round: bigint, previousValue: Uint8Array): void {
  openRound.set(ctx, round);
  rounds.set(ctx, round, {
    round,
    alpha: roundAlpha(ctx.block.chainId, previousValue, round),
    openedHeight: ctx.block.height,
    closedHeight: 0n,
    value: new Uint8Array(),
  });
}

/** First height at which this round may close. */
export function closesHeight(ctx: Context, round: Round): bigint {
  return round.openedHeight + params.require(ctx).windowBlocks;
}

/**
 * Closes the open round if its window is over and more than 2/3 of the bonded power is in it, then opens the next. With
 * less the window grows and the input stays: nothing is rolled again.
 */
export function closeWhenDue(
  ctx: Context,
  staking: BeaconStaking,
  slashing: BeaconSlashing,
  addresses: AddressCodec,
): void {
  const round = currentRound(ctx);
  const due = closesHeight(ctx, round);
  if (ctx.block.height < due) return;
  const valid = outputsOf(ctx, round.round).filter(([, output]) => output.valid);
  const present = new Set(valid.map(([operator]) => toByteString(operator)));
  const validators = staking.bondedValidators(ctx);
  const total = powerOf(validators);
  const power = powerOf(validators.filter(({ operator }) => present.has(toByteString(operator))));
  if (power * 3n <= total * 2n) {
    const event = { round: round.round, power, total_power: total };
    if (ctx.block.height === due) ctx.log.emit(roundExtended.encode(event));
    if (isOverdue(ctx, due)) jailOverdue(ctx, round, validators, slashing, addresses);
    return;
  }
  const value = roundValue(valid.map(([, output]) => output.proof));
  rounds.set(ctx, round.round, { ...round, closedHeight: ctx.block.height, value });
  ctx.log.emit(
    roundClosed.encode({
      round: round.round,
      value,
      outputs: BigInt(valid.length),
      power,
      total_power: total,
    }),
  );
  const absent = validators.filter(({ operator }) => !present.has(toByteString(operator)));
  recordMisses(ctx, round.round, absent, slashing, addresses);
  forget(ctx, round.round - params.require(ctx).historyRounds);
  open(ctx, round.round + 1n, value);
}

/** Once a window, from so many windows after the due height on. */
function isOverdue(ctx: Context, due: bigint): boolean {
  const { windowBlocks, overdueWindows } = params.require(ctx);
  const late = ctx.block.height - due;
  return overdueWindows > 0n && late >= overdueWindows * windowBlocks && late % windowBlocks === 0n;
}

/** Drops one old round with its proofs: as many as are closed, so that the history stays of one length. */
function forget(ctx: Context, round: bigint): void {
  if (round < 1n || !rounds.has(ctx, round)) return;
  for (const [operator] of outputsOf(ctx, round)) outputs.remove(ctx, [round, operator]);
  rounds.remove(ctx, round);
}
