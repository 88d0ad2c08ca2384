import { fromBech32, toBech32 } from '@cosmjs/encoding';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bech32 } from './bech32.ts';

const prefix = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
const bytes = fc.uint8Array({ minLength: 0, maxLength: 255 });

describe('Bech32', () => {
  it('writes and reads what CosmJS does', () => {
    fc.assert(
      fc.property(prefix, bytes, (name, data) => {
        const codec = new Bech32(name);
        const text = toBech32(name, data, 1023);
        expect(codec.encode(data)).toBe(text);
        expect(codec.decode(text)).toEqual(Uint8Array.from(data));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['A12UEL5L', 'a'],
    ['A12UEL5l', 'a'],
    ['a12uel5m', 'a'],
    ['1pzry9x0s0muk', 'x'],
    ['x1b4n0q5v', 'x'],
    ['li1dgmt3', 'li'],
    ['split1cheo2y9e2w', 'split'],
    ['', 'a'],
    ['a1', 'a'],
  ])('leaves %j to whoever says what is wrong with it', (text, name) => {
    expect(new Bech32(name).decode(text)).toBeUndefined();
  });

  it.each(['a12uel5l', 'an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs'])(
    'reads %j of BIP-173: nothing behind a prefix',
    (text) => {
      expect(new Bech32(text.slice(0, text.lastIndexOf('1'))).decode(text)).toEqual(new Uint8Array());
    },
  );

  it('never takes a text with one character changed, as no other reader does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(31), (data, place, value) => {
        const text = toBech32('infinet', data);
        const at = 'infinet1'.length + (place % (text.length - 'infinet1'.length));
        const changed = text.slice(0, at) + ('qpzry9x8gf2tvdw0s3jn54khce6mua7l'[value] ?? '') + text.slice(at + 1);
        fc.pre(changed !== text);
        expect(new Bech32('infinet').decode(changed)).toBeUndefined();
        expect(() => fromBech32(changed)).toThrow();
      }),
    );
  });

  it('refuses padding that is not zero, or a whole character of it', () => {
    // 8 bits in two characters leave two of padding; of four characters one is too many.
    expect(new Bech32('a').decode(texts.padded)).toBeUndefined();
    expect(new Bech32('a').decode(texts.tooLong)).toBeUndefined();
  });
});

/** Valid checksums over groups that are no bytes, by a checksum written out as in BIP-173. */
const texts = { padded: withChecksum('a', [0, 1]), tooLong: withChecksum('a', [0, 0, 0]) };

function withChecksum(name: string, data: readonly number[]): string {
  const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  const codes = [...name].map((character) => character.charCodeAt(0));
  const all = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...data, 0, 0, 0, 0, 0, 0];
  let state = 1;
  for (const value of all) {
    const top = state >>> 25;
    state = ((state & 0x1ffffff) << 5) ^ value;
    for (const [bit, term] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries()) {
      if ((top >>> bit) & 1) state ^= term;
    }
  }
  state ^= 1;
  const sum = [5, 4, 3, 2, 1, 0].map((at) => (state >>> (5 * at)) & 31);
  return `${name}1${[...data, ...sum].map((value) => charset[value]).join('')}`;
}
