import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { OperatorError, reason } from '../failure.ts';

/** `--home`, the same in every command: the option, else INFINET_HOME, else ~/.infinet. */
export function homeOption(): Option {
  return new Option('--home <folder>', "the node's home")
    .env('INFINET_HOME')
    .default(join(homedir(), '.infinet'), '~/.infinet')
    .argParser((value: string) => resolve(value));
}

export interface HomeFlag {
  readonly home: string;
}

/** A height as an argument. */
export function heightOf(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('It must be a height, or 0 for the last one.');
}

/** `--height`, 0 if it is left out. The default has words, since no JSON shows a bigint. */
export function heightOption(description: string): Option {
  return new Option('--height <height>', description).argParser(heightOf).default(0n, 'the last one');
}

/** What is told to people goes to standard error, so that standard output holds results alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A result: JSON on standard output. */
export function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** The whole text of a file, of standard input for "-". Throws one sentence. */
export function readInput(path: string): string {
  if (path === '-' && process.stdin.isTTY === true) say('reading standard input until Ctrl-D');
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new OperatorError(`cannot read ${path === '-' ? 'standard input' : path}: ${reason(error)}`, {
      cause: error,
    });
  }
}
