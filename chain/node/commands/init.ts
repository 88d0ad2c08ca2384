import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { isDenom } from '../../math/coins.ts';
import { ensureCometbft } from '../cometbft.ts';
import { isHostAndPort } from '../config.ts';
import { defaultAppState } from '../defaultState.ts';
import { buildGenesis, writeGenesis } from '../genesis.ts';
import { initHome } from '../home.ts';
import { type NodeIdentity, testSeeds } from '../nodeKeys.ts';
import { homePaths } from '../paths.ts';
import { type HomeFlag, homeOption, print, say } from './shared.ts';

/** What a new home is made with. */
export interface NewHomeFlags extends HomeFlag {
  readonly testKeys?: string;
  readonly abci: string;
  readonly api: string;
  readonly grpc: string;
  readonly rest: string;
  readonly rpc: string;
  readonly p2p: string;
}

interface InitFlags extends NewHomeFlags {
  readonly chainId: string;
  readonly prefix: string;
  readonly denom: string;
}

export function addInitCommand(program: Command): void {
  const command = program
    .command('init')
    .summary('make a home for a node')
    .description(
      "Makes a node's home: keys, CometBFT's config.toml, infinetd's infinet.toml, and a genesis without accounts or " +
        'validators. To join an existing chain replace config/genesis.json with its genesis.',
    )
    .argument('[moniker]', 'a name for people', hostname())
    .requiredOption('--chain-id <id>', 'name of the chain, such as infinet-1')
    .option('--prefix <text>', 'Bech32 prefix of addresses', prefixOf, 'infinet')
    .option('--denom <denom>', 'the coin that is staked, in its smallest unit', denomOf, 'uinf');
  withNewHome(command).action(async (moniker: string, flags: InitFlags) => {
    const paths = homePaths(flags.home);
    const hadGenesis = existsSync(paths.genesis);
    const { chainId, prefix, denom } = flags;
    // Before the home, which nobody could make again: a bad chain id is found here.
    const genesis = buildGenesis({ chainId, prefix, denom, modules: defaultAppState(denom) });
    const identity = await makeHome(moniker, flags);
    if (!hadGenesis) writeGenesis(paths.genesis, genesis);
    print({ home: flags.home, chain_id: flags.chainId, ...describeIdentity(identity) });
  });
}

/** The options of commands that make a home. */
export function withNewHome(command: Command): Command {
  return command
    .option('--rpc <host:port>', 'where CometBFT serves clients', addressOf, '127.0.0.1:26657')
    .option(
      '--p2p <host:port>',
      'where CometBFT meets other nodes; 0.0.0.0:26656 lets them connect from outside',
      addressOf,
      '127.0.0.1:26656',
    )
    .option('--abci <host:port>', 'where infinetd serves CometBFT', addressOf, '127.0.0.1:26658')
    .option('--api <host:port>', 'where infinetd serves health and metrics', addressOf, '127.0.0.1:26661')
    .option('--grpc <host:port>', 'where infinetd serves gRPC', addressOf, '127.0.0.1:9090')
    .option('--rest <host:port>', 'where infinetd serves REST', addressOf, '127.0.0.1:1317')
    .option('--test-keys <text>', 'derive all keys from this text: PUBLIC, for test networks only')
    .addOption(homeOption());
}

function prefixOf(text: string): string {
  // An address of 32 bytes with it has to fit into the 90 characters of BIP 173, and so does `<prefix>valoper`.
  if (/^[a-z][a-z0-9]{0,19}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 20 small letters and digits, a letter first.');
}

function denomOf(text: string): string {
  if (isDenom(text)) return text;
  throw new InvalidArgumentError('It must be 3 to 128 letters, digits and / : . _ - with a letter first.');
}

function addressOf(text: string): string {
  if (isHostAndPort(text)) return text;
  throw new InvalidArgumentError('It must look like 127.0.0.1:26657.');
}

/** Throws when the folder is a home already. */
export async function makeHome(moniker: string, flags: NewHomeFlags): Promise<NodeIdentity> {
  return initHome({
    home: flags.home,
    moniker,
    cometbft: await ensureCometbft({ onProgress: say }),
    comet: { rpc: flags.rpc, p2p: flags.p2p },
    config: { abci: flags.abci, api: flags.api, grpc: flags.grpc, rest: flags.rest },
    seeds: flags.testKeys === undefined ? undefined : testSeeds(flags.testKeys),
  });
}

export function describeIdentity(identity: NodeIdentity) {
  return {
    node_id: identity.nodeId,
    validator_public_key: Buffer.from(identity.validatorPublicKey).toString('base64'),
    vrf_public_key: Buffer.from(identity.vrfPublicKey).toString('base64'),
  };
}
