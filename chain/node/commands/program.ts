import { Command } from 'commander';
import { rollbackStore } from '../../store/rollback.ts';
import { verifyStore } from '../../store/verify.ts';
import { COMETBFT_VERSION } from '../cometbft.ts';
import { OperatorError, reason } from '../failure.ts';
import type { OpenStateMachine } from '../stateMachine.ts';
import { addCometCommand } from './comet.ts';
import { addConfigCommands } from './config.ts';
import { addExportCommand } from './export.ts';
import { addGenesisCommands } from './genesis.ts';
import { addImportCommand } from './import.ts';
import { addInitCommand } from './init.ts';
import { addKeysCommands } from './keys.ts';
import { addRollbackCommand } from './rollback.ts';
import { addSnapshotCommands } from './snapshot.ts';
import { addStartCommand } from './start.ts';
import { addVerifyCommand } from './verify.ts';
import { addVrfCommand, type ProveVrfKey } from './vrf.ts';

/** What the command line needs of the chain; `chain/main.ts` gives it. */
export interface ProgramParts {
  /** Of the software. */
  readonly version: string;
  readonly openStateMachine: OpenStateMachine;
  /** Names of the committed stores of a chain with this Bech32 prefix. */
  readonly storeNames: (bech32Prefix: string) => readonly string[];
  readonly proveVrfKey: ProveVrfKey;
}

export function createProgram({ version, openStateMachine, storeNames, proveVrfKey }: ProgramParts): Command {
  const program = new Command('infinetd')
    .description('A node of AI Infinet: the state machine beside CometBFT.')
    .enablePositionalOptions()
    .showHelpAfterError('(see --help)');
  addInitCommand(program);
  addStartCommand(program, version, openStateMachine);
  addKeysCommands(program);
  addGenesisCommands(program, openStateMachine);
  addExportCommand(program, openStateMachine);
  addImportCommand(program, openStateMachine);
  addSnapshotCommands(program, openStateMachine);
  addCometCommand(program);
  addConfigCommands(program);
  addVrfCommand(program, proveVrfKey);
  addVerifyCommand(program, ({ chainId, bech32Prefix, stateFolder }) =>
    verifyStore(stateFolder, { chainId, bech32Prefix }, storeNames(bech32Prefix)),
  );
  addRollbackCommand(program, ({ chainId, bech32Prefix, stateFolder, blocks }) =>
    rollbackStore(stateFolder, { chainId, bech32Prefix }, storeNames(bech32Prefix), blocks),
  );
  program
    .command('version')
    .summary('show the versions')
    .description('Show the versions of infinetd, of Node and of the CometBFT line that it works with.')
    .action(() => {
      process.stdout.write(`infinetd ${version}\nnode ${process.version}\ncometbft ${COMETBFT_VERSION}\n`);
    });
  return program;
}

/** Carries out the command line of this process. What fails is told on standard error, and the exit status is 1. */
export async function runProgram(parts: ProgramParts): Promise<void> {
  try {
    await createProgram(parts).parseAsync();
  } catch (error) {
    process.stderr.write(`infinetd: ${failureText(error)}\n`);
    process.exitCode = 1;
  }
}

/** What the operator can mend, and what the system refuses, is one sentence; anything else is a bug and keeps its stack. */
function failureText(error: unknown): string {
  const isTold = error instanceof OperatorError || (error instanceof Error && 'syscall' in error);
  if (isTold || !(error instanceof Error)) return reason(error);
  return error.stack ?? error.message;
}
