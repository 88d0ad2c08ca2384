import { encodeFrame, FrameError, FrameReader } from '../../chain/abci/frames.ts';
import { abci } from '../../sdk/codec/index.ts';
import { Random } from '../sim/random.ts';
import type { Reader } from './guided.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

const limit = 1 << 20;

const requests: readonly Uint8Array[] = [
  abci.Request.fromPartial({ echo: { message: 'hello' } }),
  abci.Request.fromPartial({ flush: {} }),
  abci.Request.fromPartial({ info: { version: '0.38.25', blockVersion: 11n, p2pVersion: 8n, abciVersion: '2.0.0' } }),
  abci.Request.fromPartial({ checkTx: { tx: new Uint8Array(300).fill(7), type: 1 } }),
  abci.Request.fromPartial({ query: { path: '/store/bank/key', data: new Uint8Array(22), height: 5n, prove: true } }),
  abci.Request.fromPartial({
    finalizeBlock: { height: 9n, txs: [new Uint8Array(60), new Uint8Array(2)], time: { seconds: 5n } },
  }),
].map((request) => encodeFrame(abci.Request.encode(request).finish()));

/** The reader of CometBFT's socket: whatever comes in whatever pieces, it keeps no more than came. */
export function framesTarget(): Target {
  return {
    name: 'frames',
    run: (random) => {
      const whole = Buffer.concat(Array.from({ length: 1 + random.below(4) }, () => random.pick(requests)));
      return read(random, mutate(random, whole, random.pick(requests))) > 0;
    },
    close: async () => {},
  };
}

/** The first byte says into what pieces the rest is cut. */
export function framesReader(): Reader {
  return {
    name: 'frames',
    header: 1,
    seeds: [Buffer.concat(requests), ...requests].map((stream) => Buffer.concat([Buffer.of(1), stream])),
    read: (bytes) => read(new Random(bytes[0] ?? 0), bytes.subarray(1)) > 0,
    close: async () => {},
  };
}

/** How many frames held a request. */
function read(random: Random, stream: Uint8Array): number {
  const reader = new FrameReader(limit);
  let fed = 0;
  let taken = 0;
  let requests = 0;
  try {
    for (let offset = 0; offset < stream.length; ) {
      const piece = stream.subarray(offset, offset + 1 + random.below(80));
      offset += piece.length;
      fed += piece.length;
      for (const frame of reader.push(piece)) {
        taken += frame.length;
        if (decode(frame)) requests++;
      }
      if (reader.pending + taken > fed)
        throw new Error(`${reader.pending} bytes pending of ${fed} fed, ${taken} taken`);
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
  }
  return requests;
}

/** Bytes that are no request end the connection, and nothing else. */
function decode(frame: Uint8Array): boolean {
  try {
    abci.Request.decode(frame);
    return true;
  } catch (error) {
    if (error instanceof RangeError && /call stack|allocation/i.test(error.message)) throw error;
    if (!(error instanceof Error)) throw error;
    return false;
  }
}
