import type { Command } from 'commander';
import { emptyExtensions } from '../../app/extensionSource.ts';
import { defaultNodeSettings } from '../../app/options.ts';
import { silentLogger } from '../../logger.ts';
import { exportedGenesis } from '../exportGenesis.ts';
import { OperatorError, reason } from '../failure.ts';
import { bech32Prefix, readGenesis } from '../genesis.ts';
import { lockHome } from '../lock.ts';
import { homePaths } from '../paths.ts';
import { replaceText } from '../replaceText.ts';
import type { OpenStateMachine } from '../stateMachine.ts';
import { type HomeFlag, heightOption, homeOption, print } from './shared.ts';

interface ExportFlags extends HomeFlag {
  readonly height: bigint;
  readonly chainId?: string;
  readonly forZeroHeight: boolean;
  readonly jailAllowedAddrs?: readonly string[];
  readonly outputDocument?: string;
}

/** `cosmosvaloper1...,cosmosvaloper1...`, and the option may be given several times. */
function operatorsOf(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((part) => part.trim())];
}

export function addExportCommand(program: Command, openStateMachine: OpenStateMachine): void {
  program
    .command('export')
    .summary('write the state as a genesis')
    .description(
      'Writes the state of a height to standard output as the genesis of a chain that goes on from it, of a node that does ' +
        'not run. "infinetd import" begins a chain from it. A planned upgrade is not part of it.',
    )
    .addOption(heightOption('a height whose state is kept'))
    .option(
      '--for-zero-height',
      'for a chain that begins at height 1: heights in the state count from the exported one',
      false,
    )
    .option(
      '--jail-allowed-addrs <operators>',
      'with --for-zero-height: validators (operator addresses, with commas) that stay; all others are jailed',
      operatorsOf,
    )
    .option('--output-document <file>', 'write it there and not to standard output')
    .option('--chain-id <id>', 'name of the new chain; that of the old one if left out')
    .addOption(homeOption())
    .action(async (flags: ExportFlags) => {
      const { forZeroHeight, jailAllowedAddrs: free } = flags;
      if (free !== undefined && !forZeroHeight) {
        throw new OperatorError('--jail-allowed-addrs has a meaning only with --for-zero-height');
      }
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
          const anew = forZeroHeight ? { free: free && new Set(free) } : undefined;
          const state = machine.exportState(flags.height, anew);
          const exported = exportedGenesis(flags.chainId ?? genesis.chain_id, state, { forZeroHeight });
          if (flags.outputDocument === undefined) print(exported);
          else replaceText(flags.outputDocument, `${JSON.stringify(exported, undefined, 2)}\n`);
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
