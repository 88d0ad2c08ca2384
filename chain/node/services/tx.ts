import { createHash } from 'node:crypto';
import { BinaryReader, type baseAbci, tx as txTypes, txService as types } from '../../../sdk/codec/index.ts';
import type { NodeMethod } from '../../api/backend.ts';
import { GrpcError, unknownGrpcError } from '../../app/grpcStatus.ts';
import { CodedError, type ErrorKind, sdkErrors } from '../../errors.ts';
import { fromTimestamp, rfc3339 } from '../../time.ts';
import { type CometClient, CometRpcError } from '../comet/client.ts';
import { broadcastShape, type FoundTx, searchShape, txShape } from '../comet/shapes.ts';
import { aminoMethods } from './amino/method.ts';
import { method } from './method.ts';
import { fetchBlock } from './tendermint.ts';

export interface TxDeps {
  readonly comet: CometClient;
  /** Height of the last committed block. */
  readonly height: () => bigint;
}

const service = '/cosmos.tx.v1beta1.Service/';

/** `cosmos.tx.v1beta1.Service` but for Simulate, which the state machine answers (SDK x/auth/tx). */
export function txMethods(deps: TxDeps): NodeMethod[] {
  return [
    method(`${service}GetTx`, types.GetTxRequest, types.GetTxResponse, (request) => getTx(deps, request)),
    method(`${service}GetTxsEvent`, types.GetTxsEventRequest, types.GetTxsEventResponse, (request) =>
      search(deps, request),
    ),
    method(`${service}BroadcastTx`, types.BroadcastTxRequest, types.BroadcastTxResponse, (request) =>
      broadcast(deps, request),
    ),
    method(`${service}GetBlockWithTxs`, types.GetBlockWithTxsRequest, types.GetBlockWithTxsResponse, (request) =>
      blockWithTxs(deps, request),
    ),
    method(`${service}TxDecode`, types.TxDecodeRequest, types.TxDecodeResponse, ({ txBytes }) => {
      if (txBytes.length === 0) throw new GrpcError('InvalidArgument', 'invalid empty tx bytes');
      return { tx: decode(txBytes) };
    }),
    method(`${service}TxEncode`, types.TxEncodeRequest, types.TxEncodeResponse, ({ tx }) => {
      if (tx === undefined) throw new GrpcError('InvalidArgument', 'invalid empty tx');
      return { txBytes: txTypes.Tx.encode(tx).finish() };
    }),
    ...aminoMethods(),
  ];
}

async function getTx({ comet }: TxDeps, { hash }: types.GetTxRequest): Promise<types.GetTxResponse> {
  if (hash === '') throw new GrpcError('InvalidArgument', 'tx hash cannot be empty');
  requireHex(hash);
  let found: FoundTx;
  try {
    found = txShape.parse(await comet.call('tx', { hash: Buffer.from(hash, 'hex').toString('base64') }));
  } catch (error) {
    if (!(error instanceof CometRpcError) || !error.message.includes('not found')) throw error;
    throw new GrpcError('NotFound', `tx not found: ${hash.slice(0, 200)}`);
  }
  const times = await blockTimes(comet, [found]);
  return { tx: decode(found.tx), txResponse: response(found, times) };
}

/** As Go's encoding/hex refuses it. */
function requireHex(text: string): void {
  const wrong = [...text].find((char) => !/^[0-9a-fA-F]$/.test(char));
  if (wrong !== undefined) {
    const code = (wrong.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new GrpcError('Unknown', `encoding/hex: invalid byte: U+${code} '${wrong}'`);
  }
  if (text.length % 2 !== 0) throw new GrpcError('Unknown', 'encoding/hex: odd length hex string');
}

async function search({ comet }: TxDeps, request: types.GetTxsEventRequest): Promise<types.GetTxsEventResponse> {
  const { query, page, limit, orderBy } = request;
  if (query === '') throw new GrpcError('Internal', 'query cannot be empty');
  let found: { txs: FoundTx[]; total_count: bigint };
  try {
    found = searchShape.parse(
      await comet.call('tx_search', {
        query,
        prove: false,
        page: (page > 0n ? page : 1n).toString(),
        per_page: (limit > 0n ? limit : 100n).toString(),
        order_by:
          orderBy === types.OrderBy.ORDER_BY_ASC ? 'asc' : orderBy === types.OrderBy.ORDER_BY_DESC ? 'desc' : '',
      }),
    );
  } catch (error) {
    if (!(error instanceof CometRpcError)) throw error;
    throw new GrpcError('Internal', `failed to search for txs: ${error.message}`);
  }
  const times = await blockTimes(comet, found.txs);
  return {
    txs: found.txs.map(({ tx }) => decode(tx)),
    txResponses: found.txs.map((entry) => response(entry, times)),
    pagination: undefined,
    total: found.total_count,
  };
}

/** Time of each block that holds one of the txs, RFC 3339 in seconds. */
async function blockTimes(comet: CometClient, txs: readonly FoundTx[]): Promise<Map<bigint, string>> {
  const times = new Map<bigint, string>();
  for (const { height } of txs) {
    if (times.has(height)) continue;
    const { time } = (await fetchBlock(comet, height)).block.header;
    times.set(height, rfc3339(fromTimestamp(time)));
  }
  return times;
}

function response(
  { hash, height, tx, tx_result: result }: FoundTx,
  times: ReadonlyMap<bigint, string>,
): baseAbci.TxResponse {
  return {
    height,
    txhash: upperHex(hash),
    codespace: result.codespace,
    code: result.code,
    data: upperHex(result.data),
    rawLog: result.log,
    logs: [],
    info: result.info,
    gasWanted: result.gas_wanted,
    gasUsed: result.gas_used,
    // A TxRaw is byte for byte a Tx: the parts that it holds as bytes are the messages of the other.
    tx: { typeUrl: '/cosmos.tx.v1beta1.Tx', value: tx },
    timestamp: times.get(height) ?? '',
    events: result.events,
  };
}

/** What CometBFT says when a tx does not get into its mempool, and the SDK's kinds for it (`client.CheckCometError`). */
const mempoolRefusals: readonly (readonly [text: string, kind: ErrorKind])[] = [
  ['tx already exists in cache', sdkErrors.txInMempoolCache],
  ['mempool is full', sdkErrors.mempoolIsFull],
  ['tx too large', sdkErrors.txTooLarge],
];

async function broadcast(
  { comet }: TxDeps,
  { txBytes, mode }: types.BroadcastTxRequest,
): Promise<types.BroadcastTxResponse> {
  if (txBytes.length === 0) throw new GrpcError('InvalidArgument', 'invalid empty tx');
  const sync = mode === types.BroadcastMode.BROADCAST_MODE_SYNC;
  if (!sync && mode !== types.BroadcastMode.BROADCAST_MODE_ASYNC) {
    throw new GrpcError('Unknown', 'unsupported return type unspecified; supported types: sync, async');
  }
  const tx = Buffer.from(txBytes).toString('base64');
  try {
    const answer = await comet.call(sync ? 'broadcast_tx_sync' : 'broadcast_tx_async', { tx });
    const { code, data, log, codespace, hash } = broadcastShape.parse(answer);
    return { txResponse: { ...emptyResponse, code, codespace, data, rawLog: log, txhash: hash } };
  } catch (error) {
    const text = error instanceof CometRpcError ? error.message.toLowerCase() : '';
    const kind = mempoolRefusals.find(([part]) => text.includes(part))?.[1];
    if (kind === undefined) throw error;
    const txhash = createHash('sha256').update(txBytes).digest('hex').toUpperCase();
    return { txResponse: { ...emptyResponse, code: kind.code, codespace: kind.codespace, txhash } };
  }
}

async function blockWithTxs(
  deps: TxDeps,
  { height, pagination }: types.GetBlockWithTxsRequest,
): Promise<types.GetBlockWithTxsResponse> {
  const current = deps.height();
  if (height < 1n || height > current) {
    const detail = `requested height ${height} but height must not be less than 1 or greater than the current height ${current}`;
    throw unknownGrpcError(new CodedError(sdkErrors.invalidHeight, detail));
  }
  const { blockId, block } = await fetchBlock(deps.comet, height);
  const { txs } = block.data;
  const offset = pagination?.offset ?? 0n;
  const limit = pagination?.limit ?? 100n;
  if (txs.length > 0 && offset >= BigInt(txs.length)) {
    const detail = `out of range: cannot paginate ${txs.length} txs with offset ${offset} and limit ${limit}`;
    throw unknownGrpcError(new CodedError(sdkErrors.invalidRequest, detail));
  }
  const listed = txs.slice(Number(offset), Number(offset) + Number(limit < 1_000_000n ? limit : 1_000_000n));
  return {
    txs: listed.map(decode),
    blockId,
    block,
    pagination: { nextKey: new Uint8Array(), total: BigInt(txs.length) },
  };
}

/** Throws what the SDK answers to bytes that are no tx. */
function decode(bytes: Uint8Array): txTypes.Tx {
  try {
    return txTypes.Tx.decode(new BinaryReader(bytes));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw unknownGrpcError(new CodedError(sdkErrors.txDecode, detail));
  }
}

function upperHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

const emptyResponse: baseAbci.TxResponse = {
  height: 0n,
  txhash: '',
  codespace: '',
  code: 0,
  data: '',
  rawLog: '',
  logs: [],
  info: '',
  gasWanted: 0n,
  gasUsed: 0n,
  tx: undefined,
  timestamp: '',
  events: [],
};
