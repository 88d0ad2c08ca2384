import { expect, test } from 'vitest';
import { ClockWatch } from './clockWatch.ts';

const now = 1_800_000_000_000;

function watch() {
  const heard: number[] = [];
  const clock = new ClockWatch(10, (seconds) => heard.push(Math.round(seconds)));
  /** A block whose time is so many seconds before the local clock. */
  const see = (...ages: number[]) => {
    for (const age of ages) clock.see(BigInt(now - age * 1000) * 1_000_000n, now);
  };
  return { clock, heard, see };
}

test('a clock that agrees with the blocks is left alone, one late block included', () => {
  const { clock, heard, see } = watch();
  see(1, 1, 2, 40, 1, 1);
  expect(heard).toEqual([]);
  expect(clock.skewSeconds).toBeCloseTo(1);
});

test.each([
  ['ahead', 30],
  ['behind', -30],
])('a clock that is %s is told once, and again after it was right', (_how, age) => {
  const { heard, see } = watch();
  see(age, age, age, age);
  expect(heard).toEqual([]);
  see(age, age, age);
  expect(heard).toEqual([age]);
  see(0, 0, 0, 0, 0, age, age, age, age, age);
  expect(heard).toEqual([age, age]);
});

test('a node that catches up with old blocks does not blame its clock', () => {
  const { clock, heard, see } = watch();
  see(90_000, 80_000, 70_000, 60_000, 50_000, 40_000);
  expect(heard).toEqual([]);
  expect(clock.skewSeconds).toBeUndefined();
});
