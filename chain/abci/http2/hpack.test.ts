import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompressionError, decodeHuffman, HpackDecoder } from './hpack.ts';

const limit = 16_384;

/** Requests of RFC 7541, appendix C: the same three without (C.3) and with (C.4) Huffman's code. */
const requests = {
  'C.3': [
    '828684410f7777772e6578616d706c652e636f6d',
    '828684be58086e6f2d6361636865',
    '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
  ],
  'C.4': [
    '828684418cf1e3c2e5f23a6ba0ab90f4ff',
    '828684be5886a8eb10649cbf',
    '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
  ],
};

const lists = [
  [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'www.example.com'],
  ],
  [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'www.example.com'],
    ['cache-control', 'no-cache'],
  ],
  [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':path', '/index.html'],
    [':authority', 'www.example.com'],
    ['custom-key', 'custom-value'],
  ],
];

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

describe('header blocks of HTTP/2', () => {
  for (const [section, blocks] of Object.entries(requests)) {
    it(`are read as in ${section} of RFC 7541, each with what the ones before left in the table`, () => {
      const decoder = new HpackDecoder(limit);
      expect(blocks.map((block) => decoder.decode(hex(block)))).toEqual(lists);
    });
  }

  it('keep the table within its size: what was pushed out has no index any more', () => {
    const decoder = new HpackDecoder(limit);
    const custom = hex(requests['C.3'][2]?.slice(8) ?? '');
    expect(decoder.decode(custom)).toEqual([['custom-key', 'custom-value']]);
    expect(decoder.decode(hex('be'))).toEqual([['custom-key', 'custom-value']]);
    // The size becomes 0, then 4096 again (RFC 7541, 6.3): both in front of a block.
    expect(decoder.decode(hex('203fe11f'))).toEqual([]);
    expect(() => decoder.decode(hex('be'))).toThrow(CompressionError);
  });

  it.each([
    ['an index that no table has', 'c5'],
    ['index 0', '80'],
    ['a table larger than 4096 bytes', '3fe21f'],
    ['a new size of the table behind a field', '8220'],
    ['a string that is longer than the block', '000561'],
    ['a block that ends inside a field', '40'],
    ['an integer of too many bytes', 'ffffffffffffffff'],
    ['padding of zeros', '000081f00161'],
    ['padding of more than 7 bits', '000082' + '1fff' + '0161'],
    ['the code of the end of a string', '000084ffffffff0161'],
  ])('are refused with %s', (_what, block) => {
    expect(() => new HpackDecoder(limit).decode(hex(block))).toThrow(CompressionError);
  });

  it('are refused when their fields add up to more than the limit, however short the block', () => {
    const decoder = new HpackDecoder(1000);
    decoder.decode(Buffer.concat([hex('400161'), Buffer.of(100), Buffer.alloc(100, 'x')]));
    expect(() => decoder.decode(Buffer.alloc(9, 0xbe))).toThrow('a header list of over 1000 bytes');
  });

  it('end in a list or in an error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (blocks) => {
        const decoder = new HpackDecoder(limit);
        try {
          for (const block of blocks) decoder.decode(Buffer.from(block));
        } catch (error) {
          expect(error).toBeInstanceOf(CompressionError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("Huffman's code", () => {
  it('reads a string of RFC 7541', () => {
    expect(decodeHuffman(hex('9d29ad171863c78f0b97c8e9ae82ae43d3'))).toBe('https://www.example.com');
    expect(decodeHuffman(Buffer.alloc(0))).toBe('');
  });
});
