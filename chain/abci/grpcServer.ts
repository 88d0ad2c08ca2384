import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
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

type Answer = (dispatcher: Dispatcher, request: Buffer) => Promise<Buffer>;

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
    const encoded = response.encode(answer).finish();
    return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length);
  };
}

function decode<T>(codec: Codec<T>, bytes: Buffer): T {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw new MalformedRequest(String(error));
  }
}

/** The methods of the service `tendermint.abci.ABCI` (CometBFT v0.38, abci/types.proto). */
const methods: Readonly<Record<string, Answer>> = {
  Echo: method('echo', abci.RequestEcho, abci.ResponseEcho),
  Flush: method('flush', abci.RequestFlush, abci.ResponseFlush),
  Info: method('info', abci.RequestInfo, abci.ResponseInfo),
  CheckTx: method('checkTx', abci.RequestCheckTx, abci.ResponseCheckTx),
  Query: method('query', abci.RequestQuery, abci.ResponseQuery),
  Commit: method('commit', abci.RequestCommit, abci.ResponseCommit),
  InitChain: method('initChain', abci.RequestInitChain, abci.ResponseInitChain),
  ListSnapshots: method('listSnapshots', abci.RequestListSnapshots, abci.ResponseListSnapshots),
  OfferSnapshot: method('offerSnapshot', abci.RequestOfferSnapshot, abci.ResponseOfferSnapshot),
  LoadSnapshotChunk: method('loadSnapshotChunk', abci.RequestLoadSnapshotChunk, abci.ResponseLoadSnapshotChunk),
  ApplySnapshotChunk: method('applySnapshotChunk', abci.RequestApplySnapshotChunk, abci.ResponseApplySnapshotChunk),
  PrepareProposal: method('prepareProposal', abci.RequestPrepareProposal, abci.ResponsePrepareProposal),
  ProcessProposal: method('processProposal', abci.RequestProcessProposal, abci.ResponseProcessProposal),
  ExtendVote: method('extendVote', abci.RequestExtendVote, abci.ResponseExtendVote),
  VerifyVoteExtension: method('verifyVoteExtension', abci.RequestVerifyVoteExtension, abci.ResponseVerifyVoteExtension),
  FinalizeBlock: method('finalizeBlock', abci.RequestFinalizeBlock, abci.ResponseFinalizeBlock),
};

/** The path of a method of the service. */
export function abciPath(name: string): string {
  return `/tendermint.abci.ABCI/${name}`;
}

/**
 * Serves CometBFT's four connections over gRPC (`--abci grpc`), with the same answers as the socket. Rejects with the
 * system's error when the address cannot be had.
 */
export async function startAbciGrpc(options: AbciGrpcOptions): Promise<AbciServer> {
  const dispatcher = new Dispatcher(options.application);
  let failed = false;
  const onFatal = (error: Error) => {
    if (failed) return;
    failed = true;
    options.onFatal(error);
  };
  const server = new Server({
    'grpc.max_receive_message_length': options.maxMessageBytes ?? maxFrameBytes,
    'grpc.max_send_message_length': maxFrameBytes,
  });
  const same = (bytes: Buffer) => bytes;
  for (const [name, answer] of Object.entries(methods)) {
    const definition = {
      path: abciPath(name),
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    const call = ({ request }: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      answer(dispatcher, request).then(
        (response) => done(null, response),
        (thrown: unknown) => {
          const error = thrown instanceof Error ? thrown : new Error(String(thrown));
          if (error instanceof MalformedRequest) {
            options.logger.error({ method: name, error: error.message }, 'ABCI got bytes that are no request');
            done({ code: status.INVALID_ARGUMENT, details: error.message });
            return;
          }
          const { message, stack } = error;
          options.logger.error({ request: name, error: message, stack }, 'the application failed');
          onFatal(error);
          done({ code: status.UNKNOWN, details: message });
        },
      );
    };
    server.addService({ [name]: definition }, { [name]: call });
  }
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${options.port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(listenFailure(error)),
    );
  });
  return {
    // CometBFT's gRPC client takes no scheme: it would look tcp://... up as a name.
    address: `${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.forceShutdown();
        server.tryShutdown(() => resolve());
      }),
  };
}

/** The library wraps the system's error into a text; callers look for the code. */
function listenFailure(error: Error): Error {
  const code = /\b(EADDRINUSE|EACCES|EADDRNOTAVAIL|ENOTFOUND)\b/.exec(error.message)?.[1];
  return code === undefined ? error : Object.assign(new Error(error.message), { code });
}
