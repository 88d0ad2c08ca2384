import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { abci } from '../../sdk/codec/index.ts';
import type { Logger } from '../logger.ts';
import { encodeFrame, FrameError, FrameReader, maxFrameBytes } from './frames.ts';
import { type AbciApplication, Dispatcher, kindOf } from './handlers.ts';

export interface AbciServerOptions {
  /** `tcp://127.0.0.1:26658` (port 0 takes a free one) or `unix:///path/to/socket`. */
  readonly listen: string;
  readonly application: AbciApplication;
  readonly logger: Logger;
  /** Called once when the application threw: state and consensus may disagree, so the process must stop. */
  readonly onFatal: (error: Error) => void;
  /** Largest request, bytes; CometBFT's own limit unless a test says otherwise. */
  readonly maxFrameBytes?: number;
}

export interface AbciServer {
  /** What CometBFT's `proxy_app` has to be, with the port that was taken. */
  readonly address: string;
  /** Stops listening, ends all connections and resolves when they are gone. */
  close(): Promise<void>;
}

/** How many bytes of answers wait at most before they are written without a Flush. */
const writeAtBytes = 65_536;

/**
 * CometBFT asks for a flush after nearly every tx. A write for each costs more than the tx's signature, so answers wait
 * for the end of what was read, but no longer than so many flushes.
 */
const writeAtFlushes = 16;

/** How long a peer has to read the Exception that ends its connection. */
const hangUpMs = 1000;

/** Serves CometBFT's four connections (consensus, mempool, query, snapshot). Rejects if the address cannot be had. */
export async function startAbciServer(options: AbciServerOptions): Promise<AbciServer> {
  const dispatcher = new Dispatcher(options.application);
  const sockets = new Set<Socket>();
  let failed = false;
  const onFatal = (error: Error) => {
    if (failed) return;
    failed = true;
    options.onFatal(error);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void serve(socket, dispatcher, options, onFatal);
  });
  const target = parseListen(options.listen);
  if (target.kind === 'unix') rmSync(target.path, { force: true });
  server.listen(target.kind === 'unix' ? { path: target.path } : { host: target.host, port: target.port });
  await once(server, 'listening');
  return {
    address: target.kind === 'unix' ? options.listen : `tcp://${target.host}:${portOf(server)}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads, answers in order and writes; reading the next chunk waits for the answers of this one (back-pressure). */
async function serve(
  socket: Socket,
  dispatcher: Dispatcher,
  options: AbciServerOptions,
  onFatal: (error: Error) => void,
): Promise<void> {
  const reader = new FrameReader(options.maxFrameBytes ?? maxFrameBytes);
  const output = new Output(socket);
  const peer = socket.remoteAddress ?? 'unix';
  try {
    // The iterator may not destroy the socket: an Exception must still get out.
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      for (const frame of reader.push(chunk)) {
        const request = decodeRequest(frame);
        const response = await answer(request, dispatcher, options.logger, onFatal);
        await output.add(response, request.flush !== undefined);
        if (response.exception !== undefined) {
          await output.flush();
          return hangUp(socket);
        }
      }
      await output.flush();
    }
    if (reader.pending > 0) {
      options.logger.warn({ peer, bytes: reader.pending }, 'ABCI connection ended inside a request');
    }
    socket.end();
  } catch (error) {
    if (error instanceof FrameError) {
      options.logger.error({ peer, error: error.message }, 'ABCI connection sent bytes that are no request; closed');
      await output.add({ exception: { error: error.message } }, true).catch(() => undefined);
      await output.flush().catch(() => undefined);
    } else {
      options.logger.warn({ peer, error: String(error) }, 'ABCI connection broke');
    }
    hangUp(socket);
  }
}

/** Lets the last answer out; a peer that does not hang up too is cut off. */
function hangUp(socket: Socket): void {
  socket.end();
  socket.resume();
  setTimeout(() => socket.destroy(), hangUpMs).unref();
}

async function answer(
  request: abci.Request,
  dispatcher: Dispatcher,
  logger: Logger,
  onFatal: (error: Error) => void,
): Promise<abci.Response> {
  try {
    return await dispatcher.answer(request);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    logger.error({ request: kindOf(request), error: error.message, stack: error.stack }, 'the application failed');
    onFatal(error);
    return { exception: { error: error.message } };
  }
}

function decodeRequest(frame: Uint8Array): abci.Request {
  let request: abci.Request;
  try {
    request = abci.Request.decode(frame);
  } catch (error) {
    throw new FrameError(`a frame of ${frame.length} bytes is no ABCI request: ${String(error)}`);
  }
  if (kindOf(request) === undefined) throw new FrameError('a frame holds no request that ABCI 2.0 has');
  return request;
}

/** Answers on their way out, joined into few writes. */
class Output {
  readonly #socket: Socket;
  #frames: Uint8Array[] = [];
  #bytes = 0;
  /** Answers to Flush among them. */
  #flushes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  async add(response: abci.Response, flush: boolean): Promise<void> {
    const frame = encodeFrame(abci.Response.encode(response).finish());
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (flush) this.#flushes++;
    if (this.#flushes >= writeAtFlushes || this.#bytes >= writeAtBytes) await this.flush();
  }

  /** Resolves when the kernel's buffer has room again. Rejects when the connection is gone. */
  async flush(): Promise<void> {
    if (this.#bytes === 0) return;
    const bytes = Buffer.concat(this.#frames, this.#bytes);
    this.#frames = [];
    this.#bytes = 0;
    this.#flushes = 0;
    if (this.#socket.destroyed) throw new Error('connection is closed');
    if (this.#socket.write(bytes)) return;
    const gone = new AbortController();
    const onClose = () => gone.abort();
    this.#socket.once('close', onClose);
    try {
      await once(this.#socket, 'drain', { signal: gone.signal });
    } finally {
      this.#socket.off('close', onClose);
    }
  }
}

type Target =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

function parseListen(listen: string): Target {
  if (listen.startsWith('unix://')) return { kind: 'unix', path: listen.slice('unix://'.length) };
  const match = /^tcp:\/\/(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(listen);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65_535)) {
    throw new Error(`ABCI address ${JSON.stringify(listen)} is neither tcp://host:port nor unix:///path`);
  }
  return { kind: 'tcp', host, port };
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
