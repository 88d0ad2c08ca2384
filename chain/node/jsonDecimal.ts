/** A JSON number with its own digits, before any float rounded them. */
class JsonNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** The largest price that the chain takes: beyond it the bytes of the extension's uint64 are those of a negative one. */
const MAX_MICRO = 2n ** 63n - 1n;

/**
 * Finds a decimal in a JSON text by JSON pointer (RFC 6901) and returns it in 10^-6, digits beyond the sixth place cut
 * off. The digits come from the text itself, so 0.1 is 100000 and 9007199254740993 keeps its last digit.
 * Throws when the text is not JSON, nothing is there, or the value is not a positive decimal below 2^63 micro.
 */
export function microFromJson(text: string, pointer: string): bigint {
  const root: unknown = JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? new JsonNumber(context?.source ?? String(value)) : value,
  );
  const found = walk(root, pointer);
  if (found instanceof JsonNumber) return microFromDecimal(found.source);
  if (typeof found === 'string') return microFromDecimal(found);
  throw new Error(`${pointer === '' ? 'the document' : pointer} is neither a number nor a decimal string`);
}

/** `"67123.4567891"` is 67123456789n. Throws on anything but a positive decimal, exponent allowed. */
export function microFromDecimal(text: string): bigint {
  const match = /^(-?)(\d{1,64})(?:\.(\d{1,64}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) throw new Error(`not a decimal: ${JSON.stringify(text.slice(0, 80))}`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (sign === '-') throw new Error(`a price cannot be negative: ${text}`);
  const shift = Number(exponent) + 6 - fraction.length;
  const digits = BigInt(whole + fraction);
  const micro = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  if (micro === 0n) throw new Error(`a price cannot be zero: ${text}`);
  if (micro > MAX_MICRO) throw new Error(`the price is too large: ${text}`);
  return micro;
}

function walk(root: unknown, pointer: string): unknown {
  let here = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) {
      throw new Error(`nothing at ${pointer}`);
    }
    here = Object.entries(here).find(([name]) => name === key)?.[1];
  }
  return here;
}
