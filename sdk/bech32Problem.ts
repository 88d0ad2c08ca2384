const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const checksumLength = 6;

/** Why a text is not Bech32 (BIP-173), in the words of Go's btcutil, which Cosmos clients see; undefined if it is. */
export function bech32Problem(text: string): string | undefined {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length < 8 || bytes.length > 1023) return `invalid bech32 string length ${bytes.length}`;
  for (const byte of bytes) {
    if (byte < 33 || byte > 126) return `invalid character in string: '${String.fromCharCode(byte)}'`;
  }
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return 'string not all lowercase or all uppercase';
  const separator = lower.lastIndexOf('1');
  if (separator < 1 || separator + 7 > lower.length) return `invalid separator index ${separator}`;
  const prefix = lower.slice(0, separator);
  const values: number[] = [];
  for (const character of lower.slice(separator + 1)) {
    const value = charset.indexOf(character);
    if (value < 0) {
      return `invalid character not part of charset: ${character.charCodeAt(0)}`;
    }
    values.push(value);
  }
  const data = values.slice(0, -checksumLength);
  const given = lower.slice(-checksumLength);
  const expected = checksum(prefix, data);
  if (expected !== given) return `invalid checksum (expected ${expected} got ${given})`;
  // A last group that does not fill a byte may hold four bits at most, all of them zero.
  const spare = (data.length * 5) % 8;
  const last = data.at(-1) ?? 0;
  return spare > 4 || (last & ((1 << spare) - 1)) !== 0 ? 'invalid incomplete group' : undefined;
}

function checksum(prefix: string, data: readonly number[]): string {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const state = polymod([...expanded, ...data, ...Array.from({ length: checksumLength }, () => 0)]) ^ 1;
  return Array.from({ length: checksumLength }, (_, at) => charset[(state >>> (5 * (5 - at))) & 31] ?? '').join('');
}

function polymod(values: readonly number[]): number {
  let state = 1;
  for (const value of values) {
    const top = state >>> 25;
    state = ((state & 0x1ffffff) << 5) ^ value;
    for (const [bit, term] of generator.entries()) if ((top >>> bit) & 1) state ^= term;
  }
  return state;
}
