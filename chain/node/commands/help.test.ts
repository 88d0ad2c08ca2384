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
