/**
 * The framing of CometBFT's ABCI socket (`libs/protoio` of v0.38): each protobuf message follows its length as an
 * unsigned varint. The stream may be split anywhere.
 */

/** CometBFT's own limit (`maxMsgSize` in abci/types/messages.go), bytes. */
export const maxFrameBytes = 104_857_600;

/** A length may take 10 bytes on the wire, but one within the limit never needs more than 5. */
const maxLengthBytes = 5;

/** The peer does not speak this protocol; nothing after this can be trusted. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FrameError';
  }
}

/** Cuts a byte stream into frames. Memory grows with the bytes received, never with a length that was only claimed. */
export class FrameReader {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  /** Bytes of the frame that is under way; undefined while its length is read. */
  #needed: number | undefined;
  #length = 0;
  #lengthBytes = 0;

  constructor(limit = maxFrameBytes) {
    this.#limit = limit;
  }

  /** Bytes of an unfinished frame, its length included. */
  get pending(): number {
    return this.#buffered + this.#lengthBytes;
  }

  /** The frames that `chunk` completes, in order. Throws a `FrameError` on a malformed or too large length. */
  *push(chunk: Uint8Array): Iterable<Uint8Array> {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#needed === undefined) offset = this.#readLength(chunk, offset);
      if (this.#needed === undefined) return;
      const end = Math.min(chunk.length, offset + this.#needed - this.#buffered);
      if (end > offset) {
        this.#chunks.push(chunk.subarray(offset, end));
        this.#buffered += end - offset;
        offset = end;
      }
      if (this.#buffered === this.#needed) yield this.#take();
    }
  }

  #readLength(chunk: Uint8Array, start: number): number {
    for (let offset = start; offset < chunk.length; offset++) {
      const byte = chunk[offset] ?? 0;
      this.#length += (byte & 0x7f) * 2 ** (7 * this.#lengthBytes);
      this.#lengthBytes++;
      if (byte < 0x80) {
        if (this.#length > this.#limit) {
          throw new FrameError(`a frame of ${this.#length} bytes is longer than the limit of ${this.#limit}`);
        }
        this.#needed = this.#length;
        return offset + 1;
      }
      if (this.#lengthBytes === maxLengthBytes) throw new FrameError('a frame length does not end within 5 bytes');
    }
    return chunk.length;
  }

  #take(): Uint8Array {
    const [only] = this.#chunks;
    const frame = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks, this.#buffered);
    this.#chunks = [];
    this.#buffered = 0;
    this.#needed = undefined;
    this.#length = 0;
    this.#lengthBytes = 0;
    return frame;
  }
}

/** A message with its length in front. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = message.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) length.push((rest & 0x7f) | 0x80);
  length.push(rest);
  const frame = new Uint8Array(length.length + message.length);
  frame.set(length);
  frame.set(message, length.length);
  return frame;
}
