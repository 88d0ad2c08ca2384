import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { ensureCometbft } from '../cometbft.ts';
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
    .option('--prefix <text>', 'Bech32 prefix of addresses', 'infinet')
    .option('--denom <denom>', 'the coin that is staked, in its smallest unit', 'uinf');
  withNewHome(command).action(async (moniker: string, flags: InitFlags) => {
    const paths = homePaths(flags.home);
    const hadGenesis = existsSync(paths.genesis);
    const identity = await makeHome(moniker, flags);
    if (!hadGenesis) {
      const { chainId, prefix, denom } = flags;
      writeGenesis(paths.genesis, buildGenesis({ chainId, prefix, denom, modules: defaultAppState(denom) }));
    }
    print({ home: flags.home, chain_id: flags.chainId, ...describeIdentity(identity) });
  });
}

/** The options of commands that make a home. */
export function withNewHome(command: Command): Command {
  return command
    .option('--rpc <host:port>', 'where CometBFT serves clients', '127.0.0.1:26657')
    .option(
      '--p2p <host:port>',
      'where CometBFT meets other nodes; 0.0.0.0:26656 lets them connect from outside',
      '127.0.0.1:26656',
    )
    .option('--abci <host:port>', 'where infinetd serves CometBFT', '127.0.0.1:26658')
    .option('--api <host:port>', 'where infinetd serves health and metrics', '127.0.0.1:26661')
    .option('--grpc <host:port>', 'where infinetd serves gRPC', '127.0.0.1:9090')
    .option('--rest <host:port>', 'where infinetd serves REST', '127.0.0.1:1317')
    .option('--test-keys <text>', 'derive all keys from this text: PUBLIC, for test networks only')
    .addOption(homeOption());
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
