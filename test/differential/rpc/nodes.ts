import { execFileSync, spawn } from 'node:child_process';
import { coins } from '@cosmjs/stargate';
import { Client, credentials } from '@grpc/grpc-js';
import { z } from 'zod';
import { ensureCometbft } from '../../../chain/node/cometbft.ts';
import { localnetAppState } from '../../../chain/node/defaultState.ts';
import { buildGenesis, writeGenesis } from '../../../chain/node/genesis.ts';
import { initHome } from '../../../chain/node/home.ts';
import { testSeeds } from '../../../chain/node/nodeKeys.ts';
import { homePaths } from '../../../chain/node/paths.ts';
import { eventually, freePorts, infinetd, type RunningNode, running } from '../../e2e/node.ts';
import { chainId, denom, keyOf } from '../keys.ts';
import { simdBinary } from '../simd.ts';

export const user = keyOf('a0');
export const owner = keyOf('val0');
/** What the user and the validator's owner have, in the bond denom. */
export const funds = '1000000000000';

/** A running chain and the ports where clients find it. */
export interface Node {
  readonly rpc: number;
  readonly grpc: number;
  readonly rest: number;
  readonly node: RunningNode;
}

const heightShape = z.looseObject({ sync_info: z.looseObject({ latest_block_height: z.coerce.number() }) });

/** Resolves when the chain has a block of this height. */
export async function reached(node: Node, height: number): Promise<void> {
  await eventually(`block ${height}`, node.node, async () => {
    const status = await rpc(node, 'status').catch(() => undefined);
    return status !== undefined && heightShape.parse(status).sync_info.latest_block_height >= height ? true : undefined;
  });
}

/** Ends a chain and waits for it. */
export async function stop({ node }: Node): Promise<void> {
  node.process.kill('SIGTERM');
  await node.ended;
}

/** The result of CometBFT's RPC; throws its error. */
export async function rpc(node: Node, method: string, params: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${node.rpc}/${method}?${new URLSearchParams(params)}`);
  const { result, error } = z
    .looseObject({ result: z.unknown().optional(), error: z.unknown().optional() })
    .parse(await response.json());
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

/** A unary call, bytes in and bytes out; throws the status and its text. */
export function grpc(node: Node, path: string, request: Uint8Array): Promise<Buffer> {
  const client = new Client(`127.0.0.1:${node.grpc}`, credentials.createInsecure());
  const bytes = (part: Buffer) => part;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, bytes, bytes, Buffer.from(request), (error, value) =>
      error === null ? resolve(value ?? Buffer.alloc(0)) : reject(new Error(`${error.code} ${error.details}`)),
    );
  }).finally(() => client.close());
}

/** A chain of one validator run by the real Cosmos SDK. */
export async function startSimd(home: string): Promise<Node> {
  const binary = simdBinary();
  const [rpcPort = 0, p2p = 0, grpcPort = 0, rest = 0, pprof = 0] = await freePorts(5);
  const run = (...args: string[]) => execFileSync(binary, [...args, '--home', home], { stdio: 'pipe' });
  const ring = ['--keyring-backend', 'test'];
  run('init', 'rpc', '--chain-id', chainId);
  run('keys', 'import-hex', 'owner', Buffer.from(owner.privateKey).toString('hex'), ...ring);
  run('genesis', 'add-genesis-account', owner.text, `${funds}${denom}`);
  run('genesis', 'add-genesis-account', user.text, `${funds}${denom}`);
  run('genesis', 'gentx', 'owner', `500000000000${denom}`, '--chain-id', chainId, ...ring);
  run('genesis', 'collect-gentxs');
  const node = running(
    spawn(
      binary,
      [
        ...['start', '--home', home, '--minimum-gas-prices', `0${denom}`, '--log_level', 'error'],
        ...['--rpc.laddr', `tcp://127.0.0.1:${rpcPort}`, '--p2p.laddr', `tcp://127.0.0.1:${p2p}`],
        ...['--rpc.pprof_laddr', `127.0.0.1:${pprof}`, '--consensus.create_empty_blocks_interval', '1s'],
        ...['--grpc.enable', '--grpc.address', `127.0.0.1:${grpcPort}`, '--grpc-web.enable=false'],
        ...['--api.enable', '--api.address', `tcp://127.0.0.1:${rest}`],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    ),
  );
  return { rpc: rpcPort, grpc: grpcPort, rest, node };
}

/** The same chain run by infinetd and CometBFT. */
export async function startOurs(home: string): Promise<Node> {
  const [abci = 0, api = 0, rpcPort = 0, p2p = 0, grpcPort = 0, rest = 0] = await freePorts(6);
  const identity = await initHome({
    home,
    moniker: 'rpc',
    cometbft: await ensureCometbft(),
    seeds: testSeeds('rpc'),
    comet: {
      rpc: `127.0.0.1:${rpcPort}`,
      p2p: `127.0.0.1:${p2p}`,
      local: true,
      timeoutCommitMs: 500,
      logLevel: 'error',
    },
    config: {
      abci: `127.0.0.1:${abci}`,
      api: `127.0.0.1:${api}`,
      grpc: `127.0.0.1:${grpcPort}`,
      rest: `127.0.0.1:${rest}`,
      minimumGasPrices: '',
      invariantPeriod: 1,
      oracleIntervalMs: 1000,
      prices: [],
    },
  });
  const genesis = buildGenesis({
    chainId,
    prefix: 'cosmos',
    denom,
    accounts: [owner, user].map(({ text }) => ({ address: text, coins: coins(funds, denom) })),
    validators: [
      {
        moniker: 'rpc',
        account: owner.address,
        publicKey: identity.validatorPublicKey,
        tokens: 500_000_000_000n,
        vrfPublicKey: identity.vrfPublicKey,
      },
    ],
    modules: localnetAppState(denom),
  });
  writeGenesis(homePaths(home).genesis, genesis);
  const node = infinetd('start', '--comet', '--home', home);
  return { rpc: rpcPort, grpc: grpcPort, rest, node };
}
