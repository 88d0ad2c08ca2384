import type { timestamp } from '../sdk/codec/index.ts';

/** Times are nanoseconds since the Unix epoch, as in `ctx.block.time`; text is always UTC. */

const nanosPerSecond = 1_000_000_000n;

export function toTimestamp(time: bigint): timestamp.Timestamp {
  const nanos = ((time % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  return { seconds: (time - nanos) / nanosPerSecond, nanos: Number(nanos) };
}

export function fromTimestamp({ seconds, nanos }: timestamp.Timestamp): bigint {
  return seconds * nanosPerSecond + BigInt(nanos);
}

/** "2026-11-23T22:05:12Z", without fractions: Go's `time.RFC3339`. */
export function rfc3339(time: bigint): string {
  return `${calendar(time)}Z`;
}

/** As protobuf's JSON writes a timestamp: 0, 3, 6 or 9 digits of fraction. */
export function jsonTime(time: bigint): string {
  const fraction = fractionOf(time);
  const short = fraction.replace(/(000){1,3}$/, '');
  return `${calendar(time)}${short === '' ? '' : `.${short}`}Z`;
}

/** "2026-11-23T22:05:12.000000000": text in the order of time, for keys (the SDK's `SortableTimeFormat`). */
export function sortableTime(time: bigint): string {
  return `${calendar(time)}.${fractionOf(time)}`;
}

/** Reads RFC 3339 in UTC with up to 9 digits of fraction, and what `sortableTime` writes. Throws a `RangeError`. */
export function parseTime(text: string): bigint {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z?$/.exec(text);
  const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  if (match === null || Number.isNaN(milliseconds)) throw new RangeError(`not a UTC time: ${JSON.stringify(text)}`);
  return BigInt(milliseconds) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

function calendar(time: bigint): string {
  const { seconds } = toTimestamp(time);
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
}

function fractionOf(time: bigint): string {
  return toTimestamp(time).nanos.toString().padStart(9, '0');
}

const secondsText = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** Reads protobuf's JSON of a duration, "1814400s" or "0.5s", as nanoseconds. Throws a `RangeError`. */
export function parseDuration(text: string): bigint {
  const match = secondsText.exec(text);
  if (match === null) throw new RangeError(`not a duration in seconds: ${JSON.stringify(text)}`);
  const nanos = BigInt(match[2] ?? '0') * nanosPerSecond + BigInt((match[3] ?? '').padEnd(9, '0'));
  return match[1] === '-' ? -nanos : nanos;
}

/** The inverse of `parseDuration`. */
export function jsonDuration(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : '';
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = (magnitude % nanosPerSecond)
    .toString()
    .padStart(9, '0')
    .replace(/(000){1,3}$/, '');
  return `${sign}${magnitude / nanosPerSecond}${fraction === '' ? '' : `.${fraction}`}s`;
}
