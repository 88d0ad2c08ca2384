/**
 * Values in URLs as Go reads them (strconv, encoding/base64), with its error texts: clients of the Cosmos SDK's REST see
 * them.
 */

/** `ParseInt` or `ParseUint` of so many bits. Base 0 takes `0x`, `0o`, `0b`, a leading zero for octal, and underscores. */
export function parseInteger(name: 'ParseInt' | 'ParseUint', text: string, bits: 32 | 64, base: 0 | 10 = 0): bigint {
  const wrong = (why: string) => new Error(`strconv.${name}: parsing ${JSON.stringify(text.slice(0, 100))}: ${why}`);
  const match = /^([+-]?)(.*)$/s.exec(text);
  const [, sign = '', digits = ''] = match ?? [];
  if (name === 'ParseUint' && sign !== '') throw wrong('invalid syntax');
  const magnitude = digits.length > 100 ? undefined : readDigits(digits, base);
  if (magnitude === undefined) throw wrong('invalid syntax');
  const value = sign === '-' ? -magnitude : magnitude;
  const half = 1n << BigInt(bits - 1);
  const fits = name === 'ParseUint' ? value < half * 2n : value >= -half && value < half;
  if (!fits) throw wrong('value out of range');
  return value;
}

function readDigits(text: string, base: 0 | 10): bigint | undefined {
  if (/^(0|[1-9]\d*)$/.test(text) || (base === 10 && /^\d+$/.test(text))) return BigInt(text);
  if (base === 10) return undefined;
  const plain = text.replace(/(?<=[0-9a-fA-FxXoObB])_(?=[0-9a-fA-F])/g, '').toLowerCase();
  if (/^(0x[0-9a-f]+|0o[0-7]+|0b[01]+|[1-9]\d*)$/.test(plain)) return BigInt(plain);
  return /^0[0-7]+$/.test(plain) ? BigInt(`0o${plain.slice(1)}`) : undefined;
}

export function parseBool(text: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${JSON.stringify(text.slice(0, 100))}: invalid syntax`);
}

const standard = /^[A-Za-z0-9+/]$/;
const urlSafe = /^[A-Za-z0-9_-]$/;

/** Base64 with padding, in the standard or the URL alphabet. */
export function parseBase64(text: string): Uint8Array {
  if (base64Problem(text, standard) === undefined) return Uint8Array.from(Buffer.from(text, 'base64'));
  const problem = base64Problem(text, urlSafe);
  if (problem === undefined) return Uint8Array.from(Buffer.from(text, 'base64url'));
  throw new Error(`illegal base64 data at input byte ${problem}`);
}

/** Index that Go reports: of the first wrong character, or where the group of four began that the text ends in. */
function base64Problem(text: string, alphabet: RegExp): number | undefined {
  const clean = text.replace(/[\r\n]/g, '');
  const padding = /={0,2}$/.exec(clean)?.[0].length ?? 0;
  const body = clean.length - padding;
  for (let at = 0; at < body; at++) if (!alphabet.test(clean.charAt(at))) return at;
  if (padding === 1 && body % 4 === 2) return clean.length;
  if (clean.length % 4 !== 0) return body - (body % 4);
  return padding > 0 && body % 4 === 1 ? body : undefined;
}
