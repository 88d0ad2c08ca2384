import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from './program.ts';

const never = () => {
  throw new Error('help needs no chain');
};
const program = createProgram({
  version: '1',
  openStateMachine: never,
  storeNames: never,
  proveVrfKey: never,
});

/** Every command with the words that lead to it. */
function commands(command: Command, path: string): [path: string, command: Command][] {
  const inner = command.commands.flatMap((one) => commands(one, `${path} ${one.name()}`));
  return [[path, command], ...inner];
}

test.each(commands(program, 'infinetd'))('%s explains itself, its arguments and its options', (_path, command) => {
  expect(command.helpInformation()).toMatch(/^Usage: infinetd/);
  expect(command.description()).not.toBe('');
  for (const option of command.options) expect(option.description, option.flags).not.toBe('');
  // In a list of commands one line has to do.
  const brief = command.summary() || command.description();
  expect(brief.length, brief).toBeLessThan(130);
});

test.each([
  [['--chain-id', 'a b'], 'chain_id: must be 1 to 50 characters without blanks'],
  [['--chain-id', 'a-1', '--prefix', 'A B'], 'It must be 1 to 20 small letters'],
  [['--chain-id', 'a-1', '--denom', '1x'], 'It must be 3 to 128 letters'],
  [['--chain-id', 'a-1', '--rpc', 'nonsense'], 'It must look like 127.0.0.1:26657'],
  [['--chain-id', 'a-1', '--grpc', '127.0.0.1:99999'], 'It must look like 127.0.0.1:26657'],
])('init with %j says what is wrong and makes nothing', async (flags, problem) => {
  const home = join(tmpdir(), `infinet-no-home-${process.pid}`);
  const refusing = createProgram({ version: '1', openStateMachine: never, storeNames: never, proveVrfKey: never });
  for (const one of refusing.commands) one.exitOverride().configureOutput({ writeErr: () => {} });
  const init = refusing.parseAsync(['init', 'alice', ...flags, '--home', home], { from: 'user' });
  await expect(init).rejects.toThrow(problem);
  expect(existsSync(home)).toBe(false);
});
