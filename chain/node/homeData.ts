import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Deletes the state and keeps its snapshots and CometBFT's blocks. */
export function removeState(paths: HomePaths): void {
  if (!existsSync(paths.state)) return;
  const names = readdirSync(paths.state).filter((name) => join(paths.state, name) !== paths.snapshots);
  // Without its log and database a folder is an empty one only if the file that names them is gone too.
  for (const name of names.sort()) rmSync(join(paths.state, name), { recursive: true, force: true });
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
