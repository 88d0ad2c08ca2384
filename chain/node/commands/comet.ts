import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import { ensureCometbft } from '../cometbft.ts';
import { type HomeFlag, homeOption, say } from './shared.ts';

export function addCometCommand(program: Command): void {
  program
    .command('comet')
    .summary('run CometBFT on this home')
    .description(
      'Passes everything on to CometBFT, with its --home set: "infinetd comet show-node-id". Put --home of this ' +
        'command before the arguments.',
    )
    .argument('<arguments...>')
    .addOption(homeOption())
    .passThroughOptions()
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: readonly string[], flags: HomeFlag) => {
      const binary = await ensureCometbft({ onProgress: say });
      const child = spawn(binary, ['--home', flags.home, ...args], { stdio: 'inherit' });
      // The terminal sends Ctrl-C to both; this process waits for CometBFT to end by itself.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
      const [code] = await once(child, 'exit');
      process.exitCode = typeof code === 'number' ? code : 1;
    });
}
