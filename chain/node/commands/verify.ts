import type { Command } from 'commander';
import type { StoreReport } from '../../store/verify.ts';
import { ensureCometbft } from '../cometbft.ts';
import { loadConfig } from '../config.ts';
import { OperatorError, reason } from '../failure.ts';
import { bech32Prefix, readGenesis } from '../genesis.ts';
import { lockHome } from '../lock.ts';
import { homePaths } from '../paths.ts';
import { verifyComet } from '../verifyComet.ts';
import { type HomeFlag, homeOption, print, say } from './shared.ts';

/** Reads the whole state in a folder; `chain/main.ts` knows the names of its stores. */
export type VerifyState = (options: {
  readonly chainId: string;
  readonly bech32Prefix: string;
  readonly stateFolder: string;
}) => Promise<StoreReport>;

interface VerifyFlags extends HomeFlag {
  readonly comet: boolean;
}

export function addVerifyCommand(program: Command, verifyState: VerifyState): void {
  program
    .command('verify')
    .summary('check the files of a home')
    .description(
      'Reads the files of a node that does not run and changes none: settings, genesis, every checksum and hash of the ' +
        "state, and CometBFT's last block and app hash. Names what is damaged; the exit status is 1 then.",
    )
    .option('--no-comet', "leave CometBFT's files alone")
    .addOption(homeOption())
    .action(async (flags: VerifyFlags) => {
      const paths = homePaths(flags.home);
      loadConfig(paths.config);
      const genesis = readGenesis(paths.genesis);
      const lock = lockHome(paths.lock);
      try {
        const chain = { chainId: genesis.chain_id, bech32Prefix: bech32Prefix(genesis) };
        const state = await readState(verifyState, { ...chain, stateFolder: paths.state });
        const comet = flags.comet
          ? await verifyComet(await ensureCometbft({ onProgress: say }), paths, state)
          : { height: 0n, signed: undefined, problems: [] };
        const problems = [...state.problems, ...comet.problems];
        print({
          sound: problems.length === 0,
          height: state.height.toString(),
          app_hash: state.appHash,
          checkpoint: state.checkpoint.toString(),
          oldest: state.oldest.toString(),
          log_records: state.records,
          tree_nodes: state.nodes,
          entries: state.entries,
          ...(flags.comet
            ? { comet_height: comet.height.toString(), signed_height: comet.signed?.toString() ?? null }
            : {}),
          notes: state.notes,
          problems,
        });
        if (problems.length > 0) throw new OperatorError(`${problems.length} problems: ${problems[0]}`);
      } finally {
        lock.release();
      }
    });
}

async function readState(verifyState: VerifyState, options: Parameters<VerifyState>[0]): Promise<StoreReport> {
  try {
    return await verifyState(options);
  } catch (error) {
    throw new OperatorError(`cannot read the state in ${options.stateFolder}: ${reason(error)}`, { cause: error });
  }
}
