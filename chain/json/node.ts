import { Buffer } from 'node:buffer';
import { type Coin, coinsProblem } from '../math/coins.ts';
import { Dec } from '../math/dec.ts';
import { parseAmount } from '../math/integer.ts';

/**
 * A value of a JSON document together with its path, so that every complaint about a genesis names the field:
 * `app_state.bank.balances[3].coins[0].amount: not an integer: "x"`.
 */
export class JsonNode {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  /** Throws an `Error` that begins with the path. */
  fail(problem: string): never {
    throw new Error(`${this.path}: ${problem}`);
  }

  /** True if the value is absent or null, which protobuf's JSON treats alike. */
  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** A field of this object; absent fields give a node whose value is undefined. */
  field(name: string): JsonNode {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail('not an object');
    const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    return new JsonNode(own, `${this.path}.${name}`);
  }

  /** Names of this object's fields, in the order of the document. */
  names(): string[] {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail('not an object');
    return Object.keys(value);
  }

  /** The elements of this list; an absent list is empty. */
  list(): JsonNode[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) return this.fail('not a list');
    return this.value.map((element, at) => new JsonNode(element, `${this.path}[${at}]`));
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.fail('not a text');
  }

  /** Text, or `otherwise` if absent. */
  textOr(otherwise: string): string {
    return this.isAbsent ? otherwise : this.text();
  }

  flag(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('not true or false');
  }

  flagOr(otherwise: boolean): boolean {
    return this.isAbsent ? otherwise : this.flag();
  }

  /** An integer as decimal text, or as a number that is exact. */
  integer(): bigint {
    if (typeof this.value === 'number' && Number.isSafeInteger(this.value)) return BigInt(this.value);
    // Go would read a leading zero as octal; a genesis that says "010" had better say what it means.
    if (typeof this.value !== 'string' || !/^(0|-?[1-9][0-9]*)$/.test(this.value)) {
      return this.fail(`not an integer: ${JSON.stringify(this.value)}`);
    }
    const { value } = this;
    return this.read(() => parseAmount(value));
  }

  /** An unsigned integer of 64 bits; absent means `otherwise`, or is refused without it. */
  u64(otherwise?: bigint): bigint {
    if (this.isAbsent && otherwise !== undefined) return otherwise;
    const value = this.integer();
    return value < 0n || value >= 1n << 64n ? this.fail('not an unsigned 64-bit integer') : value;
  }

  /** An unsigned integer of 32 bits as a number. */
  u32(otherwise?: number): number {
    if (this.isAbsent && otherwise !== undefined) return otherwise;
    const value = this.integer();
    return value < 0n || value >= 1n << 32n ? this.fail('not an unsigned 32-bit integer') : Number(value);
  }

  dec(): Dec {
    const text = this.text();
    return this.read(() => Dec.parse(text));
  }

  /** Bytes in base64. */
  bytes(): Uint8Array {
    const text = this.text();
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') !== text) return this.fail('not base64');
    return Uint8Array.from(bytes);
  }

  coin(): Coin {
    return { denom: this.field('denom').text(), amount: this.field('amount').integer().toString() };
  }

  /** Valid coins: sorted, unique, positive. */
  coins(): Coin[] {
    const coins = this.list().map((node) => node.coin());
    const problem = coinsProblem(coins);
    return problem === undefined ? coins : this.fail(problem);
  }

  /** Runs `parse` and puts the path before what it throws. */
  read<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : String(error));
    }
  }
}
