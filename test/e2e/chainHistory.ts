import { type CometClient, connectComet } from '@cosmjs/tendermint-rpc';
import type { ValidatorTopology } from '../../localnet/topology.ts';
import { rpcUrl } from '../../localnet/topology.ts';

/** What a header says about the state before its block, in hex, and its own hash. */
export interface Agreed {
  readonly height: number;
  readonly blockHash: string;
  readonly appHash: string;
  readonly lastResultsHash: string;
}

const headersInOneAnswer = 20;

/** Every header from 1 to `height`, as this node has it. */
export async function historyOf(node: ValidatorTopology, height: number): Promise<readonly Agreed[]> {
  return await withComet(node, async (comet) => {
    const history: Agreed[] = [];
    for (let from = 1; from <= height; from += headersInOneAnswer) {
      const { blockMetas } = await comet.blockchain(from, Math.min(height, from + headersInOneAnswer - 1));
      history.push(
        ...blockMetas.map(({ header, blockId }) => ({
          height: header.height,
          blockHash: hex(blockId.hash),
          appHash: hex(header.appHash),
          lastResultsHash: hex(header.lastResultsHash),
        })),
      );
    }
    return history.sort((a, b) => a.height - b.height);
  });
}

/** Height and app hash of the node's own state machine, which it computed itself. */
export async function stateOf(node: ValidatorTopology): Promise<{ height: number; appHash: string }> {
  return await withComet(node, async (comet) => {
    const { lastBlockHeight = 0, lastBlockAppHash = new Uint8Array() } = await comet.abciInfo();
    return { height: lastBlockHeight, appHash: hex(lastBlockAppHash) };
  });
}

async function withComet<T>(node: ValidatorTopology, ask: (comet: CometClient) => Promise<T>): Promise<T> {
  const comet = await connectComet(rpcUrl(node));
  try {
    return await ask(comet);
  } finally {
    comet.disconnect();
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
