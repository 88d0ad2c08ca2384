/**
 * Amounts on the wire are text, read as Go's `big.Int.UnmarshalText` reads them, because that is what the Cosmos SDK
 * accepts (`math.Int`, cosmossdk.io/math v1.3.0): a sign, decimal digits, or 0x, 0o, 0b and a leading zero for the bases
 * 16, 8, 2 and 8, with single underscores between digits.
 */

/** Amounts have at most 256 bits, the sign apart. */
export const maxAmountBits = 256n;

const amountLimit = 1n << maxAmountBits;
/** Longer than any amount in any base; guards the conversion, whose cost grows faster than the text. */
const maxTextLength = 1000;

const shapes: readonly [prefix: string, digits: RegExp][] = [
  ['', /^(0|[1-9](_?[0-9])*)$/],
  ['0o', /^0[oO]?((_?[0-7])+)$/],
  ['0x', /^0[xX]((_?[0-9a-fA-F])+)$/],
  ['0b', /^0[bB]((_?[01])+)$/],
];

/** True if `value` fits in 256 bits beside its sign. */
export function isAmount(value: bigint): boolean {
  return value < amountLimit && value > -amountLimit;
}

/** Throws a `RangeError` that says what is wrong with `text`. */
export function parseAmount(text: string): bigint {
  if (text.length > maxTextLength) throw new RangeError(`an amount of ${text.length} characters is too long`);
  const negative = text.startsWith('-');
  const magnitude = negative || text.startsWith('+') ? text.slice(1) : text;
  for (const [prefix, digits] of shapes) {
    const match = digits.exec(magnitude);
    if (match === null) continue;
    const value = BigInt(prefix + (match[1] ?? '').replaceAll('_', ''));
    if (!isAmount(value)) throw new RangeError(`integer out of range; got: ${bitLength(value)}, max: ${maxAmountBits}`);
    return negative ? -value : value;
  }
  throw new RangeError(`not an integer: ${JSON.stringify(text)}`);
}

/** Bits of the magnitude; 0 for 0. */
export function bitLength(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  return magnitude === 0n ? 0 : magnitude.toString(2).length;
}

/** The smaller of two amounts. */
export function minAmount(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
