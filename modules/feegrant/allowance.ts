import type { Context } from '../../chain/context.ts';
import { ensure, fail, sdkErrors } from '../../chain/errors.ts';
import { type Coin, coinsProblem, coinsText, readCoins, subCoins } from '../../chain/math/coins.ts';
import { fromTimestamp, toTimestamp } from '../../chain/time.ts';
import { readField } from '../../chain/tx/wire.ts';
import { type duration, feegrant, type protoAny, type timestamp } from '../../sdk/codec/index.ts';
import { feegrantErrors } from './errors.ts';

export const basicUrl = '/cosmos.feegrant.v1beta1.BasicAllowance';
export const periodicUrl = '/cosmos.feegrant.v1beta1.PeriodicAllowance';
export const allowedMessagesUrl = '/cosmos.feegrant.v1beta1.AllowedMsgAllowance';

/** Fees up to a limit, until a moment. */
export interface BasicAllowance {
  readonly kind: 'basic';
  /** Empty for no limit. */
  readonly spendLimit: readonly Coin[];
  /** Nanoseconds since the Unix epoch. */
  readonly expiration: bigint | undefined;
}

/** A limit for each period within a basic one. */
export interface PeriodicAllowance {
  readonly kind: 'periodic';
  readonly basic: BasicAllowance;
  /** Nanoseconds. */
  readonly period: bigint;
  readonly periodSpendLimit: readonly Coin[];
  readonly periodCanSpend: readonly Coin[];
  /** When `periodCanSpend` is filled up again, nanoseconds since the Unix epoch. */
  readonly periodReset: bigint;
}

/** Another allowance, for some messages only. */
export interface AllowedMessagesAllowance {
  readonly kind: 'messages';
  readonly allowance: BasicAllowance | PeriodicAllowance | AllowedMessagesAllowance | undefined;
  /** Type URLs. */
  readonly messages: readonly string[];
}

/** Never changed in place: using one gives a new one. */
export type Allowance = BasicAllowance | PeriodicAllowance | AllowedMessagesAllowance;

/** Go's zero time, which stands in state where a client gave none: the year 1. */
const zeroTime = -62_135_596_800_000_000_000n;
const periodResetField = 5;
const lastTime = 253_402_300_800_000_000_000n;

/** Throws `sdk` 2 on a type that is no allowance, and on amounts and times that Go cannot decode. */
export function readAllowance({ typeUrl, value }: protoAny.Any): Allowance {
  switch (typeUrl) {
    case basicUrl:
      return readBasic(feegrant.BasicAllowance.decode(value));
    case periodicUrl: {
      const periodic = feegrant.PeriodicAllowance.decode(value);
      return {
        kind: 'periodic',
        basic: readBasic(periodic.basic),
        period: fromDuration(periodic.period),
        periodSpendLimit: readCoins(periodic.periodSpendLimit),
        periodCanSpend: readCoins(periodic.periodCanSpend),
        periodReset: hasField(value, periodResetField) ? (readTime(periodic.periodReset) ?? zeroTime) : zeroTime,
      };
    }
    case allowedMessagesUrl: {
      const { allowance, allowedMessages } = feegrant.AllowedMsgAllowance.decode(value);
      const inner = allowance === undefined ? undefined : readAllowance(allowance);
      return { kind: 'messages', allowance: inner, messages: allowedMessages };
    }
    default:
      return fail(
        sdkErrors.txDecode,
        `no concrete type registered for type URL ${typeUrl} against interface *feegrant.FeeAllowanceI`,
      );
  }
}

/** Decoders give the year 1970 for a time that is absent. */
function hasField(bytes: Uint8Array, number: number): boolean {
  for (let offset = 0; offset < bytes.length; ) {
    const field = readField(bytes, offset);
    if (field.number === number) return true;
    offset = field.end;
  }
  return false;
}

function readBasic(basic: feegrant.BasicAllowance | undefined): BasicAllowance {
  const spendLimit = readCoins(basic?.spendLimit ?? []);
  return { kind: 'basic', spendLimit, expiration: readTime(basic?.expiration) };
}

function readTime(time: timestamp.Timestamp | undefined): bigint | undefined {
  if (time === undefined) return undefined;
  const nanos = fromTimestamp(time);
  const isGood = time.nanos >= 0 && time.nanos < 1_000_000_000 && nanos >= zeroTime && nanos < lastTime;
  ensure(isGood, sdkErrors.txDecode, `timestamp of ${time.seconds} seconds and ${time.nanos} nanos is out of range`);
  return nanos;
}

function fromDuration(length: duration.Duration | undefined): bigint {
  const nanos = (length?.seconds ?? 0n) * 1_000_000_000n + BigInt(length?.nanos ?? 0);
  ensure(BigInt.asIntN(64, nanos) === nanos, sdkErrors.txDecode, 'a duration is out of range');
  return nanos;
}

/** The form of state and queries, as Go writes it. */
export function packAllowance(allowance: Allowance): protoAny.Any {
  switch (allowance.kind) {
    case 'basic':
      return { typeUrl: basicUrl, value: feegrant.BasicAllowance.encode(basicMessage(allowance)).finish() };
    case 'periodic': {
      const { basic, period, periodSpendLimit, periodCanSpend, periodReset } = allowance;
      const message: feegrant.PeriodicAllowance = {
        basic: basicMessage(basic),
        period: { seconds: period / 1_000_000_000n, nanos: Number(period % 1_000_000_000n) },
        periodSpendLimit: [...periodSpendLimit],
        periodCanSpend: [...periodCanSpend],
        periodReset: toTimestamp(periodReset),
      };
      return { typeUrl: periodicUrl, value: feegrant.PeriodicAllowance.encode(message).finish() };
    }
    case 'messages': {
      const inner = allowance.allowance === undefined ? undefined : packAllowance(allowance.allowance);
      const message = { allowance: inner, allowedMessages: [...allowance.messages] };
      return { typeUrl: allowedMessagesUrl, value: feegrant.AllowedMsgAllowance.encode(message).finish() };
    }
  }
}

function basicMessage({ spendLimit, expiration }: BasicAllowance): feegrant.BasicAllowance {
  return {
    spendLimit: [...spendLimit],
    expiration: expiration === undefined ? undefined : toTimestamp(expiration),
  };
}

/** When the allowance ends, nanoseconds since the Unix epoch; undefined for never. */
export function expirationOf(allowance: Allowance): bigint | undefined {
  switch (allowance.kind) {
    case 'basic':
      return allowance.expiration;
    case 'periodic':
      return allowance.basic.expiration;
    case 'messages':
      return expirationOf(requireInner(allowance));
  }
}

export function requireInner({ allowance }: AllowedMessagesAllowance): Allowance {
  return allowance ?? fail(feegrantErrors.noAllowance, 'failed to get allowance');
}

/** Throws what the SDK's `ValidateBasic` of allowances does. */
export function validateAllowance(allowance: Allowance): void {
  switch (allowance.kind) {
    case 'basic': {
      const { spendLimit, expiration } = allowance;
      requireValid(spendLimit, 'send');
      if (expiration !== undefined && expiration < 0n) {
        fail(feegrantErrors.invalidDuration, 'expiration time cannot be negative');
      }
      return;
    }
    case 'periodic': {
      const { basic, period, periodSpendLimit, periodCanSpend } = allowance;
      validateAllowance(basic);
      requireValid(periodSpendLimit, 'spend');
      ensure(periodSpendLimit.length > 0, sdkErrors.invalidCoins, 'spend limit must be positive');
      requireValid(periodCanSpend, 'can spend');
      const denoms = new Set(basic.spendLimit.map(({ denom }) => denom));
      if (denoms.size > 0 && !periodSpendLimit.every(({ denom }) => denoms.has(denom))) {
        fail(sdkErrors.invalidCoins, 'period spend limit has different currency than basic spend limit');
      }
      ensure(period >= 0n, feegrantErrors.invalidDuration, 'negative clock step');
      return;
    }
    case 'messages':
      ensure(allowance.allowance !== undefined, feegrantErrors.noAllowance, 'allowance should not be empty');
      ensure(allowance.messages.length > 0, feegrantErrors.noMessages, "allowed messages shouldn't be empty");
      validateAllowance(requireInner(allowance));
  }
}

/** `name` as the SDK's texts have it. */
function requireValid(coins: readonly Coin[], name: 'send' | 'spend' | 'can spend'): void {
  if (coinsProblem(coins) !== undefined) fail(sdkErrors.invalidCoins, `${name} amount is invalid: ${coinsText(coins)}`);
}

/** What paying a fee leaves: the new allowance, or undefined when it is used up. Throws a `CodedError` to refuse. */
export function spend(
  ctx: Context,
  allowance: Allowance,
  fee: readonly Coin[],
  messages: readonly { readonly typeUrl: string }[],
): Allowance | undefined {
  switch (allowance.kind) {
    case 'basic': {
      const { spendLimit } = allowance;
      if (spendLimit.length === 0) return allowance;
      const left = subCoins(spendLimit, fee) ?? fail(feegrantErrors.limitExceeded, 'basic allowance');
      return left.length === 0 ? undefined : { ...allowance, spendLimit: left };
    }
    case 'periodic':
      return spendPeriodic(filledUp(allowance, ctx.block.time), fee);
    case 'messages': {
      requireAllowed(ctx, allowance.messages, messages);
      const left = spend(ctx, requireInner(allowance), fee, messages);
      return left === undefined ? undefined : { ...allowance, allowance: left };
    }
  }
}

function spendPeriodic(allowance: PeriodicAllowance, fee: readonly Coin[]): PeriodicAllowance | undefined {
  const { basic } = allowance;
  const periodCanSpend = subCoins(allowance.periodCanSpend, fee) ?? fail(feegrantErrors.limitExceeded, 'period limit');
  if (basic.spendLimit.length === 0) return { ...allowance, periodCanSpend };
  const left = subCoins(basic.spendLimit, fee) ?? fail(feegrantErrors.limitExceeded, 'absolute limit');
  return left.length === 0 ? undefined : { ...allowance, periodCanSpend, basic: { ...basic, spendLimit: left } };
}

/** A period that has ended starts anew with what it may spend, never more than what is left in all. */
function filledUp(allowance: PeriodicAllowance, time: bigint): PeriodicAllowance {
  const { basic, period, periodSpendLimit, periodReset } = allowance;
  if (time < periodReset) return allowance;
  const isShort = basic.spendLimit.length > 0 && subCoins(basic.spendLimit, periodSpendLimit) === undefined;
  // Steps from the last reset, unless nothing was spent for longer than a period.
  const next = periodReset + period;
  return {
    ...allowance,
    periodCanSpend: isShort ? basic.spendLimit : periodSpendLimit,
    periodReset: time > next ? time + period : next,
  };
}

/** Gas a name, of the list and of the tx each. */
const gasPerName = 10n;

function requireAllowed(
  ctx: Context,
  allowed: readonly string[],
  messages: readonly { readonly typeUrl: string }[],
): void {
  ctx.gas.consume(gasPerName * BigInt(allowed.length), 'check msg');
  const names = new Set(allowed);
  for (const { typeUrl } of messages) {
    ctx.gas.consume(gasPerName, 'check msg');
    if (!names.has(typeUrl)) fail(feegrantErrors.messageNotAllowed, 'message does not exist in allowed messages');
  }
}
