import type { EncodeObject, OfflineSigner } from '@cosmjs/proto-signing';
import { type DeliverTxResponse, SigningStargateClient } from '@cosmjs/stargate';
import { type CometClient, connectComet } from '@cosmjs/tendermint-rpc';
import { OperatorError } from '../chain/node/failure.ts';
import { createQuerier, type Querier } from '../sdk/query.ts';
import { createRegistry } from '../sdk/registry.ts';

/** A tx that is in a block but failed there: the fee is paid, nothing else happened. */
export class TxFailed extends Error {
  readonly codespace: string;
  readonly code: number;
  readonly hash: string;

  constructor(response: DeliverTxResponse, codespace: string) {
    super(
      `tx ${response.transactionHash} failed in block ${response.height} with ${codespace} ${response.code}: ${response.rawLog}`,
    );
    this.name = 'TxFailed';
    this.codespace = codespace;
    this.code = response.code;
    this.hash = response.transactionHash;
  }
}

export interface TxDone {
  readonly hash: string;
  readonly height: number;
  /** Protobuf bytes of each message's response. */
  readonly responses: readonly Uint8Array[];
}

/** One account's dealings with a node, through an unmodified CosmJS signing client. */
export interface Session {
  readonly address: string;
  readonly comet: CometClient;
  readonly querier: Querier;
  readonly client: SigningStargateClient;
  /** Signs, sends and waits for the block. Throws `TxFailed`, or CosmJS' error when the node refuses the tx. */
  send(messages: readonly EncodeObject[]): Promise<TxDone>;
  close(): void;
}

export interface SessionOptions {
  readonly rpc: string;
  readonly signer: OfflineSigner;
  readonly denom: string;
  /** Fee a unit of gas, in 10^-6 of the denomination. */
  readonly gasPriceMicro: bigint;
}

/** Throws one sentence when nobody answers there. */
export async function connectNode(url: string): Promise<CometClient> {
  try {
    return await connectComet(url);
  } catch (cause) {
    throw new OperatorError(`no node answers at ${url}: name one with --node`, { cause });
  }
}

/** Gas that a tx may use beyond what the simulation used: state may differ by a few keys when it runs. */
const gasMarginPercent = 150n;

export async function openSession(options: SessionOptions): Promise<Session> {
  const comet = await connectNode(options.rpc);
  const registry = createRegistry();
  const client = SigningStargateClient.createWithSigner(comet, options.signer, {
    registry,
    broadcastPollIntervalMs: 300,
  });
  const [account] = await options.signer.getAccounts();
  if (account === undefined) throw new Error('the wallet holds no account');
  const { address } = account;
  return {
    address,
    comet,
    client,
    querier: createQuerier(comet),
    send: async (messages) => {
      const used = BigInt(await client.simulate(address, messages, undefined));
      const gas = (used * gasMarginPercent) / 100n;
      const fee = (gas * options.gasPriceMicro + 999_999n) / 1_000_000n;
      const amount = fee === 0n ? [] : [{ denom: options.denom, amount: fee.toString() }];
      const response = await client.signAndBroadcast(address, messages, { amount, gas: gas.toString() });
      if (response.code !== 0) throw new TxFailed(response, await codespaceOf(comet, response.transactionHash));
      const responses = response.msgResponses.map(({ value }) => value);
      return { hash: response.transactionHash, height: response.height, responses };
    },
    close: () => comet.disconnect(),
  };
}

/** CosmJS' answer to a broadcast lacks the codespace; the node's record of the tx has it. */
async function codespaceOf(comet: CometClient, hash: string): Promise<string> {
  const { result } = await comet.tx({ hash: Buffer.from(hash, 'hex') });
  return result.codespace ?? '';
}
