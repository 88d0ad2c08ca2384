import { type Command, InvalidArgumentError, Option } from 'commander';
import { ensureCometbft } from '../cometbft.ts';
import { createLogger } from '../logging.ts';
import { runNode } from '../node.ts';
import type { OpenStateMachine } from '../stateMachine.ts';
import { type HomeFlag, homeOption, say } from './shared.ts';

interface StartFlags extends HomeFlag {
  readonly comet: boolean;
  readonly transport?: 'socket' | 'grpc';
  readonly unsafeSkipUpgrades: readonly bigint[];
}

/** `10,20`, and the option may be given several times. */
function heights(text: string, before: readonly bigint[]): readonly bigint[] {
  if (/^[1-9]\d{0,17}(,[1-9]\d{0,17})*$/.test(text)) return [...before, ...text.split(',').map(BigInt)];
  throw new InvalidArgumentError('It must be heights such as 1000 or 1000,2000.');
}

export function addStartCommand(program: Command, version: string, openStateMachine: OpenStateMachine): void {
  program
    .command('start')
    .summary('run the node')
    .description(
      'Serves the state machine to CometBFT until SIGTERM or SIGINT. With --comet it also runs CometBFT itself; when ' +
        'either of the two ends, the other is stopped and the exit status is 1.',
    )
    .option('--comet', 'run CometBFT as well', false)
    .addOption(
      new Option(
        '--transport <kind>',
        'how CometBFT talks to infinetd (default: abci.transport of infinet.toml)',
      ).choices(['socket', 'grpc']),
    )
    .addOption(
      new Option(
        '--unsafe-skip-upgrades <heights>',
        'go on with this software at the heights of these planned upgrades; all operators must agree, or the chain forks',
      )
        .argParser(heights)
        .default([], 'none'),
    )
    .addOption(homeOption())
    .action(async (flags: StartFlags) => {
      const stop = new AbortController();
      // A parent that started this process over IPC, as the local network does, takes it along when it ends.
      for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(event, () => stop.abort());
      // The channel alone must not keep a node alive that has failed to start.
      process.channel?.unref();
      await runNode({
        home: flags.home,
        version,
        transport: flags.transport,
        skipUpgrades: flags.unsafeSkipUpgrades,
        openStateMachine,
        createLogger,
        stop: stop.signal,
        comet: flags.comet
          ? {
              binary: () => ensureCometbft({ onProgress: say }),
              onLine: (line) => process.stdout.write(`[cometbft] ${line}\n`),
            }
          : undefined,
      });
    });
}
