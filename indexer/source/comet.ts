import { createHash } from 'node:crypto';
import { type Comet38Client, type comet38, toRfc3339WithNanoseconds } from '@cosmjs/tendermint-rpc';
import { z } from 'zod';
import { hexText } from '../hex.ts';
import type { Source, SourceBlock, SourceGenesis, SourceTx } from './block.ts';
import { batchLimit, type Endpoints } from './endpoints.ts';

/** Two calls a block fill one JSON-RPC batch. */
export const blocksPerRequest = batchLimit / 2;

/** CometBFT nodes over JSON-RPC. */
export function createCometSource(endpoints: Endpoints): Source {
  return {
    tip: () => endpoints.call('abci_info', ({ client }) => lastHeight(client)),
    tipNow: () => endpoints.once('abci_info', ({ client }) => lastHeight(client), 2_000),
    blocks: (first, last) =>
      endpoints.call(`blocks ${first} to ${last}`, ({ client }) =>
        Promise.all(Array.from({ length: last - first + 1 }, (_, index) => fetchBlock(client, first + index))),
      ),
    genesis: () => endpoints.call('genesis', ({ url }) => fetchGenesis(url)),
    storeValue: (store, key, height) =>
      endpoints.once(`store ${store} at ${height}`, async ({ client }) => {
        const answer = await client.abciQuery({ path: `/store/${store}/key`, data: key, height, prove: true });
        const { code = 0, log = '' } = answer;
        if (code !== 0) throw new Error(`the node gives no proof at height ${height}: code ${code} ${log}`);
        return { value: answer.value, height: answer.height ?? height, proof: answer.proof?.ops ?? [] };
      }),
  };
}

/**
 * A node stores a block before it executes it; what its application has executed also has results. 0 before the first
 * block.
 */
async function lastHeight(client: Comet38Client): Promise<number> {
  return (await client.abciInfo()).lastBlockHeight ?? 0;
}

async function fetchBlock(client: Comet38Client, height: number): Promise<SourceBlock> {
  const [{ block, blockId }, results] = await Promise.all([client.block(height), client.blockResults(height)]);
  if (results.results.length !== block.txs.length) {
    throw new Error(`block ${height} has ${block.txs.length} txs, but ${results.results.length} results`);
  }
  const { header } = block;
  return {
    chainId: header.chainId,
    height: header.height,
    hash: hexText(blockId.hash),
    previousHash: hexText(header.lastBlockId?.hash ?? new Uint8Array()),
    time: toRfc3339WithNanoseconds(header.time),
    proposer: hexText(header.proposerAddress),
    appHash: hexText(header.appHash),
    txs: block.txs.map((bytes, index) => toTx(bytes, results.results[index])),
    events: results.finalizeBlockEvents.map(toEvent),
    validatorUpdates: results.validatorUpdates.map(({ pubkey, votingPower }) => ({
      address: hexText(createHash('sha256').update(pubkey.data).digest().subarray(0, 20)),
      power: votingPower.toString(),
    })),
  };
}

function toTx(bytes: Uint8Array, result: comet38.TxData | undefined): SourceTx {
  if (result === undefined) throw new Error('a tx lacks its result');
  const { code, codespace = '', log = '', gasWanted, gasUsed, events } = result;
  return { bytes, code, codespace, log, gasWanted, gasUsed, events: events.map(toEvent) };
}

function toEvent({ type, attributes }: comet38.Event) {
  return { type, attributes: attributes.map(({ key, value }) => ({ key, value })) };
}

const genesisShape = z.object({
  chain_id: z.string(),
  genesis_time: z.string(),
  initial_height: z.coerce.number().default(1),
  app_state: z.record(z.string(), z.unknown()),
});
const chunkShape = z.object({ chunk: z.coerce.number(), total: z.coerce.number(), data: z.string() });
const answerShape = z.object({ result: z.unknown().optional(), error: z.unknown().optional() });

/** Always in chunks, since `genesis` refuses large ones; CosmJS' client does not know this call. */
async function fetchGenesis(url: string): Promise<SourceGenesis> {
  const parts: Buffer[] = [];
  for (let total = 1; parts.length < total; ) {
    const response = await fetch(`${url.replace(/\/$/, '')}/genesis_chunked?chunk=${parts.length}`);
    const { result, error } = answerShape.parse(await response.json());
    if (result === undefined) throw new Error(`genesis_chunked: ${JSON.stringify(error)}`);
    const chunk = chunkShape.parse(result);
    total = chunk.total;
    parts.push(Buffer.from(chunk.data, 'base64'));
  }
  return toGenesis(JSON.parse(Buffer.concat(parts).toString('utf8')));
}

function toGenesis(value: unknown): SourceGenesis {
  const genesis = genesisShape.parse(value);
  return {
    chainId: genesis.chain_id,
    initialHeight: Math.max(1, genesis.initial_height),
    time: genesis.genesis_time,
    appState: genesis.app_state,
  };
}
