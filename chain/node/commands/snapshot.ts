import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { emptyExtensions } from '../../app/extensionSource.ts';
import { defaultNodeSettings } from '../../app/options.ts';
import { silentLogger } from '../../logger.ts';
import { deleteSnapshot, readSnapshot, snapshotBytes, snapshotHeights } from '../../store/snapshotFolder.ts';
import type { Snapshot } from '../../store/snapshots.ts';
import { ensureCometbft } from '../cometbft.ts';
import { OperatorError, reason } from '../failure.ts';
import { bech32Prefix, type Genesis, readGenesis } from '../genesis.ts';
import { setStateAside } from '../homeData.ts';
import { lockHome } from '../lock.ts';
import { type HomePaths, homePaths } from '../paths.ts';
import { askHidden } from '../prompt.ts';
import { dumpSnapshot, loadSnapshot } from '../snapshotArchive.ts';
import type { OpenStateMachine, StateMachine } from '../stateMachine.ts';
import { agreedAppHash } from '../verifyComet.ts';
import { type HomeFlag, heightOf, heightOption, homeOption, print, say } from './shared.ts';

interface Home {
  readonly paths: HomePaths;
  readonly genesis: Genesis;
  /** Of all snapshots. */
  readonly folder: string;
}

/** `infinetd snapshot ...`, named after the SDK's `snapshots`, whose names of subcommands work too. */
export function addSnapshotCommands(program: Command, openStateMachine: OpenStateMachine): void {
  const snapshot = program
    .command('snapshot')
    .alias('snapshots')
    .summary('snapshots of the state: take, hand on, restore')
    .description(
      'Snapshots of the state of a node that does not run. Nodes that join by state sync get those in the home; as files ' +
        'they can be carried elsewhere. A running node takes them by itself: state.snapshot_interval in infinet.toml.',
    );

  snapshot
    .command('create')
    .alias('export')
    .description('Take a snapshot of a height whose state is kept.')
    .addOption(heightOption('which one'))
    .addOption(homeOption())
    .action((flags: HomeFlag & { readonly height: bigint }) =>
      withHome(flags, async (home) => {
        const machine = await open(home, openStateMachine);
        const progress = watchChunks(home.folder);
        try {
          say(`taking a snapshot of height ${flags.height === 0n ? machine.height : flags.height}`);
          const height = await machine.takeSnapshot(flags.height);
          print(describe(home, find(home, height)));
        } finally {
          clearInterval(progress);
          await machine.close();
        }
      }),
    );

  snapshot
    .command('list')
    .description('Show the snapshots of the home, newest first. The node may run.')
    .addOption(homeOption())
    .action((flags: HomeFlag) => {
      const home = homeOf(flags);
      const found = snapshotHeights(home.folder).flatMap((height) => readSnapshot(home.folder, height) ?? []);
      print(found.map((one) => describe(home, one)));
    });

  snapshot
    .command('delete')
    .description('Delete a snapshot.')
    .argument('<height>', 'its height', heightOf)
    .addOption(homeOption())
    .action((height: bigint, flags: HomeFlag) =>
      withHome(flags, async (home) => {
        const found = find(home, height);
        deleteSnapshot(home.folder, height);
        print({ deleted: { height: found.height.toString(), format: found.format } });
      }),
    );

  snapshot
    .command('dump')
    .description('Write a snapshot as one file (tar.gz), to be loaded elsewhere.')
    .argument('<height>', 'its height', heightOf)
    .option('-o, --output <file>', '(default: <chain id>-<height>.tar.gz)')
    .addOption(homeOption())
    .action(async (height: bigint, flags: HomeFlag & { readonly output?: string }) => {
      const home = homeOf(flags);
      const file = resolve(flags.output ?? `${home.genesis.chain_id}-${height}.tar.gz`);
      if (existsSync(file)) throw new OperatorError(`${file} exists already: move it away, or choose another --output`);
      await dumpSnapshot(home.folder, find(home, height), file, sayChunks('wrote'));
      print({ file, height: height.toString() });
    });

  snapshot
    .command('load')
    .description('Take a snapshot out of a file that "snapshot dump" wrote, into the home.')
    .argument('<file>')
    .addOption(homeOption())
    .action((file: string, flags: HomeFlag) =>
      withHome(flags, async (home) => {
        if (!existsSync(file)) throw new OperatorError(`there is no file ${file}`);
        const chain = { chainId: home.genesis.chain_id, bech32Prefix: bech32Prefix(home.genesis) };
        const height = await loadSnapshot(file, home.folder, chain, sayChunks('read'));
        print(describe(home, find(home, height)));
      }),
    );

  addRestoreCommand(snapshot, openStateMachine);
}

interface RestoreFlags extends HomeFlag {
  readonly appHash?: string;
  readonly deleteState: boolean;
}

function addRestoreCommand(snapshot: Command, openStateMachine: OpenStateMachine): void {
  snapshot
    .command('restore')
    .summary('make the state anew from a snapshot')
    .description(
      "Make the state anew from a snapshot of the home. CometBFT's blocks stay: they must reach the snapshot's height, and the " +
        'next start carries out those above it. The result is held to the app hash that the blocks name; the state that was ' +
        'there goes only then. In a home without those blocks the command says how to get them, or to join by state sync.',
    )
    .argument('<height>', 'height of the snapshot', heightOf)
    .option('--app-hash <hex>', 'hold it to this app hash, and do not look at the blocks', appHashOf)
    .option('--delete-state', 'delete the state that is there without asking', false)
    .addOption(homeOption())
    .action((height: bigint, flags: RestoreFlags) =>
      withHome(flags, async (home) => {
        const found = find(home, height);
        const wanted = flags.appHash ?? (await hashOfBlocks(home, height));
        if (existsSync(join(home.paths.state, 'meta.json'))) await agreeToDelete(flags, home);
        const old = setStateAside(home.paths);
        try {
          await restore(home, found, wanted, openStateMachine);
        } catch (error) {
          old.back();
          throw new OperatorError(
            `cannot restore the snapshot of height ${height}, and left the state as it was: ${reason(error)}`,
            { cause: error },
          );
        }
        old.drop();
      }),
    );
}

async function restore(
  home: Home,
  snapshot: Snapshot,
  appHash: string,
  openStateMachine: OpenStateMachine,
): Promise<void> {
  const machine = await open(home, openStateMachine);
  try {
    say(`restoring height ${snapshot.height}`);
    await machine.restoreSnapshot(snapshot, Buffer.from(appHash, 'hex'), sayChunks('restored'));
    print({
      height: machine.height.toString(),
      app_hash: Buffer.from(machine.appHash).toString('hex').toUpperCase(),
    });
  } finally {
    await machine.close();
  }
}

async function hashOfBlocks({ paths }: Home, height: bigint): Promise<string> {
  const agreed = await agreedAppHash(await ensureCometbft({ onProgress: say }), paths, height);
  if (agreed !== undefined) return agreed;
  throw new OperatorError(
    `CometBFT has no block ${height} in ${join(paths.home, 'data')}, and the chain would go on from there. Do one of two things. ` +
      'Bring blocks: stop a node of this chain, or take a backup of one, with blocks up to that height or above, copy its ' +
      'data/blockstore.db, data/state.db and data/evidence.db here (never priv_validator_state.json), and say this command ' +
      'again. Or let peers give the node its state: load the snapshot at one of them ("infinetd snapshot load"), and here, in ' +
      `${paths.cometConfig} under [statesync], set enable = true, rpc_servers to two nodes, trust_height and trust_hash to a ` +
      'block below the snapshot that you know (http://<node>/commit?height=N), and start the node',
  );
}

async function agreeToDelete(flags: RestoreFlags, { paths }: Home): Promise<void> {
  if (flags.deleteState) return;
  if (process.stdin.isTTY !== true) {
    throw new OperatorError(`${paths.state} holds a state, and nobody can be asked: delete it with --delete-state`);
  }
  const answer = await askHidden(`Delete the state in ${paths.state} for good? Type "delete": `);
  if (answer.trim() !== 'delete') throw new OperatorError('nothing was restored, nothing was deleted');
}

async function withHome(flags: HomeFlag, work: (home: Home) => Promise<void>): Promise<void> {
  const home = homeOf(flags);
  const lock = lockHome(home.paths.lock);
  try {
    await work(home);
  } finally {
    lock.release();
  }
}

function homeOf(flags: HomeFlag): Home {
  const paths = homePaths(flags.home);
  return { paths, genesis: readGenesis(paths.genesis), folder: paths.snapshots };
}

async function open({ paths, genesis }: Home, openStateMachine: OpenStateMachine): Promise<StateMachine> {
  try {
    return await openStateMachine({
      chainId: genesis.chain_id,
      bech32Prefix: bech32Prefix(genesis),
      stateFolder: paths.state,
      // What a command takes is deleted by a command, or by the node when it takes its own.
      snapshots: { interval: 0, keepRecent: Number.MAX_SAFE_INTEGER },
      logger: silentLogger,
      settings: defaultNodeSettings,
      extensions: () => emptyExtensions,
    });
  } catch (error) {
    throw new OperatorError(`cannot open the state in ${paths.state}: ${reason(error)}`, { cause: error });
  }
}

function find({ folder }: Home, height: bigint): Snapshot {
  const found = readSnapshot(folder, height);
  if (found !== undefined) return found;
  const heights = snapshotHeights(folder).join(', ');
  throw new OperatorError(
    `there is no snapshot of height ${height}: ${heights === '' ? 'the home has none' : `the home has ${heights}`}`,
  );
}

function describe({ folder }: Home, snapshot: Snapshot) {
  return {
    height: snapshot.height.toString(),
    format: snapshot.format,
    chunks: snapshot.chunks,
    bytes: snapshotBytes(folder, snapshot),
    hash: Buffer.from(snapshot.hash).toString('hex'),
  };
}

/** Tells every second how many chunks were written, which the writer itself does not. */
function watchChunks(folder: string): NodeJS.Timeout {
  return setInterval(() => {
    const [draft] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.tmp')) : [];
    if (draft !== undefined) say(`wrote ${readdirSync(join(folder, draft)).length} chunks`);
  }, 1000);
}

/** At most one line a second, and the last one. */
function sayChunks(verb: string): (done: number, of: number) => void {
  let last = 0;
  return (done, of) => {
    const now = performance.now();
    if (done < of && now - last < 1000) return;
    last = now;
    say(`${verb} ${done} of ${of} chunks`);
  };
}

function appHashOf(text: string): string {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 64 hex digits.');
}
