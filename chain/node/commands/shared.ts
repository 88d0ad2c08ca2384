import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Option } from 'commander';

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

/** What is told to people goes to standard error, so that standard output holds results alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A result: JSON on standard output. */
export function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
