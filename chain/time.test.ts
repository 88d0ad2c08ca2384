import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fromTimestamp,
  jsonDuration,
  jsonTime,
  parseDuration,
  parseTime,
  rfc3339,
  sortableTime,
  toTimestamp,
} from './time.ts';

/** From year 1, where Go's zero time lies, to the last that four digits write. */
const times = fc.bigInt(-62_135_596_800n * 1_000_000_000n, 253_402_300_799n * 1_000_000_000n);

describe('times', () => {
  test('are written as Go writes them', () => {
    const time = 1_700_000_000_120_000_000n;
    expect(rfc3339(time)).toBe('2023-11-14T22:13:20Z');
    expect(jsonTime(time)).toBe('2023-11-14T22:13:20.120Z');
    expect(sortableTime(time)).toBe('2023-11-14T22:13:20.120000000');
    expect(rfc3339(-62_135_596_800_000_000_000n)).toBe('0001-01-01T00:00:00Z');
    expect(jsonTime(0n)).toBe('1970-01-01T00:00:00Z');
  });

  test('come back as they were from every form, and sort as text', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        expect(fromTimestamp(toTimestamp(a))).toBe(a);
        expect(toTimestamp(a).nanos).toBeGreaterThanOrEqual(0);
        expect(parseTime(jsonTime(a))).toBe(a);
        expect(parseTime(sortableTime(a))).toBe(a);
        expect(sortableTime(a) < sortableTime(b)).toBe(a < b);
      }),
    );
  });

  test.each([
    '',
    'yesterday',
    '2023-11-14',
    '2023-13-14T22:13:20Z',
    '2023-11-14T22:13:20+01:00',
    '2023-11-14T22:13:20.Z',
  ])('%j is no time', (text) => {
    expect(() => parseTime(text)).toThrow(RangeError);
  });
});

describe('durations', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), (nanos) => {
        expect(parseDuration(jsonDuration(nanos))).toBe(nanos);
      }),
    );
    expect(jsonDuration(1_814_400_000_000_000n)).toBe('1814400s');
    expect(jsonDuration(-500_000_000n)).toBe('-0.500s');
  });

  test.each(['', '5', '5m', '1e3s', '.5s', '5.s'])('%j is no duration', (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
  });
});
