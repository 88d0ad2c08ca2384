import type { Socket } from 'node:net';
import {
  ConnectionError,
  errorCode,
  flag,
  frameType,
  headerBytes,
  initialFrameSize,
  initialWindow,
  maxFrameSize,
  maxWindow,
  StreamError,
  setting,
  writeHeader,
} from './frames.ts';

/** An answer to a call: a header block, a body, and a header block that ends the stream. Blocks are in HPACK's form. */
export interface Answer {
  readonly head: Buffer;
  /** Undefined: no body and no trailers, `head` ends the stream. */
  readonly body?: { readonly bytes: Uint8Array; readonly trailers: Buffer };
}

/** A body of which a part waits for the peer's window. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly trailers: Buffer;
  offset: number;
}

/** Bytes that may wait in the kernel's way before nothing more is read from this peer. */
const pauseAtBytes = 1_048_576;

/** What a connection writes: answers within the peer's windows (RFC 9113, 5.2), joined into one write a turn. */
export class Outbound {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  /** What the peer granted beyond its initial window, or took of it, by stream with a body that waits. */
  readonly #granted = new Map<number, number>();
  #frames: Buffer[] = [];
  #window = initialWindow;
  #streamWindow = initialWindow;
  #frameSize = initialFrameSize;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => socket.resume());
  }

  write(frame: Buffer): void {
    if (this.#frames.length === 0) process.nextTick(() => this.#flush());
    this.#frames.push(frame);
  }

  /** Writes one last frame and hangs up. */
  end(frame: Buffer): void {
    this.#frames.push(frame);
    this.#flush();
    this.#waiting.clear();
    this.#socket.end();
    this.#socket.destroySoon();
  }

  answer(stream: number, { head, body }: Answer): void {
    if (body === undefined) {
      this.#granted.delete(stream);
      this.write(block(stream, flag.endHeaders | flag.endStream, head));
      return;
    }
    const { bytes, trailers } = body;
    const room = Math.min(this.#window, this.#streamWindow + (this.#granted.get(stream) ?? 0), this.#frameSize);
    if (bytes.length <= room) {
      this.#window -= bytes.length;
      this.#granted.delete(stream);
      this.write(whole(stream, head, bytes, trailers));
      return;
    }
    this.write(block(stream, flag.endHeaders, head));
    this.#waiting.set(stream, { bytes, trailers, offset: 0 });
    this.#pump();
  }

  /** Whether a body still waits for its window. */
  isWaiting(stream: number): boolean {
    return this.#waiting.has(stream);
  }

  /** The peer has no more interest in a stream. */
  forget(stream: number): void {
    this.#waiting.delete(stream);
    this.#granted.delete(stream);
  }

  /** WINDOW_UPDATE; stream 0 is the connection. */
  grant(stream: number, bytes: number): void {
    if (stream === 0) {
      if (bytes === 0) throw new ConnectionError(errorCode.protocol, 'a window grows by nothing');
      this.#window += bytes;
      if (this.#window > maxWindow) throw new ConnectionError(errorCode.flowControl, 'the window is too large');
    } else {
      if (bytes === 0) throw new StreamError(errorCode.protocol, stream, 'a window grows by nothing');
      const granted = (this.#granted.get(stream) ?? 0) + bytes;
      if (this.#streamWindow + granted > maxWindow) {
        throw new StreamError(errorCode.flowControl, stream, 'the window is too large');
      }
      this.#granted.set(stream, granted);
    }
    this.#pump();
  }

  /** One of the peer's settings; unknown ones say nothing. */
  set(id: number, value: number): void {
    if (id === setting.enablePush && value > 1) throw new ConnectionError(errorCode.protocol, `ENABLE_PUSH ${value}`);
    if (id === setting.maxFrameSize) {
      if (value < initialFrameSize || value > maxFrameSize) {
        throw new ConnectionError(errorCode.protocol, `MAX_FRAME_SIZE ${value}`);
      }
      this.#frameSize = value;
    }
    if (id === setting.initialWindowSize) {
      if (value > maxWindow) throw new ConnectionError(errorCode.flowControl, `INITIAL_WINDOW_SIZE ${value}`);
      this.#streamWindow = value;
      this.#pump();
    }
  }

  #pump(): void {
    for (const [stream, waiting] of this.#waiting) {
      const { bytes, trailers } = waiting;
      while (waiting.offset < bytes.length) {
        const granted = this.#granted.get(stream) ?? 0;
        const room = Math.min(this.#window, this.#streamWindow + granted, this.#frameSize);
        if (room <= 0) break;
        const part = bytes.subarray(waiting.offset, waiting.offset + room);
        waiting.offset += part.length;
        this.#window -= part.length;
        this.#granted.set(stream, granted - part.length);
        this.write(data(stream, part));
      }
      if (waiting.offset < bytes.length) continue;
      this.forget(stream);
      this.write(block(stream, flag.endHeaders | flag.endStream, trailers));
    }
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = [];
    const [first] = frames;
    if (first === undefined || this.#socket.destroyed) return;
    this.#socket.write(frames.length === 1 ? first : Buffer.concat(frames));
    if (this.#socket.writableLength > pauseAtBytes) this.#socket.pause();
  }
}

function block(stream: number, flags: number, fields: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + fields.length);
  frame.set(fields, writeHeader(frame, 0, { type: frameType.headers, flags, stream, length: fields.length }));
  return frame;
}

function data(stream: number, bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + bytes.length);
  frame.set(bytes, writeHeader(frame, 0, { type: frameType.data, flags: 0, stream, length: bytes.length }));
  return frame;
}

/** An answer in three frames and one buffer: most are small, and a write costs more than they do. */
function whole(stream: number, head: Buffer, bytes: Uint8Array, trailers: Buffer): Buffer {
  const out = Buffer.allocUnsafe(3 * headerBytes + head.length + bytes.length + trailers.length);
  const { headers } = frameType;
  let offset = writeHeader(out, 0, { type: headers, flags: flag.endHeaders, stream, length: head.length });
  out.set(head, offset);
  offset += head.length;
  offset = writeHeader(out, offset, { type: frameType.data, flags: 0, stream, length: bytes.length });
  out.set(bytes, offset);
  offset += bytes.length;
  const last = flag.endHeaders | flag.endStream;
  offset = writeHeader(out, offset, { type: headers, flags: last, stream, length: trailers.length });
  out.set(trailers, offset);
  return out;
}
