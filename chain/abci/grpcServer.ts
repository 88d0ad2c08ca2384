import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { abci } from '../../sdk/codec/index.ts';
import type { Logger } from '../logger.ts';
import { maxFrameBytes } from './frames.ts';
import { type AbciApplication, Dispatcher } from './handlers.ts';
import type { AbciServer } from './server.ts';

export interface AbciGrpcOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly application: AbciApplication;
  readonly logger: Logger;
  /** Called once when the application threw: state and consensus may disagree, so the process must stop. */
  readonly onFatal: (error: Error) => void;
  /** Largest request, bytes; CometBFT's own limit unless a test says otherwise. */
  readonly maxMessageBytes?: number;
}

interface Codec<T> {
  decode(bytes: Uint8Array): T;
  encode(value: T): { finish(): Uint8Array };
}

type Answer = (dispatcher: Dispatcher, request: Uint8Array) => Promise<Uint8Array>;

/** A request that is no protobuf of its kind: the caller's mistake, not the application's. */
class MalformedRequest extends Error {}

function method<K extends keyof abci.Request & keyof abci.Response>(
  kind: K,
  request: Codec<NonNullable<abci.Request[K]>>,
  response: Codec<NonNullable<abci.Response[K]>>,
): Answer {
  return async (dispatcher, bytes) => {
    const body = decode(request, bytes);
    const answer = (await dispatcher.answer({ [kind]: body }))[kind];
    if (answer === undefined) throw new Error(`request ${kind} got an answer of another kind`);
    return response.encode(answer).finish();
  };
}

function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw new MalformedRequest(String(error));
  }
}

/** The methods of the service `tendermint.abci.ABCI` (CometBFT v0.38, abci/types.proto). */
const methods: ReadonlyMap<string, Answer> = new Map([
  ['Echo', method('echo', abci.RequestEcho, abci.ResponseEcho)],
  ['Flush', method('flush', abci.RequestFlush, abci.ResponseFlush)],
  ['Info', method('info', abci.RequestInfo, abci.ResponseInfo)],
  ['CheckTx', method('checkTx', abci.RequestCheckTx, abci.ResponseCheckTx)],
  ['Query', method('query', abci.RequestQuery, abci.ResponseQuery)],
  ['Commit', method('commit', abci.RequestCommit, abci.ResponseCommit)],
  ['InitChain', method('initChain', abci.RequestInitChain, abci.ResponseInitChain)],
  ['ListSnapshots', method('listSnapshots', abci.RequestListSnapshots, abci.ResponseListSnapshots)],
  ['OfferSnapshot', method('offerSnapshot', abci.RequestOfferSnapshot, abci.ResponseOfferSnapshot)],
  ['LoadSnapshotChunk', method('loadSnapshotChunk', abci.RequestLoadSnapshotChunk, abci.ResponseLoadSnapshotChunk)],
  ['ApplySnapshotChunk', method('applySnapshotChunk', abci.RequestApplySnapshotChunk, abci.ResponseApplySnapshotChunk)],
  ['PrepareProposal', method('prepareProposal', abci.RequestPrepareProposal, abci.ResponsePrepareProposal)],
  ['ProcessProposal', method('processProposal', abci.RequestProcessProposal, abci.ResponseProcessProposal)],
  ['ExtendVote', method('extendVote', abci.RequestExtendVote, abci.ResponseExtendVote)],
  [
    'VerifyVoteExtension',
    method('verifyVoteExtension', abci.RequestVerifyVoteExtension, abci.ResponseVerifyVoteExtension),
  ],
  ['FinalizeBlock', method('finalizeBlock', abci.RequestFinalizeBlock, abci.ResponseFinalizeBlock)],
]);

const servicePath = '/tendermint.abci.ABCI/';

/** The path of a method of the service. */
export function abciPath(name: string): string {
  return `${servicePath}${name}`;
}

/** Codes of gRPC that this server answers with (grpc/grpc, doc/statuscodes.md). */
const status = { ok: 0, unknown: 2, invalidArgument: 3, resourceExhausted: 8, unimplemented: 12 } as const;

/** Bytes of a stream, and of a connection, that may be under way unread: a block comes in one request. */
const windowBytes = 16 * 1024 * 1024;

/** Before each message: one byte that says whether it is compressed, and its length, big-endian. */
const prefixBytes = 5;

/**
 * Serves CometBFT's four connections over gRPC (`transport = "grpc"`), with the same answers as the socket. Rejects with
 * the system's error when the address cannot be had.
 *
 * It speaks gRPC's unary calls over Node's own HTTP/2 (grpc/grpc, doc/PROTOCOL-HTTP2.md): the general library takes more
 * time a call than checking a tx does.
 */
export async function startAbciGrpc(options: AbciGrpcOptions): Promise<AbciServer> {
  const dispatcher = new Dispatcher(options.application);
  const sessions = new Set<ServerHttp2Session>();
  let failed = false;
  const service: Service = {
    dispatcher,
    logger: options.logger,
    maxMessageBytes: options.maxMessageBytes ?? maxFrameBytes,
    onFatal: (error) => {
      if (failed) return;
      failed = true;
      options.onFatal(error);
    },
  };
  const server = createServer({ settings: { initialWindowSize: windowBytes } });
  server.on('session', (session) => {
    session.setLocalWindowSize(windowBytes);
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', (error) => options.logger.warn({ error: String(error) }, 'ABCI connection broke'));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', (error) => options.logger.warn({ error: String(error) }, 'ABCI call broke'));
    serve(stream, headers[':path'] ?? '', service);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const bound = server.address();
  const port = bound === null || typeof bound === 'string' ? options.port : bound.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    // CometBFT's gRPC client takes no scheme: it would look tcp://... up as a name.
    address: `${host}:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

interface Service {
  readonly dispatcher: Dispatcher;
  readonly logger: Logger;
  readonly maxMessageBytes: number;
  readonly onFatal: (error: Error) => void;
}

/** One call: collects its message, answers it, ends the stream. */
function serve(stream: ServerHttp2Stream, path: string, service: Service): void {
  const answer = path.startsWith(servicePath) ? methods.get(path.slice(servicePath.length)) : undefined;
  if (answer === undefined) {
    refuse(stream, status.unimplemented, `unknown method ${path}`);
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= service.maxMessageBytes + prefixBytes) {
      chunks.push(chunk);
      return;
    }
    if (stream.headersSent) return;
    chunks.length = 0;
    refuse(stream, status.resourceExhausted, `a message of more than ${service.maxMessageBytes} bytes`);
  });
  stream.on('end', () => {
    if (stream.headersSent || stream.destroyed) return;
    const [first = Buffer.alloc(0)] = chunks;
    void reply(stream, path, answer, chunks.length > 1 ? Buffer.concat(chunks, length) : first, service);
  });
}

async function reply(
  stream: ServerHttp2Stream,
  path: string,
  answer: Answer,
  body: Buffer,
  { dispatcher, logger, onFatal }: Service,
): Promise<void> {
  let message: Uint8Array;
  try {
    message = await answer(dispatcher, messageOf(body));
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (error instanceof MalformedRequest) {
      logger.error({ method: path, error: error.message }, 'ABCI got bytes that are no request');
      refuse(stream, status.invalidArgument, error.message);
      return;
    }
    logger.error({ request: path, error: error.message, stack: error.stack }, 'the application failed');
    onFatal(error);
    refuse(stream, status.unknown, error.message);
    return;
  }
  if (stream.destroyed) return;
  const framed = Buffer.allocUnsafe(prefixBytes + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, prefixBytes);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status.ok }));
  stream.end(framed);
}

/** The one message of a unary call. */
function messageOf(body: Buffer): Buffer {
  if (body.length < prefixBytes) throw new MalformedRequest(`a call of ${body.length} bytes has no message`);
  if (body[0] !== 0) throw new MalformedRequest('compressed messages are not supported');
  const length = body.readUInt32BE(1);
  if (length !== body.length - prefixBytes) {
    throw new MalformedRequest(`a message says it has ${length} bytes and has ${body.length - prefixBytes}`);
  }
  return body.subarray(prefixBytes);
}

function refuse(stream: ServerHttp2Stream, code: number, text: string): void {
  if (stream.destroyed || stream.headersSent) return;
  // The protocol's percent-encoding, of more characters than it asks for.
  const headers = { 'grpc-status': code, 'grpc-message': encodeURIComponent(text) };
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...headers }, { endStream: true });
}
