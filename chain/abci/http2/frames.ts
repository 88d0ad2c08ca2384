/** The frames of HTTP/2 (RFC 9113, sections 4 and 6). */

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Section 7. */
export const errorCode = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** What a client sends first (section 3.4). */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Bytes of a window and of a payload before anybody says otherwise, and the largest that can be said. */
export const initialWindow = 65_535;
export const maxWindow = 2 ** 31 - 1;
export const initialFrameSize = 16_384;
export const maxFrameSize = 2 ** 24 - 1;

export const headerBytes = 9;

/** The whole connection is at fault; nothing more can be read from it. */
export class ConnectionError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'ConnectionError';
    this.code = code;
  }
}

/** One stream is at fault; the connection goes on. */
export class StreamError extends Error {
  readonly code: number;
  readonly stream: number;

  constructor(code: number, stream: number, message: string) {
    super(message);
    this.name = 'StreamError';
    this.code = code;
    this.stream = stream;
  }
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Cuts a byte stream into the client's preface and frames of at most `initialFrameSize` bytes. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #prefaceRead = false;

  /** The frames that `chunk` completes, in order. Throws a `ConnectionError`. */
  *push(chunk: Buffer): Iterable<Frame> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    if (!this.#prefaceRead) {
      const seen = Math.min(bytes.length, preface.length);
      if (bytes.compare(preface, 0, seen, 0, seen) !== 0) {
        throw new ConnectionError(errorCode.protocol, 'the connection does not begin as HTTP/2 does');
      }
      this.#rest = bytes;
      if (bytes.length < preface.length) return;
      this.#prefaceRead = true;
      offset = preface.length;
    }
    while (bytes.length - offset >= headerBytes) {
      const length = bytes.readUIntBE(offset, 3);
      if (length > initialFrameSize) {
        throw new ConnectionError(errorCode.frameSize, `a frame of ${length} bytes, over ${initialFrameSize}`);
      }
      const end = offset + headerBytes + length;
      if (end > bytes.length) break;
      const frame = {
        type: bytes[offset + 3] ?? 0,
        flags: bytes[offset + 4] ?? 0,
        stream: bytes.readUInt32BE(offset + 5) % 2 ** 31,
        payload: bytes.subarray(offset + headerBytes, end),
      };
      offset = end;
      yield frame;
    }
    this.#rest = bytes.subarray(offset);
  }
}

/** Writes the header of a frame and returns the offset of its payload. */
export function writeHeader(
  out: Buffer,
  offset: number,
  { type, flags, stream, length }: Omit<Frame, 'payload'> & { readonly length: number },
): number {
  out.writeUIntBE(length, offset, 3);
  out[offset + 3] = type;
  out[offset + 4] = flags;
  return out.writeUInt32BE(stream, offset + 5);
}

export function encodeFrame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  frame.set(payload, writeHeader(frame, 0, { type, flags, stream, length: payload.length }));
  return frame;
}

/** A payload of 32-bit numbers, as RST_STREAM, GOAWAY and WINDOW_UPDATE have them. */
export function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

/** SETTINGS of the values given, by their numbers. */
export function encodeSettings(values: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.allocUnsafe(6 * values.length);
  let offset = 0;
  for (const [id, value] of values) offset = payload.writeUInt32BE(value, payload.writeUInt16BE(id, offset));
  return encodeFrame(frameType.settings, 0, 0, payload);
}

/** The payload of DATA and HEADERS without padding and priority (sections 6.1, 6.2). */
export function unpadded({ type, flags, stream, payload }: Frame): Buffer {
  const isPadded = (flags & flag.padded) !== 0;
  const hasPriority = type === frameType.headers && (flags & flag.priority) !== 0;
  const start = (isPadded ? 1 : 0) + (hasPriority ? 5 : 0);
  const padding = isPadded ? (payload[0] ?? 0) : 0;
  if (start + padding > payload.length) {
    throw new ConnectionError(errorCode.protocol, `a frame of ${payload.length} bytes is all padding`);
  }
  if (hasPriority) checkDependency(stream, payload, isPadded ? 1 : 0);
  return start === 0 ? payload : payload.subarray(start, payload.length - padding);
}

/** A stream that depends on itself (RFC 7540, 5.3.1, which RFC 9113 keeps as an error of those who still read it). */
export function checkDependency(stream: number, payload: Buffer, offset: number): void {
  if (payload.readUInt32BE(offset) % 2 ** 31 === stream) {
    throw new StreamError(errorCode.protocol, stream, 'a stream depends on itself');
  }
}
