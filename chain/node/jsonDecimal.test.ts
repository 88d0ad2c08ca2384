import fc from 'fast-check';
import { expect, test } from 'vitest';
import { microFromDecimal, microFromJson } from './jsonDecimal.ts';

test('digits survive that a float would round', () => {
  expect(microFromJson('{"p": 9007199254740.993001}', '/p')).toBe(9007199254740993001n);
  expect(microFromJson('{"p": 0.1}', '/p')).toBe(100000n);
  expect(microFromJson('{"p": "67123.4567891"}', '/p')).toBe(67123456789n);
});

test('exponents shift the point', () => {
  expect(microFromJson('6.7e4', '')).toBe(67000000000n);
  expect(microFromJson('67e-6', '')).toBe(67n);
});

test('any positive price comes back to its six places', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (micro) => {
      const text = `${micro / 1000000n}.${(micro % 1000000n).toString().padStart(6, '0')}`;
      expect(microFromJson(`{"a":[{"b/c":${text}}]}`, '/a/0/b~1c')).toBe(micro);
      expect(microFromDecimal(text)).toBe(micro);
    }),
  );
});

test.each([
  ['-1', '', 'cannot be negative'],
  ['0', '', 'cannot be zero'],
  ['0.0000001', '', 'cannot be zero'],
  ['1e400', '', 'too large'],
  ['1e9999', '', 'not a decimal'],
  ['9223372036854.775808', '', 'too large'],
  ['"1_000"', '', 'not a decimal'],
  ['"NaN"', '', 'not a decimal'],
  ['"0x10"', '', 'not a decimal'],
  ['null', '', 'neither a number nor'],
  ['{"p": [1]}', '/p', 'neither a number nor'],
  ['{"p": 1}', '/q', 'nothing at /q'],
  ['{"p": 1}', '/__proto__/x', 'nothing at'],
  ['{"p": 1}', '/p/0', 'nothing at'],
  ['[1]', '/length', 'neither a number nor'],
  ['{', '', 'JSON'],
])('%s at %j is no price: %s', (text, pointer, complaint) => {
  expect(() => microFromJson(text, pointer)).toThrow(complaint);
});
