import { fail, panicError } from '../errors.ts';

/** Decimal places. */
const places = 18;
const one = 10n ** 18n;
const half = one / 2n;
/** Largest magnitude: 256 bits of integer and what 18 decimals add (the SDK's `maxDecBitLen`). */
const limit = 1n << 315n;

/**
 * A decimal with 18 places on a bigint, rounding as the Cosmos SDK's `LegacyDec` (cosmossdk.io/math v1.3.0): `mul` and
 * `quo` round half to even, the `Truncate` forms towards zero, the `RoundUp` forms away from zero for positive values.
 * State and protobuf carry `atoms` as decimal digits, JSON and events carry `toString()`.
 */
export class Dec {
  static readonly zero = new Dec(0n);
  static readonly one = new Dec(one);
  static readonly smallest = new Dec(1n);

  /** The value times 10^18. */
  readonly atoms: bigint;

  private constructor(atoms: bigint) {
    this.atoms = atoms;
  }

  /** Throws `panic` (as the SDK does) beyond 315 bits. */
  static fromAtoms(atoms: bigint): Dec {
    if (atoms >= limit || atoms <= -limit) fail(panicError, 'Int overflow');
    return new Dec(atoms);
  }

  static fromInt(value: bigint): Dec {
    return Dec.fromAtoms(value * one);
  }

  /** `numerator / denominator`, rounded half to even. */
  static ratio(numerator: bigint, denominator: bigint): Dec {
    return Dec.fromInt(numerator).quo(Dec.fromInt(denominator));
  }

  /** Reads "-1", "0.05"; up to 18 places. Throws a `RangeError`. */
  static parse(text: string): Dec {
    const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
    if (match === null || text.length > 120)
      throw new RangeError(`not a decimal: ${JSON.stringify(text.slice(0, 120))}`);
    const fraction = match[3] ?? '';
    if (fraction.length > places) throw new RangeError(`${text} has more than ${places} decimal places`);
    const atoms = BigInt(`${match[2]}${fraction.padEnd(places, '0')}`);
    if (atoms >= limit) throw new RangeError(`decimal ${text} is out of range`);
    return new Dec(match[1] === '-' ? -atoms : atoms);
  }

  /** Reads what `toAtomsText` writes, the form of state and protobuf. Throws a `RangeError`. */
  static parseAtoms(text: string): Dec {
    if (!/^-?[0-9]{1,100}$/.test(text))
      throw new RangeError(`not a decimal in units of 10^-18: ${JSON.stringify(text)}`);
    const atoms = BigInt(text);
    if (atoms >= limit || atoms <= -limit) throw new RangeError(`decimal ${text} is out of range`);
    return new Dec(atoms);
  }

  add(other: Dec): Dec {
    return Dec.fromAtoms(this.atoms + other.atoms);
  }

  sub(other: Dec): Dec {
    return Dec.fromAtoms(this.atoms - other.atoms);
  }

  neg(): Dec {
    return new Dec(-this.atoms);
  }

  mul(other: Dec): Dec {
    return Dec.fromAtoms(chopRound(this.atoms * other.atoms));
  }

  mulTruncate(other: Dec): Dec {
    return Dec.fromAtoms((this.atoms * other.atoms) / one);
  }

  mulRoundUp(other: Dec): Dec {
    return Dec.fromAtoms(chopUp(this.atoms * other.atoms));
  }

  mulInt(factor: bigint): Dec {
    return Dec.fromAtoms(this.atoms * factor);
  }

  quo(other: Dec): Dec {
    return Dec.fromAtoms(chopRound(this.#wideQuotient(other)));
  }

  quoTruncate(other: Dec): Dec {
    return Dec.fromAtoms(this.#wideQuotient(other) / one);
  }

  quoRoundUp(other: Dec): Dec {
    return Dec.fromAtoms(chopUp(this.#wideQuotient(other)));
  }

  /** Truncates. */
  quoInt(divisor: bigint): Dec {
    if (divisor === 0n) fail(panicError, 'division by zero');
    return new Dec(this.atoms / divisor);
  }

  /** The integer part, towards zero. */
  truncateInt(): bigint {
    return this.atoms / one;
  }

  /** The nearest integer, half to even. */
  roundInt(): bigint {
    return chopRound(this.atoms);
  }

  /** The smallest integer not below the value. */
  ceilInt(): bigint {
    const whole = this.atoms / one;
    return this.atoms % one > 0n ? whole + 1n : whole;
  }

  get isZero(): boolean {
    return this.atoms === 0n;
  }

  get isNegative(): boolean {
    return this.atoms < 0n;
  }

  get isPositive(): boolean {
    return this.atoms > 0n;
  }

  equals(other: Dec): boolean {
    return this.atoms === other.atoms;
  }

  lessThan(other: Dec): boolean {
    return this.atoms < other.atoms;
  }

  greaterThan(other: Dec): boolean {
    return this.atoms > other.atoms;
  }

  /** Always 18 places: "0.050000000000000000". */
  toString(): string {
    const digits = (this.isNegative ? -this.atoms : this.atoms).toString().padStart(places + 1, '0');
    const point = digits.length - places;
    return `${this.isNegative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
  }

  /** The value times 10^18 as digits, the form of state and protobuf. */
  toAtomsText(): string {
    return this.atoms.toString();
  }

  /** The quotient times 10^36: the SDK rounds this wide value, after truncating what lies below it. */
  #wideQuotient(divisor: Dec): bigint {
    if (divisor.isZero) fail(panicError, 'division by zero');
    return (this.atoms * one * one) / divisor.atoms;
  }
}

/** Drops 18 places, half to even. */
function chopRound(value: bigint): bigint {
  if (value < 0n) return -chopRound(-value);
  const quotient = value / one;
  const remainder = value % one;
  if (remainder < half) return quotient;
  if (remainder > half) return quotient + 1n;
  return quotient % 2n === 0n ? quotient : quotient + 1n;
}

/** Drops 18 places, upwards; negative values lose their fraction. */
function chopUp(value: bigint): bigint {
  return value > 0n && value % one !== 0n ? value / one + 1n : value / one;
}
