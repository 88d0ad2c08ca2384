/** Seconds of the first and last moment that RFC 3339 can write: years 1 to 9999. */
const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;
/** A duration is nanoseconds in 64 bits (`MaxDurationSeconds` of cosmossdk.io/x/tx). */
const maxDurationSeconds = (1n << 63n) / 1_000_000_000n - 1n;

/** `"2026-01-02T03:04:05.6Z"`: no more digits of a second than needed. Throws on times that cannot be written. */
export function timestampText(seconds: bigint, nanos: bigint): string {
  if (nanos < 0n) throw new Error('nanos must be non-negative on timestamp');
  const whole = seconds + nanos / 1_000_000_000n;
  if (whole < firstSecond || whole > lastSecond)
    throw new Error(`${seconds} seconds are outside of the years 1 to 9999`);
  const date = dateText(whole);
  const fraction = (nanos % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `"${date}${fraction === '' ? '' : `.${fraction}`}Z"`;
}

/** Nanoseconds as text. Throws where they do not fit into 64 bits. */
export function durationText(seconds: bigint, nanos: bigint): string {
  if (seconds > maxDurationSeconds) throw new Error(`${seconds} seconds would overflow an int64 as nanoseconds`);
  return `"${BigInt.asIntN(64, nanos + seconds * 1_000_000_000n)}"`;
}

/** The civil date of a count of seconds (H. Hinnant, "chrono-compatible low-level date algorithms"). */
function dateText(seconds: bigint): string {
  const day = floorDivide(seconds, 86_400n);
  const rest = seconds - day * 86_400n;
  const shifted = day + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const marchMonth = (5n * dayOfYear + 2n) / 153n;
  const month = marchMonth < 10n ? marchMonth + 3n : marchMonth - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  const dayOfMonth = dayOfYear - (153n * marchMonth + 2n) / 5n + 1n;
  const two = (value: bigint) => value.toString().padStart(2, '0');
  const clock = [rest / 3600n, (rest / 60n) % 60n, rest % 60n].map(two).join(':');
  return `${year.toString().padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}T${clock}`;
}

function floorDivide(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by);
}
