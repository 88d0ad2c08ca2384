import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { z } from 'zod';
import type { abci } from '../../../sdk/codec/index.ts';
import { chainId } from '../../sim/actors.ts';
import { genesisSeconds } from '../../sim/genesis.ts';
import type { ChainBlock, TestChain } from './chain.ts';

const call = z.object({ id: z.unknown(), method: z.string(), params: z.record(z.string(), z.unknown()).optional() });

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const hashOf = (tx: Uint8Array) => createHash('sha256').update(tx).digest('hex').toUpperCase();
const zeros = '00'.repeat(32);
const timeOf = (seconds: bigint) => new Date(Number(seconds) * 1000).toISOString();

/** As much of CometBFT's JSON-RPC as workers and CosmJS ask for, over a chain in this process. */
export async function serveRpc(chain: TestChain): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
    const { id, method, params = {} } = call.parse(body);
    try {
      const result = answer(chain, method, params);
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    } catch (error) {
      const data = error instanceof Error ? error.message : String(error);
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: 'Internal error', data } }));
    }
  });
  // A starved client must not find its idle connection closed just as it asks.
  server.keepAliveTimeout = 300_000;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, server };
}

function answer(chain: TestChain, method: string, params: Record<string, unknown>): unknown {
  const text = (name: string) => z.string().parse(params[name]);
  switch (method) {
    case 'status':
      return status(chain);
    case 'genesis':
      return {
        genesis: { genesis_time: timeOf(genesisSeconds), chain_id: chainId, consensus_params: {}, app_hash: '' },
      };
    case 'abci_info':
      return { response: { data: 'infinet', last_block_height: `${chain.height}`, last_block_app_hash: '' } };
    case 'abci_query':
      return { response: queried(chain.query(text('path'), Buffer.from(text('data'), 'hex'))) };
    case 'broadcast_tx_sync': {
      const tx = Buffer.from(text('tx'), 'base64');
      const { code, codespace, log } = chain.broadcast(tx);
      return { code, codespace, log, hash: hashOf(tx) };
    }
    case 'block':
      return block(blockAt(chain, text('height')));
    case 'block_results': {
      const { height, results } = blockAt(chain, text('height'));
      return { height: `${height}`, txs_results: results.map(result) };
    }
    case 'tx_search':
      return search(chain, text('query'));
    default:
      throw new Error(`this node does not know ${method}`);
  }
}

function blockAt(chain: TestChain, height: string): ChainBlock {
  const found = chain.blocks[Number(height) - 1];
  if (found === undefined) throw new Error(`height ${height} is not available`);
  return found;
}

function status(chain: TestChain): unknown {
  const { height, seconds } = blockAt(chain, `${chain.height}`);
  return {
    node_info: {
      protocol_version: { p2p: '8', block: '11', app: '0' },
      id: '00'.repeat(20),
      listen_addr: 'tcp://127.0.0.1:0',
      network: chainId,
      version: '0.38.25',
      channels: '',
      moniker: 'test',
      other: {},
    },
    sync_info: {
      latest_block_hash: zeros,
      latest_app_hash: zeros,
      latest_block_height: `${height}`,
      latest_block_time: timeOf(seconds),
      catching_up: false,
    },
    validator_info: {
      address: '00'.repeat(20),
      pub_key: { type: 'tendermint/PubKeyEd25519', value: base64(new Uint8Array(32)) },
      voting_power: '0',
    },
  };
}

function queried({ key, value, height, code, codespace, log, info, index }: abci.ResponseQuery): unknown {
  return { key: base64(key), value: base64(value), height: `${height}`, code, codespace, log, info, index: `${index}` };
}

function block({ height, seconds, txs }: ChainBlock): unknown {
  const id = { hash: zeros, parts: { total: 1, hash: zeros } };
  const header = {
    version: { block: '11' },
    chain_id: chainId,
    height: `${height}`,
    time: timeOf(seconds),
    last_block_id: id,
    last_commit_hash: zeros,
    data_hash: zeros,
    validators_hash: zeros,
    next_validators_hash: zeros,
    consensus_hash: zeros,
    app_hash: zeros,
    last_results_hash: zeros,
    evidence_hash: zeros,
    proposer_address: '00'.repeat(20),
  };
  const lastCommit = { height: `${height - 1n}`, round: 0, block_id: { hash: '', parts: { total: 0, hash: '' } } };
  return { block_id: id, block: { header, data: { txs: txs.map(base64) }, last_commit: lastCommit } };
}

function result({ code, codespace, log, data, gasWanted, gasUsed }: abci.ExecTxResult): unknown {
  return { code, codespace, log, data: base64(data), gas_wanted: `${gasWanted}`, gas_used: `${gasUsed}`, events: [] };
}

function search(chain: TestChain, query: string): unknown {
  const hash = /^tx\.hash='([0-9A-F]{64})'$/.exec(query)?.[1];
  const txs = chain.blocks.flatMap(({ height, txs: all, results }) =>
    all.flatMap((tx, index) => {
      const found = results[index];
      if (hashOf(tx) !== hash || found === undefined) return [];
      return [{ hash, height: `${height}`, index, tx_result: result(found), tx: base64(tx) }];
    }),
  );
  return { txs, total_count: `${txs.length}` };
}
