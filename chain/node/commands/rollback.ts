import { type Command, InvalidArgumentError } from 'commander';
import { ensureCometbft } from '../cometbft.ts';
import { OperatorError, reason } from '../failure.ts';
import { bech32Prefix, readGenesis } from '../genesis.ts';
import { lockHome } from '../lock.ts';
import { homePaths } from '../paths.ts';
import { runOrFail } from '../subprocess.ts';
import { type HomeFlag, homeOption, print, say } from './shared.ts';

/** Takes blocks back from the committed state and resolves with the height that it is at then. */
export type RollbackState = (options: {
  readonly chainId: string;
  readonly bech32Prefix: string;
  readonly stateFolder: string;
  readonly blocks: number;
}) => Promise<bigint>;

interface RollbackFlags extends HomeFlag {
  readonly blocks: number;
  readonly comet: boolean;
}

function blockCount(text: string): number {
  if (/^([1-9]|10)$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 1 to 10.');
}

export function addRollbackCommand(program: Command, rollbackState: RollbackState): void {
  program
    .command('rollback')
    .summary('take the last blocks back')
    .description(
      'Takes the last blocks back from the state and from CometBFT, of a node that does not run. The node then makes ' +
        'them anew with its peers. For a state that went wrong, after the program was mended; a validator must never ' +
        'sign a height twice: its priv_validator_state.json stays as it is.',
    )
    .option('--blocks <number>', 'how many, 1 to 10', blockCount, 1)
    .option('--no-comet', "leave CometBFT's blocks alone: it hands them to the state again at the next start")
    .addOption(homeOption())
    .action(async (flags: RollbackFlags) => {
      const paths = homePaths(flags.home);
      const genesis = readGenesis(paths.genesis);
      const lock = lockHome(paths.lock);
      try {
        const binary = flags.comet ? await ensureCometbft({ onProgress: say }) : undefined;
        // The state first: interrupted in between, CometBFT is ahead and replays its blocks. It refuses the reverse.
        const height = await takeBack(rollbackState, {
          chainId: genesis.chain_id,
          bech32Prefix: bech32Prefix(genesis),
          stateFolder: paths.state,
          blocks: flags.blocks,
        });
        for (let block = 0; binary !== undefined && block < flags.blocks; block++) {
          await runOrFail(binary, ['rollback', '--hard', '--home', flags.home]);
        }
        print({ height: height.toString() });
      } finally {
        lock.release();
      }
    });
}

async function takeBack(rollbackState: RollbackState, options: Parameters<RollbackState>[0]): Promise<bigint> {
  try {
    return await rollbackState(options);
  } catch (error) {
    throw new OperatorError(`cannot roll back the state in ${options.stateFolder}: ${reason(error)}`, { cause: error });
  }
}
