/** JSON text as Go's encoding/json writes strings: with `<`, `>`, `&` and the line separators escaped. */
export function goString(text: string): string {
  return JSON.stringify(text.toWellFormed())
    .replace(/[<>&\u2028\u2029\x7f]/g, (char) =>
      char === '\x7f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/\\b/g, (match, at: number, whole: string) => (isEscape(whole, at) ? '\\u0008' : match))
    .replace(/\\f/g, (match, at: number, whole: string) => (isEscape(whole, at) ? '\\u000c' : match));
}

/** Whether the backslash at `at` begins an escape: an even number of backslashes stands before it. */
function isEscape(text: string, at: number): boolean {
  let before = 0;
  while (text[at - 1 - before] === '\\') before++;
  return before % 2 === 0;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** An integer in units of 10^-18, as decimals travel in protobuf, with its point: `1` is `0.000000000000000001`. */
export function decimalWithPoint(digits: string): string {
  const negative = digits.startsWith('-');
  const padded = (negative ? digits.slice(1) : digits).padStart(19, '0');
  return `${negative ? '-' : ''}${padded.slice(0, -18)}.${padded.slice(-18)}`;
}

/** The inverse: `0.1` is `100000000000000000`. Throws on anything but digits with at most 18 of them after the point. */
export function decimalWithoutPoint(text: string): string {
  const match = /^(-?)(\d{1,60})(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) throw new Error(`failed to set decimal string with base 10: ${text.slice(0, 100)}`);
  const [, sign = '', whole = '', rest = ''] = match;
  const digits = BigInt(`${whole}${rest.padEnd(18, '0')}`);
  return `${digits === 0n ? '' : sign}${digits}`;
}

const zeroSeconds = -62_135_596_800n;

/** `2026-11-23T23:05:32.299555848Z`: 0, 3, 6 or 9 digits after the point, as many as are needed. */
export function timestampText(seconds: bigint, nanos: number): string {
  if (seconds < zeroSeconds || seconds > 253_402_300_799n || nanos < 0 || nanos > 999_999_999) {
    throw new Error(`timestamp ${seconds}.${nanos} is outside the years 1 to 9999`);
  }
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${date}${fraction(nanos)}Z`;
}

/** What an absent time is in Go. */
export const zeroTime = '0001-01-01T00:00:00Z';

/** `1814400s`, `1.500s`. */
export function durationText(seconds: bigint, nanos: number): string {
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`;
}

function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = nanos.toString().padStart(9, '0');
  return `.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}
