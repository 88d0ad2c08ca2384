import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { OperatorError, reason } from './failure.ts';
import type { HomePaths } from './paths.ts';
import { replaceText } from './replaceText.ts';

/** The memory of what the validator key has signed survives the data of a chain: it keeps the key from signing twice. */
function isKept(name: string): boolean {
  return name === 'priv_validator_state.json';
}

/** Paths of the blocks and the state in a home; empty for a home that has not started. */
export function dataOf(paths: HomePaths): string[] {
  const folder = dirname(paths.validatorState);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => !isKept(name));
  return names.sort().map((name) => join(folder, name));
}

/** Deletes the blocks and the state; the state first, so that a home half deleted has blocks that it replays or nothing. */
export function removeData(paths: HomePaths): void {
  const first = [paths.state, ...dataOf(paths)];
  for (const path of first) rmSync(path, { recursive: true, force: true });
}

/**
 * Moves the state out of the way of another one and keeps its snapshots; `back` undoes it, `drop` deletes what was moved.
 * What a run left there that was killed goes back first.
 */
export function setStateAside(paths: HomePaths): { readonly back: () => void; readonly drop: () => void } {
  const aside = `${paths.state}.replaced`;
  const back = () => {
    if (!existsSync(aside)) return;
    // Without `meta.json` among it not all of the state had been moved yet, and nothing was put in its place.
    if (existsSync(join(aside, 'meta.json'))) for (const path of stateOf(paths)) rmSync(path, { recursive: true });
    for (const name of readdirSync(aside)) renameSync(join(aside, name), join(paths.state, name));
    rmSync(aside, { recursive: true });
  };
  back();
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const path of stateOf(paths)) renameSync(path, join(aside, basename(path)));
  return { back, drop: () => rmSync(aside, { recursive: true, force: true }) };
}

/** Paths of the state without its snapshots, the log first: a database without it is an earlier state, and whole. */
function stateOf(paths: HomePaths): string[] {
  if (!existsSync(paths.state)) return [];
  const names = readdirSync(paths.state).sort();
  return names.map((name) => join(paths.state, name)).filter((path) => path !== paths.snapshots);
}

const signedShape = z.looseObject({ height: z.coerce.bigint() });

/** Height that the validator key of this home has signed last; 0 where it has not, or where the key is elsewhere. */
export function lastSigned(paths: HomePaths): bigint {
  if (!existsSync(paths.validatorState)) return 0n;
  try {
    return signedShape.parse(JSON.parse(readFileSync(paths.validatorState, 'utf8'))).height;
  } catch (error) {
    throw new OperatorError(`${paths.validatorState} is damaged: ${reason(error)}`, { cause: error });
  }
}

/** Lets the key sign from height 1 on. */
export function resetSigned(paths: HomePaths): void {
  replaceText(paths.validatorState, JSON.stringify({ height: '0', round: 0, step: 0 }, undefined, 2));
}
