import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBech32 } from '@cosmjs/encoding';
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { BroadcastTxError, coins, SigningStargateClient } from '@cosmjs/stargate';
import { connectComet } from '@cosmjs/tendermint-rpc';
import { ensureCometbft } from '../../chain/node/cometbft.ts';
import { localnetAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis, writeGenesis } from '../../chain/node/genesis.ts';
import { initHome } from '../../chain/node/home.ts';
import { testSeeds } from '../../chain/node/nodeKeys.ts';
import { homePaths } from '../../chain/node/paths.ts';
import { eventually, freePorts, infinetd, type RunningNode, ready } from './node.ts';

// A public test mnemonic (BIP-39's own example); never holds anything of value.
const mnemonic = `${'abandon '.repeat(11)}about`;

export const denom = 'uinf';

/** One validator in a folder of its own, with a funded account and a CosmJS client that signs for it. */
export class SingleNode {
  readonly home: string;
  readonly chainId: string;
  readonly ports: Readonly<Record<'abci' | 'api' | 'rpc' | 'grpc' | 'rest', number>>;
  readonly wallet: DirectSecp256k1HdWallet;
  readonly sender: string;
  readonly #prices: Server;
  #node: RunningNode | undefined;
  #client: SigningStargateClient | undefined;

  private constructor(parts: Pick<SingleNode, 'home' | 'chainId' | 'ports' | 'wallet' | 'sender'>, prices: Server) {
    this.home = parts.home;
    this.chainId = parts.chainId;
    this.ports = parts.ports;
    this.wallet = parts.wallet;
    this.sender = parts.sender;
    this.#prices = prices;
  }

  /** Makes the home and the genesis: 10^12 uinf for the sender, half of it bonded. */
  static async create(name: string, minimumGasPrices = ''): Promise<SingleNode> {
    const home = mkdtempSync(join(tmpdir(), `infinet-${name}-`));
    rmSync(home, { recursive: true });
    const [abci = 0, api = 0, rpc = 0, p2p = 0, grpc = 0, rest = 0] = await freePorts(6);
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: 'infinet' });
    const sender = (await wallet.getAccounts())[0]?.address ?? '';
    const { server: prices, url } = await servePrice();
    const identity = await initHome({
      home,
      moniker: name,
      cometbft: await ensureCometbft(),
      seeds: testSeeds(name),
      comet: { rpc: `127.0.0.1:${rpc}`, p2p: `127.0.0.1:${p2p}`, local: true, timeoutCommitMs: 200, logLevel: 'error' },
      config: {
        abci: `127.0.0.1:${abci}`,
        api: `127.0.0.1:${api}`,
        grpc: `127.0.0.1:${grpc}`,
        rest: `127.0.0.1:${rest}`,
        minimumGasPrices,
        invariantPeriod: 1,
        oracleIntervalMs: 250,
        prices: [{ symbol: 'BTC', sources: [{ url, pointer: '/last' }] }],
      },
    });
    const chainId = `${name}-1`;
    const genesis = buildGenesis({
      chainId,
      prefix: 'infinet',
      denom,
      accounts: [{ address: sender, coins: coins('1000000000000', denom) }],
      validators: [
        {
          moniker: name,
          account: fromBech32(sender).data,
          publicKey: identity.validatorPublicKey,
          tokens: 500_000_000_000n,
          vrfPublicKey: identity.vrfPublicKey,
        },
      ],
      modules: localnetAppState(denom),
    });
    writeGenesis(homePaths(home).genesis, genesis);
    return new SingleNode({ home, chainId, ports: { abci, api, rpc, grpc, rest }, wallet, sender }, prices);
  }

  /** The process of the last start. */
  get node(): RunningNode {
    if (this.#node === undefined) throw new Error('the node was not started');
    return this.#node;
  }

  get client(): SigningStargateClient {
    if (this.#client === undefined) throw new Error('the node was not started');
    return this.#client;
  }

  /** Starts the node on what is in its home, and connects a new client once blocks come. */
  async start(): Promise<void> {
    this.#client?.disconnect();
    this.#node = infinetd('start', '--comet', '--home', this.home);
    await eventually('the first blocks', this.#node, async () => {
      const now = await ready(this.ports.api);
      return now?.ready === true && now.height >= 2n ? now : undefined;
    });
    // A restarted node has its height before CometBFT, which may have blocks to replay, listens.
    this.#client = await eventually('an answer of the RPC', this.#node, () =>
      SigningStargateClient.connectWithSigner(`http://127.0.0.1:${this.ports.rpc}`, this.wallet, {
        broadcastPollIntervalMs: 100,
      }).catch(() => undefined),
    );
  }

  /** Waits until `count` more blocks are committed. */
  async blocks(count: bigint): Promise<void> {
    const from = (await ready(this.ports.api))?.height ?? 0n;
    await eventually(`${count} more blocks`, this.node, async () => {
      const now = await ready(this.ports.api);
      return now !== undefined && now.height >= from + count ? now : undefined;
    });
  }

  async balance(address: string): Promise<bigint> {
    return BigInt((await this.client.getBalance(address, denom)).amount);
  }

  /** What the node says against these bytes. Throws when it takes them. */
  async refusal(bytes: Uint8Array): Promise<BroadcastTxError> {
    const error: unknown = await this.client.broadcastTxSync(bytes).catch((thrown: unknown) => thrown);
    if (error instanceof BroadcastTxError) return error;
    throw new Error(`not refused: ${String(error)}`);
  }

  /** Value of an ABCI query, or undefined when the node says no. */
  async abciQuery(path: string, data: Uint8Array): Promise<Uint8Array | undefined> {
    const comet = await connectComet(`http://127.0.0.1:${this.ports.rpc}`);
    try {
      const { code, value } = await comet.abciQuery({ path, data });
      return code === 0 ? value : undefined;
    } finally {
      comet.disconnect();
    }
  }

  /** Ends everything and deletes the home. */
  async remove(): Promise<void> {
    this.#client?.disconnect();
    this.#node?.process.kill('SIGTERM');
    await this.#node?.ended;
    this.#prices.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

async function servePrice(): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => void response.end('{"last": 67123.456789}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/` };
}
