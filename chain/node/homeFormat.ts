import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError, reason } from './failure.ts';
import { homePaths } from './paths.ts';
import { replaceText } from './replaceText.ts';

/** The newest layout of a home's folder. Files with a format of their own (keys, state) are not meant. */
export const homeFormat = 2;

/** From each older format to the next one: changes the files of a home that no process uses, and may run again after a crash. */
export type HomeMigrations = ReadonlyMap<number, (home: string) => void>;

/** The first format had no file that says it, and is otherwise the same. */
const migrations: HomeMigrations = new Map([[1, () => {}]]);

const formatShape = z.object({ format: z.int().min(1) });

/** Marks a home as one of the newest format. */
export function writeHomeFormat(home: string, format: number = homeFormat): void {
  replaceText(homePaths(home).format, `${JSON.stringify({ format })}\n`);
}

/**
 * Brings a home that the caller has locked to the newest format, one step after the other, and returns the one that it had. Throws an
 * `OperatorError` for a home of newer software, and for one that no step leads on from.
 */
export function migrateHome(home: string, steps: HomeMigrations = migrations, newest: number = homeFormat): number {
  const found = formatOf(home);
  if (found > newest) {
    throw new OperatorError(
      `${home} is a home of format ${found}, this software knows formats up to ${newest}: start the software that made it`,
    );
  }
  for (let format = found; format < newest; format++) {
    const step = steps.get(format);
    if (step === undefined) {
      throw new OperatorError(
        `${home} is a home of format ${format}, which this software cannot bring to ${newest}: make a new home with "infinetd ` +
          'init" and copy config/ and keyring/ over',
      );
    }
    step(home);
    writeHomeFormat(home, format + 1);
  }
  return found;
}

function formatOf(home: string): number {
  const path = homePaths(home).format;
  if (!existsSync(path)) return 1;
  try {
    return formatShape.parse(JSON.parse(readFileSync(path, 'utf8'))).format;
  } catch (error) {
    throw new OperatorError(`${path} is damaged: ${reason(error)}. Write {"format":${homeFormat}} into it`, {
      cause: error,
    });
  }
}
