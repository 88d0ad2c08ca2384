import type { Socket } from 'node:net';
import {
  ConnectionError,
  checkDependency,
  encodeFrame,
  encodeSettings,
  errorCode,
  type Frame,
  FrameReader,
  flag,
  frameType,
  initialWindow,
  maxWindow,
  StreamError,
  setting,
  uint32s,
  unpadded,
} from './frames.ts';
import { CompressionError, HpackDecoder } from './hpack.ts';
import type { HeaderField } from './hpackTables.ts';
import { type Answer, Outbound } from './outbound.ts';
import { type RequestHead, requestHead } from './requestHeaders.ts';

/** One request on its way in. */
export interface Call extends RequestHead {
  readonly stream: number;
  readonly chunks: Buffer[];
  /** Bytes of the body so far. */
  length: number;
}

export interface ConnectionHandler {
  /** The whole request is there. Its answer is due by `Connection.answer`. */
  onRequest(connection: Connection, call: Call): void;
  /** After each piece of a body: an answer if the call need not be read to its end. */
  refusal(call: Call): Answer | undefined;
  /** The peer broke the protocol; the connection ends. */
  onBroken(error: Error): void;
}

/** Requests under way at a time; CometBFT's client has one for each of its callers. */
const maxCalls = 256;

/** Bytes of a header block, and of its fields as HPACK counts them. */
const maxHeaderBytes = 16_384;

/** What the server says first: large windows, since a block comes in one request and the size of bodies is checked by itself. */
const greeting = Buffer.concat([
  encodeSettings([
    [setting.maxConcurrentStreams, maxCalls],
    [setting.initialWindowSize, maxWindow],
    [setting.maxHeaderListSize, maxHeaderBytes],
  ]),
  encodeFrame(frameType.windowUpdate, 0, 0, uint32s(maxWindow - initialWindow)),
]);

/** A header block that goes on in CONTINUATION frames. */
interface OpenBlock {
  readonly stream: number;
  readonly endsStream: boolean;
  readonly parts: Buffer[];
  length: number;
}

/** The server's side of one HTTP/2 connection (RFC 9113), as far as unary calls need it: no push, no priorities. */
export class Connection {
  readonly #socket: Socket;
  readonly #handler: ConnectionHandler;
  readonly #reader = new FrameReader();
  readonly #hpack = new HpackDecoder(maxHeaderBytes);
  readonly #out: Outbound;
  /** Calls whose bodies are not complete. */
  readonly #open = new Map<number, Call>();
  /** Calls that were handed on and not answered yet. */
  readonly #asked = new Set<number>();
  /** Frames of other types say nothing (section 5.5). */
  readonly #byType: ReadonlyMap<number, (frame: Frame) => void> = new Map([
    [frameType.data, (frame) => this.#data(frame)],
    [frameType.headers, (frame) => this.#headers(frame)],
    [frameType.priority, (frame) => this.#priority(frame)],
    [frameType.rstStream, (frame) => this.#rstStream(frame)],
    [frameType.settings, (frame) => this.#settings(frame)],
    [frameType.pushPromise, refusePush],
    [frameType.ping, (frame) => this.#ping(frame)],
    [frameType.goAway, ofConnection],
    [frameType.windowUpdate, (frame) => this.#windowUpdate(frame)],
    [frameType.continuation, (frame) => this.#continuation(frame)],
  ]);
  #block: OpenBlock | undefined;
  #lastStream = 0;
  #settled = false;
  /** Bytes that the peer may still send before the next WINDOW_UPDATE. */
  #window = maxWindow;

  constructor(socket: Socket, handler: ConnectionHandler) {
    this.#socket = socket;
    this.#handler = handler;
    this.#out = new Outbound(socket);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.write(greeting);
  }

  /** Answers a call; silent if the peer has given it up. */
  answer(stream: number, answer: Answer): void {
    if (this.#asked.delete(stream)) this.#out.answer(stream, answer);
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#handle(frame);
    } catch (error) {
      this.#fail(error instanceof CompressionError ? new ConnectionError(errorCode.compression, error.message) : error);
    }
  }

  /** Says what was wrong and hangs up. */
  #fail(error: unknown): void {
    const broken = error instanceof Error ? error : new Error(String(error));
    const code = broken instanceof ConnectionError ? broken.code : errorCode.internal;
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
    this.#out.end(encodeFrame(frameType.goAway, 0, 0, uint32s(this.#lastStream, code)));
    this.#open.clear();
    this.#asked.clear();
    this.#handler.onBroken(broken);
  }

  #handle(frame: Frame): void {
    if (!this.#settled) {
      if (frame.type !== frameType.settings || (frame.flags & flag.ack) !== 0) throw protocol('no SETTINGS in front');
      this.#settled = true;
    }
    if (this.#block !== undefined && (frame.type !== frameType.continuation || frame.stream !== this.#block.stream)) {
      throw protocol('a header block is interrupted');
    }
    try {
      this.#byType.get(frame.type)?.(frame);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#forget(error.stream);
      this.#out.write(encodeFrame(frameType.rstStream, 0, error.stream, uint32s(error.code)));
    }
  }

  #ping(frame: Frame): void {
    ofConnection(frame);
    sized(frame, 8);
    if ((frame.flags & flag.ack) === 0) this.#out.write(encodeFrame(frameType.ping, flag.ack, 0, frame.payload));
  }

  #rstStream(frame: Frame): void {
    this.#known(frame, 4);
    this.#forget(frame.stream);
  }

  /** A stream that has begun: frames about others break the protocol. */
  #known(frame: Frame, bytes: number): void {
    if (frame.stream === 0 || frame.stream > this.#lastStream) throw protocol(`a frame of idle stream ${frame.stream}`);
    sized(frame, bytes);
  }

  #windowUpdate(frame: Frame): void {
    const { stream } = frame;
    if (stream === 0) sized(frame, 4);
    else this.#known(frame, 4);
    const isLive = stream === 0 || this.#open.has(stream) || this.#asked.has(stream) || this.#out.isWaiting(stream);
    if (isLive) this.#out.grant(stream, frame.payload.readUInt32BE(0) % 2 ** 31);
  }

  #forget(stream: number): void {
    this.#open.delete(stream);
    this.#asked.delete(stream);
    this.#out.forget(stream);
  }

  #data(frame: Frame): void {
    const { stream, payload, flags } = frame;
    if (stream === 0 || stream > this.#lastStream) throw protocol(`DATA of idle stream ${stream}`);
    this.#window -= payload.length;
    if (this.#window < 0) throw new ConnectionError(errorCode.flowControl, 'more bytes than the window has');
    if (this.#window < maxWindow / 2) {
      this.#out.write(encodeFrame(frameType.windowUpdate, 0, 0, uint32s(maxWindow - this.#window)));
      this.#window = maxWindow;
    }
    const body = unpadded(frame);
    const call = this.#open.get(stream);
    if (call === undefined) throw new StreamError(errorCode.streamClosed, stream, 'DATA of a closed stream');
    call.chunks.push(body);
    call.length += body.length;
    const refused = this.#handler.refusal(call);
    if (refused !== undefined) {
      this.#open.delete(stream);
      this.#out.answer(stream, refused);
    } else if ((flags & flag.endStream) !== 0) this.#complete(call);
  }

  #complete(call: Call): void {
    const { stream, length, contentLength = length } = call;
    if (length !== contentLength) {
      throw new StreamError(errorCode.protocol, stream, `${length} bytes instead of ${contentLength}`);
    }
    this.#open.delete(stream);
    this.#asked.add(stream);
    this.#handler.onRequest(this, call);
  }

  #headers(frame: Frame): void {
    const { stream, flags } = frame;
    if (stream % 2 === 0) throw protocol(`HEADERS of stream ${stream}`);
    const block = unpadded(frame);
    const endsStream = (flags & flag.endStream) !== 0;
    if ((flags & flag.endHeaders) !== 0) this.#fields(stream, endsStream, block);
    else this.#block = { stream, endsStream, parts: [block], length: block.length };
  }

  #continuation({ payload, flags }: Frame): void {
    const block = this.#block;
    if (block === undefined) throw protocol('CONTINUATION of no header block');
    block.parts.push(payload);
    block.length += payload.length;
    if (block.length > maxHeaderBytes || block.parts.length > maxCalls) {
      throw new ConnectionError(errorCode.enhanceYourCalm, `a header block of over ${maxHeaderBytes} bytes`);
    }
    if ((flags & flag.endHeaders) === 0) return;
    this.#block = undefined;
    this.#fields(block.stream, block.endsStream, Buffer.concat(block.parts, block.length));
  }

  /** A request's header block begins a call; a second one (trailers, which say nothing here) has to end it. */
  #fields(stream: number, endsStream: boolean, block: Buffer): void {
    const fields: HeaderField[] = this.#hpack.decode(block);
    const trailed = this.#open.get(stream);
    if (trailed !== undefined) {
      if (!endsStream) throw new StreamError(errorCode.protocol, stream, 'trailers that do not end the stream');
      if (fields.some(([name]) => name.startsWith(':'))) {
        throw new StreamError(errorCode.protocol, stream, 'trailers with a pseudo-field');
      }
      this.#complete(trailed);
      return;
    }
    if (stream <= this.#lastStream) {
      throw new ConnectionError(errorCode.streamClosed, `HEADERS of closed stream ${stream}`);
    }
    this.#lastStream = stream;
    if (this.#open.size + this.#asked.size >= maxCalls) {
      throw new StreamError(errorCode.refusedStream, stream, `more than ${maxCalls} calls at a time`);
    }
    const call = { stream, ...requestHead(stream, fields), chunks: [], length: 0 };
    if (endsStream) this.#complete(call);
    else this.#open.set(stream, call);
  }

  #priority(frame: Frame): void {
    if (frame.stream === 0) throw protocol('PRIORITY of the connection');
    if (frame.payload.length !== 5) throw new StreamError(errorCode.frameSize, frame.stream, 'PRIORITY has 5 bytes');
    checkDependency(frame.stream, frame.payload, 0);
  }

  #settings(frame: Frame): void {
    ofConnection(frame);
    const { payload, flags } = frame;
    const isAck = (flags & flag.ack) !== 0;
    if (payload.length % 6 !== 0 || (isAck && payload.length > 0)) {
      throw new ConnectionError(errorCode.frameSize, `SETTINGS of ${payload.length} bytes`);
    }
    if (isAck) return;
    for (let offset = 0; offset < payload.length; offset += 6) {
      this.#out.set(payload.readUInt16BE(offset), payload.readUInt32BE(offset + 2));
    }
    this.#out.write(encodeFrame(frameType.settings, flag.ack, 0, Buffer.alloc(0)));
  }
}

function protocol(message: string): ConnectionError {
  return new ConnectionError(errorCode.protocol, message);
}

function refusePush(): void {
  throw protocol('a client pushes');
}

function ofConnection({ stream, type }: Frame): void {
  if (stream !== 0) throw protocol(`a frame of type ${type} belongs to the connection, not to stream ${stream}`);
}

function sized({ payload, type }: Frame, bytes: number): void {
  if (payload.length !== bytes) {
    throw new ConnectionError(errorCode.frameSize, `a frame of type ${type} has ${payload.length} bytes, not ${bytes}`);
  }
}
