import type { Context } from '../../chain/context.ts';
import type { Conduct, Params, Round } from '../../proto/generated/infinet/beacon/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { toByteString } from '../../sdk/codec/byteString.ts';
import { outputMissed, roundOverdue } from './events.ts';
import type { BeaconSlashing, BondedValidator } from './expected.ts';
import { activeKey } from './keys.ts';
import { conductOf, conducts, outputs, params } from './state.ts';

const NANOS = 1_000_000_000n;

/** What stands in the event `slash`. */
const REASON = 'randomness_withheld';

/**
 * Withholding is one bit of bias for each identity and round. Who does it in a round that closed is on record; in a window
 * of rounds the first misses are borne (machines restart), each further one burns stake, and after many the validator is
 * jailed. Validators without a key owe nothing to a round that closes.
 */
export function recordMisses(
  ctx: Context,
  round: bigint,
  absent: readonly BondedValidator[],
  slashing: BeaconSlashing,
  addresses: AddressCodec,
): void {
  const settings = params.require(ctx);
  for (const { operator } of absent) {
    if (activeKey(ctx, operator, round) === undefined) continue;
    const counted = countMiss(conductOf(ctx, operator), round, settings);
    ctx.log.emit(outputMissed.encode({ round, operator: addresses.accountText(operator) }));
    const isCostly = settings.penaltyWindowRounds > 0n && counted.windowMissed > settings.freeMisses;
    const isJailed = isCostly && settings.jailMisses > 0n && counted.windowMissed >= settings.jailMisses;
    conducts.set(ctx, operator, isJailed ? released(counted) : counted);
    if (!isCostly) continue;
    const jailNanos = isJailed ? settings.jailSeconds * NANOS : 0n;
    slashing.punish(ctx, operator, { fractionMicro: settings.slashFractionPpm, reason: REASON, jailNanos });
  }
}

function countMiss(conduct: Conduct, round: bigint, { penaltyWindowRounds }: Params): Conduct {
  const isOver = conduct.windowRound === 0n || round >= conduct.windowRound + penaltyWindowRounds;
  return {
    ...conduct,
    missed: conduct.missed + 1n,
    windowRound: isOver ? round : conduct.windowRound,
    windowMissed: isOver ? 1n : conduct.windowMissed + 1n,
  };
}

/** Who goes to jail begins with a clean window when it is back. */
function released(conduct: Conduct): Conduct {
  return { ...conduct, windowRound: 0n, windowMissed: 0n, jailed: conduct.jailed + 1n };
}

/**
 * Unblocks a round that stays open because a third of the power or more gives it nothing usable: once a window, whoever
 * still owes it an output is jailed, bad proofs first, then those who said nothing, then those without a key (who lose no stake),
 * the strongest first. Less than a third of the power at a time, and one validator at least, so that consensus goes on; and only
 * while more than half of the power has delivered: where most have not, the software is at fault, and waiting is right.
 */
export function jailOverdue(
  ctx: Context,
  round: Round,
  validators: readonly BondedValidator[],
  slashing: BeaconSlashing,
  addresses: AddressCodec,
): void {
  const { slashFractionPpm, jailSeconds } = params.require(ctx);
  const graded = validators
    .map((validator) => ({ validator, grade: gradeOf(ctx, round.round, validator.operator) }))
    .sort((a, b) => a.grade - b.grade || byPower(a.validator, b.validator));
  const total = powerOf(validators);
  const delivered = powerOf(graded.filter(({ grade }) => grade === DELIVERED).map(({ validator }) => validator));
  if (delivered * 2n <= total) return;
  let jailed = 0n;
  for (const { validator, grade } of graded) {
    const { operator, power } = validator;
    if (grade === DELIVERED || (jailed > 0n && (jailed + power) * 3n >= total)) continue;
    jailed += power;
    const conduct = conductOf(ctx, operator);
    conducts.set(ctx, operator, { ...conduct, jailed: conduct.jailed + 1n });
    const fractionMicro = grade === KEYLESS ? 0n : slashFractionPpm;
    slashing.punish(ctx, operator, { fractionMicro, reason: REASON, jailNanos: jailSeconds * NANOS });
    ctx.log.emit(roundOverdue.encode({ round: round.round, operator: addresses.accountText(operator) }));
  }
}

const BAD_PROOF = 0;
const SILENT = 1;
const KEYLESS = 2;
const DELIVERED = 3;

function gradeOf(ctx: Context, round: bigint, operator: Uint8Array): number {
  const output = outputs.get(ctx, [round, operator]);
  if (output !== undefined) return output.valid ? DELIVERED : BAD_PROOF;
  return activeKey(ctx, operator, round) === undefined ? KEYLESS : SILENT;
}

function byPower(a: BondedValidator, b: BondedValidator): number {
  if (a.power !== b.power) return a.power > b.power ? -1 : 1;
  return toByteString(a.operator) < toByteString(b.operator) ? -1 : 1;
}

export function powerOf(validators: readonly BondedValidator[]): bigint {
  return validators.reduce((sum, { power }) => sum + power, 0n);
}
