import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

/** A program of its own: it wires the chain's modules, which this one knows only by their events, messages and formulas. */
const program = fileURLToPath(new URL('../../economy/main.ts', import.meta.url));

export function addSimulateCommand(parent: Command): void {
  parent
    .command('simulate')
    .summary("run the chain's economy over Bitcoin's prices and draw the white paper's figures")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]', 'see "infinet simulate --help"')
    .action(async (options: string[]) => {
      const child = spawn(process.execPath, [program, ...options], { stdio: 'inherit' });
      const [code] = await once(child, 'exit');
      process.exitCode = typeof code === 'number' ? code : 1;
    });
}
