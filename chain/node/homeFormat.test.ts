import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { homeFormat, migrateHome, writeHomeFormat } from './homeFormat.ts';

let home: string;
const marker = () => readFileSync(join(home, 'config', 'home.json'), 'utf8');

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'infinet-format-'));
  mkdirSync(join(home, 'config'));
});
afterEach(() => rmSync(home, { recursive: true }));

test('a home from before there were formats is of the first one and is brought to the newest', () => {
  expect(migrateHome(home)).toBe(1);
  expect(JSON.parse(marker())).toEqual({ format: homeFormat });
  expect(migrateHome(home)).toBe(homeFormat);
});

test('an old home goes through each step once, in order, and from where it stopped', () => {
  const done: number[] = [];
  let broken = true;
  const steps = new Map(
    [1, 2, 3].map((format): [number, () => void] => [
      format,
      () => {
        if (format === 3 && broken) throw new Error('the disk is full');
        done.push(format);
      },
    ]),
  );
  expect(() => migrateHome(home, steps, 4)).toThrow('the disk is full');
  expect(JSON.parse(marker())).toEqual({ format: 3 });
  broken = false;
  expect(migrateHome(home, steps, 4)).toBe(3);
  expect(done).toEqual([1, 2, 3]);
});

test('a home of newer software, one without a way on and a damaged mark are refused with what to do', () => {
  writeHomeFormat(home, 9);
  expect(() => migrateHome(home)).toThrow(
    `format 9, this software knows formats up to ${homeFormat}: start the software`,
  );
  writeHomeFormat(home, 1);
  expect(() => migrateHome(home, new Map(), 2)).toThrow('make a new home with "infinetd init"');
  writeFileSync(join(home, 'config', 'home.json'), '{"format":"x"}');
  expect(() => migrateHome(home)).toThrow('home.json is damaged');
});
