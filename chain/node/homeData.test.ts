import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setStateAside } from './homeData.ts';
import { homePaths } from './paths.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'infinet-home-'));
  const { state, snapshots } = homePaths(home);
  mkdirSync(join(snapshots, '7'), { recursive: true });
  for (const name of ['log-1', 'meta.json', 'state.mdb']) writeFileSync(join(state, name), `old ${name}`);
});
afterEach(() => rmSync(home, { recursive: true }));

/** Names in the folder of the state, and what is left beside it. */
function found() {
  const { state } = homePaths(home);
  return { names: readdirSync(state).sort(), aside: existsSync(`${state}.replaced`) };
}
const whole = { names: ['log-1', 'meta.json', 'snapshots', 'state.mdb'], aside: false };

test('a state that was set aside comes back, in the place of what was put there', () => {
  const { state } = homePaths(home);
  const old = setStateAside(homePaths(home));
  expect(found()).toEqual({ names: ['snapshots'], aside: true });
  for (const name of ['meta.json', 'restore.tmp']) writeFileSync(join(state, name), 'new');
  old.back();
  expect(found()).toEqual(whole);
  expect(readFileSync(join(state, 'meta.json'), 'utf8')).toBe('old meta.json');
});

test('a state that was set aside goes once another one is there', () => {
  const old = setStateAside(homePaths(home));
  old.drop();
  expect(found()).toEqual({ names: ['snapshots'], aside: false });
});

test('what a killed run had set aside, whole or in part, is there again before the next one', () => {
  const { state } = homePaths(home);
  setStateAside(homePaths(home));
  writeFileSync(join(state, 'meta.json'), 'half done');
  setStateAside(homePaths(home)).back();
  expect(found()).toEqual(whole);
  mkdirSync(`${state}.replaced`);
  renameSync(join(state, 'log-1'), join(`${state}.replaced`, 'log-1'));
  setStateAside(homePaths(home)).back();
  expect(found()).toEqual(whole);
  expect(readFileSync(join(state, 'meta.json'), 'utf8')).toBe('old meta.json');
});
