import { type Command, InvalidArgumentError } from 'commander';
import { emptyExtensions } from '../../app/extensionSource.ts';
import { defaultNodeSettings } from '../../app/options.ts';
import { silentLogger } from '../../logger.ts';
import { exportedGenesis } from '../exportGenesis.ts';
import { OperatorError, reason } from '../failure.ts';
import { bech32Prefix, readGenesis } from '../genesis.ts';
import { lockHome } from '../lock.ts';
import { homePaths } from '../paths.ts';
import type { OpenStateMachine } from '../stateMachine.ts';
import { type HomeFlag, homeOption, print } from './shared.ts';

interface ExportFlags extends HomeFlag {
  readonly height: bigint;
  readonly chainId?: string;
}

function heightOf(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('It must be a height, or 0 for the last one.');
}

export function addExportCommand(program: Command, openStateMachine: OpenStateMachine): void {
  program
    .command('export')
    .summary('write the state as a genesis')
    .description(
      'Writes the state of a height to standard output as the genesis of a chain that goes on from it, of a node that does ' +
        'not run. Begin the new chain with it in config/genesis.json of homes without data.',
    )
    .option('--height <height>', 'a height whose state is kept; the last one if 0', heightOf, 0n)
    .option('--chain-id <id>', 'name of the new chain; that of the old one if left out')
    .addOption(homeOption())
    .action(async (flags: ExportFlags) => {
      const paths = homePaths(flags.home);
      const genesis = readGenesis(paths.genesis);
      const lock = lockHome(paths.lock);
      try {
        const machine = await openStateMachine({
          chainId: genesis.chain_id,
          bech32Prefix: bech32Prefix(genesis),
          stateFolder: paths.state,
          logger: silentLogger,
          settings: defaultNodeSettings,
          extensions: () => emptyExtensions,
        });
        try {
          print(exportedGenesis(flags.chainId ?? genesis.chain_id, machine.exportState(flags.height)));
        } finally {
          await machine.close();
        }
      } catch (error) {
        throw new OperatorError(`cannot export the state in ${paths.state}: ${reason(error)}`, { cause: error });
      } finally {
        lock.release();
      }
    });
}
