import { existsSync, renameSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { OperatorError } from '../failure.ts';
import { parseGenesisText, writeGenesis } from '../genesis.ts';
import { checkGenesis } from '../genesisCheck.ts';
import { dataOf, lastSigned, removeData, resetSigned } from '../homeData.ts';
import { lockHome } from '../lock.ts';
import { type NodeIdentity, readIdentity } from '../nodeKeys.ts';
import { homePaths } from '../paths.ts';
import { askHidden } from '../prompt.ts';
import type { OpenStateMachine } from '../stateMachine.ts';
import { describeReport } from './genesis.ts';
import { describeIdentity, makeHome, type NewHomeFlags, withNewHome } from './init.ts';
import { print, readInput, say } from './shared.ts';

interface ImportFlags extends NewHomeFlags {
  readonly moniker: string;
  readonly chainId?: string;
  readonly deleteState: boolean;
  readonly resetSigning: boolean;
}

export function addImportCommand(program: Command, openStateMachine: OpenStateMachine): void {
  const command = program
    .command('import')
    .summary('begin a chain from an exported genesis')
    .description(
      'Checks a genesis as "genesis validate" does and puts it into the home, which is made if it does not exist; ' +
        '"infinetd start" then begins the chain from it. The file may come from "infinetd export" or be in the form that ' +
        'SDK chains write. A home that holds blocks or state is left alone unless you agree to delete them; keys and ' +
        'settings always stay.',
    )
    .argument('[file]', '"-" is standard input', '-')
    .option('--chain-id <id>', 'give the chain another name than the file does')
    .option('--moniker <text>', 'a name for people, if the home is made', hostname())
    .option('--delete-state', 'delete the blocks and the state of the home without asking', false)
    .option(
      '--reset-signing',
      'forget which heights the validator key has signed: only if the chain of those heights is given up for good',
      false,
    );
  withNewHome(command).action(async (file: string, flags: ImportFlags) => {
    const name = file === '-' ? 'standard input' : file;
    const read = parseGenesisText(readInput(file), name);
    const genesis = parseGenesisText(JSON.stringify({ ...read, chain_id: flags.chainId ?? read.chain_id }), name);
    const report = await checkGenesis(genesis, openStateMachine, name);
    const paths = homePaths(flags.home);
    const identity = existsSync(paths.config) ? readIdentity(paths) : await makeHome(flags.moniker, flags);
    const lock = lockHome(paths.lock);
    try {
      const data = dataOf(paths);
      if (data.length > 0) await agreeToDelete(flags, data);
      removeData(paths);
      if (flags.resetSigning) resetSigned(paths);
      const previous = keepPrevious(paths.genesis);
      writeGenesis(paths.genesis, genesis);
      const notes = [...report.notes, ...previous, ...signingNotes(lastSigned(paths), report.initialHeight)];
      print({ home: flags.home, ...describeReport({ ...report, notes }), own: ownPart(identity, report.validators) });
      say(`"infinetd start --comet --home ${flags.home}" begins the chain at height ${report.initialHeight}`);
    } finally {
      lock.release();
    }
  });
}

/** The genesis that was there, aside. */
function keepPrevious(path: string): string[] {
  if (!existsSync(path)) return [];
  const aside = path.replace(/(\.json)?$/, '.previous.json');
  renameSync(path, aside);
  return [`the genesis that was there is ${aside} now`];
}

async function agreeToDelete(flags: ImportFlags, data: readonly string[]): Promise<void> {
  if (flags.deleteState) return;
  say(`${flags.home} holds ${data.join(', ')}: the blocks and the state of a chain.`);
  if (process.stdin.isTTY !== true) {
    throw new OperatorError(
      `${flags.home} holds blocks or state, and nobody can be asked: name an empty --home, or delete them with --delete-state`,
    );
  }
  const answer = await askHidden('Delete them for good? Type "delete": ');
  if (answer.trim() !== 'delete') throw new OperatorError('nothing was imported, nothing was deleted');
}

/** CometBFT signs no height twice, whatever the chain is called. */
function signingNotes(signed: bigint, initialHeight: bigint): string[] {
  if (signed < initialHeight) return [];
  return [
    `the validator key has signed up to height ${signed} and will not sign below it: if the chain of those heights is given ` +
      'up for good, import again with --reset-signing',
  ];
}

/** Whether this home signs from the first block on. */
function ownPart(
  identity: NodeIdentity,
  validators: readonly { readonly publicKey: string; readonly power: string }[],
) {
  const own = describeIdentity(identity);
  const power = validators.find(({ publicKey }) => publicKey === own.validator_public_key)?.power ?? '0';
  return { ...own, power };
}
