import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameError, FrameReader } from './frames.ts';

function readAll(reader: FrameReader, chunks: readonly Uint8Array[]): Uint8Array[] {
  return chunks.flatMap((chunk) => [...reader.push(chunk)]).map((frame) => Uint8Array.from(frame));
}

describe('frames of the ABCI socket', () => {
  it('are read the same however the stream is split', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 }), (frames, cuts) => {
        const stream = Buffer.concat(frames.map(encodeFrame));
        const chunks: Uint8Array[] = [];
        let start = 0;
        for (const cut of cuts) {
          chunks.push(stream.subarray(start, start + cut));
          start += cut;
        }
        chunks.push(stream.subarray(start));
        const reader = new FrameReader();
        expect(readAll(reader, chunks)).toEqual(frames);
        expect(reader.pending).toBe(0);
      }),
    );
  });

  it('carry the length as CometBFT writes it', () => {
    expect(encodeFrame(new Uint8Array(0))).toEqual(Uint8Array.of(0));
    expect(encodeFrame(new Uint8Array(300)).subarray(0, 2)).toEqual(Uint8Array.of(0xac, 0x02));
  });

  it('are refused by their length alone when they are too long, before any of their bytes arrive', () => {
    const reader = new FrameReader(1000);
    expect(() => readAll(reader, [Uint8Array.of(0xe9, 0x07)])).toThrow(FrameError);
    expect(readAll(new FrameReader(1000), [encodeFrame(new Uint8Array(1000))])).toHaveLength(1);
  });

  it('are refused when the length does not end', () => {
    expect(() => readAll(new FrameReader(), [new Uint8Array(5).fill(0xff)])).toThrow('5 bytes');
  });

  it('that are cut off stay pending', () => {
    const reader = new FrameReader();
    expect(readAll(reader, [encodeFrame(new Uint8Array(10)).subarray(0, 7)])).toEqual([]);
    expect(reader.pending).toBe(7);
  });
});
