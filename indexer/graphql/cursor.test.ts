import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

test('a cursor gives back the place it was made from', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string(), { maxLength: 4 }), (order, values) => {
      expect(decodeCursor(encodeCursor({ order, values }), order, values.length)).toEqual({ order, values });
    }),
  );
});

test.each(['', 'x', '!!!', 'e30', 'WzEsMl0', Buffer.from('["id ASC"]').toString('base64url')])(
  '%j is not a cursor',
  (text) => {
    expect(() => decodeCursor(text, 'id ASC', 1)).toThrow('not a cursor of this list');
  },
);

test('a cursor of another order is refused, since its place means nothing there', () => {
  const cursor = encodeCursor({ order: 'id DESC', values: ['3'] });
  expect(() => decodeCursor(cursor, 'id ASC', 1)).toThrow('another order');
});
