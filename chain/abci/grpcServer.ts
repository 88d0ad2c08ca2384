import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { abci } from '../../sdk/codec/index.ts';
import type { Logger } from '../logger.ts';
import { maxFrameBytes } from './frames.ts';
import { type AbciApplication, Dispatcher } from './handlers.ts';
import { type Call, Connection, type ConnectionHandler } from './http2/connection.ts';
import type { Answer } from './http2/outbound.ts';
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

type Method = (dispatcher: Dispatcher, request: Uint8Array) => Promise<Uint8Array>;

/** A request that is no protobuf of its kind: the caller's mistake, not the application's. */
class MalformedRequest extends Error {}

function method<K extends keyof abci.Request & keyof abci.Response>(
  kind: K,
  request: Codec<NonNullable<abci.Request[K]>>,
  response: Codec<NonNullable<abci.Response[K]>>,
): Method {
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
const methods: ReadonlyMap<string, Method> = new Map([
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

/** Before each message: one byte that says whether it is compressed, and its length, big-endian. */
const prefixBytes = 5;

/** Characters of an error that an answer has room for. */
const maxErrorLength = 1000;

/** Fields as HPACK's literals without a table entry and without compression (RFC 7541, 6.2.2); strings below 128 bytes are told in one byte. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const rest = bytes.length - 127;
  const length = rest < 0 ? [bytes.length] : rest < 128 ? [127, rest] : [127, (rest & 0x7f) | 0x80, rest >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** `:status: 200` is entry 8 of HPACK's static table. */
const head = Buffer.concat([Buffer.of(0x88), literal('content-type', 'application/grpc')]);
const trailers = literal('grpc-status', String(status.ok));

/**
 * Serves CometBFT's four connections over gRPC (`transport = "grpc"`), with the same answers as the socket. Rejects with
 * the system's error when the address cannot be had.
 *
 * It speaks gRPC's unary calls (grpc/grpc, doc/PROTOCOL-HTTP2.md) over an HTTP/2 of our own: a call over Node's takes
 * as much time as checking a tx does.
 */
export async function startAbciGrpc(options: AbciGrpcOptions): Promise<AbciServer> {
  const sockets = new Set<Socket>();
  const service = new Service(options);
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', (error) => options.logger.warn({ error: String(error) }, 'ABCI connection broke'));
    new Connection(socket, service);
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
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The service `tendermint.abci.ABCI` on all connections. */
class Service implements ConnectionHandler {
  readonly #dispatcher: Dispatcher;
  readonly #logger: Logger;
  readonly #onFatal: (error: Error) => void;
  readonly #maxBodyBytes: number;
  #failed = false;

  constructor({ application, logger, onFatal, maxMessageBytes = maxFrameBytes }: AbciGrpcOptions) {
    this.#dispatcher = new Dispatcher(application);
    this.#logger = logger;
    this.#onFatal = onFatal;
    this.#maxBodyBytes = maxMessageBytes + prefixBytes;
  }

  refusal({ length }: Call): Answer | undefined {
    if (length <= this.#maxBodyBytes) return undefined;
    return refusal(status.resourceExhausted, `a message of more than ${this.#maxBodyBytes - prefixBytes} bytes`);
  }

  onBroken(error: Error): void {
    this.#logger.warn({ error: error.message }, 'ABCI connection broke');
  }

  onRequest(connection: Connection, call: Call): void {
    void this.#answer(call).then((answer) => connection.answer(call.stream, answer));
  }

  async #answer({ path, chunks, length }: Call): Promise<Answer> {
    const method = path.startsWith(servicePath) ? methods.get(path.slice(servicePath.length)) : undefined;
    if (method === undefined) return refusal(status.unimplemented, `unknown method ${path}`);
    const [first = Buffer.alloc(0)] = chunks;
    try {
      const body = messageOf(chunks.length > 1 ? Buffer.concat(chunks, length) : first);
      return { head, body: { bytes: framed(await method(this.#dispatcher, body)), trailers } };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error instanceof MalformedRequest) {
        this.#logger.error({ method: path, error: error.message }, 'ABCI got bytes that are no request');
        return refusal(status.invalidArgument, error.message);
      }
      this.#logger.error({ request: path, error: error.message, stack: error.stack }, 'the application failed');
      if (!this.#failed) this.#onFatal(error);
      this.#failed = true;
      return refusal(status.unknown, error.message);
    }
  }
}

/** A message behind its length. */
function framed(message: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(prefixBytes + message.length);
  out[0] = 0;
  out.set(message, out.writeUInt32BE(message.length, 1));
  return out;
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

/** An answer of nothing but an error. The protocol's percent-encoding, of more characters than it asks for. */
function refusal(code: number, message: string): Answer {
  const fields = [
    literal('grpc-status', String(code)),
    literal('grpc-message', encodeURIComponent(message.slice(0, maxErrorLength))),
  ];
  return { head: Buffer.concat([head, ...fields]) };
}
