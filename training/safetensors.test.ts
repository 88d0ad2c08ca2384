import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf } from './network.ts';
import { initialUnit } from './run.ts';
import {
  MAX_HEADER_BYTES,
  readSafetensors,
  SafetensorsError,
  tensorsToWeights,
  weightsToTensors,
  writeSafetensors,
} from './safetensors.ts';
import { smallSpec, testSeed } from './testing/fixtures.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`./testing/safetensors/${name}.safetensors`, import.meta.url)));

/** A file with any header, true or not. */
function file(header: string, data: number, length = BigInt(Buffer.byteLength(header))): Uint8Array {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length);
  return new Uint8Array(Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(data)]));
}

const tensor = (start: number, end: number, shape = [(end - start) / 4], dtype = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: [start, end] });

describe('files of the Python library', () => {
  it('are read with every bit, and written again byte for byte', () => {
    const bytes = fixture('float32');
    const tensors = readSafetensors(bytes);
    expect([...tensors.keys()].sort()).toEqual(['layers.0.bias', 'layers.0.kernel']);
    const kernel = Float32Array.from({ length: 12 }, (_, i) => Math.fround(i - 5) / 7);
    expect(tensors.get('layers.0.kernel')).toEqual({ shape: [4, 3], values: kernel });
    const bias = tensors.get('layers.0.bias');
    expect([...(bias?.values ?? [])].map((value) => Object.is(value, -0))).toEqual([false, true, false]);
    expect(bias?.values[2]).toBe(2 ** -149);
    expect(writeSafetensors(tensors, { made_by: 'Python' })).toEqual(bytes);
  });

  it('may hold scalars and empty tensors, but no other type than float32', () => {
    const tensors = readSafetensors(fixture('shapes'));
    expect(tensors.get('scalar')).toEqual({ shape: [], values: Float32Array.of(2.5) });
    expect(tensors.get('empty')).toEqual({ shape: [0, 3], values: new Float32Array(0) });
    expect(() => readSafetensors(fixture('float16'))).toThrow('bias is "F16", only F32 is taken');
  });
});

describe('a header that lies', () => {
  it.each([
    ['tensors that overlap', file(`{"a":${tensor(0, 8)},"b":${tensor(4, 12)}}`, 12), 'b starts at 4, inside another'],
    ['a gap', file(`{"a":${tensor(0, 4)},"b":${tensor(8, 12)}}`, 12), 'b starts at 8, a gap after another'],
    ['bytes beyond the file', file(`{"a":${tensor(0, 16)}}`, 12), 'a ends at 16 of 12 bytes'],
    ['bytes of no tensor', file(`{"a":${tensor(0, 8)}}`, 12), '4 bytes belong to no tensor'],
    ['another size than its shape', file(`{"a":${tensor(0, 8, [3])}}`, 8), '8 bytes are not [3] of F32'],
    ['a shape that overflows', file(`{"a":${tensor(0, 8, [2 ** 40, 2 ** 40])}}`, 8), 'are not ['],
    ['offsets backwards', file(`{"a":${tensor(8, 0, [2])}}`, 8), '-8 bytes'],
    ['negative offsets', file(`{"a":${tensor(-4, 0, [1])}}`, 8), 'a has no offsets'],
    ['a negative shape', file(`{"a":${tensor(0, 4, [-1])}}`, 4), 'a has no shape'],
    ['another type', file(`{"a":${tensor(0, 8, [1], 'F64')}}`, 8), 'only F32 is taken'],
    ['a name twice', file(`{"a":${tensor(0, 4)},"\\u0061":${tensor(0, 4)}}`, 4), 'has a twice'],
    [
      'a field twice',
      file(`{"a":{"dtype":"F64","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4),
      'has dtype twice',
    ],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}', 0), 'something else than text'],
    ['no object', file('[]', 0), 'no object'],
    ['no JSON', file('{"a"', 0), 'not JSON'],
    ['bytes that are no UTF-8', file('{}', 0).map((byte, i) => (i === 9 ? 0xff : byte)), 'not JSON'],
    ['a length beyond the file', file('{}', 0, 3n), 'ends beyond the file'],
    ['an enormous length', file('{}', 0, 2n ** 63n), 'too large'],
    ['a length above the bound', file('{}', 0, BigInt(MAX_HEADER_BYTES + 1)), 'too large'],
    ['no length', new Uint8Array(7), 'hold no header'],
  ])('is refused: %s', (_name, bytes, reason) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(reason);
  });

  it('or any damage is a SafetensorsError or another tensor, never another failure', () => {
    const bytes = fixture('float32');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, end) => {
        const damaged = bytes.slice(0, end);
        damaged[at] = byte;
        try {
          readSafetensors(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the weights of a network', () => {
  const network = networkOf(smallSpec());
  const { state } = initialUnit(network, testSeed);

  it('travel as safetensors and come back with every bit', () => {
    const bytes = writeSafetensors(weightsToTensors(network, state));
    expect(tensorsToWeights(network, new Float32Array(state.length), readSafetensors(bytes))).toEqual(state);
  });

  it('are refused when a tensor is missing, too many, of another size or not finite', () => {
    const with_ = (name: string, values: Float32Array | undefined) => {
      const tensors = new Map(weightsToTensors(network, state));
      if (values === undefined) tensors.delete(name);
      else tensors.set(name, { shape: [values.length], values });
      return () => tensorsToWeights(network, state, tensors);
    };
    expect(with_('layers.0.bias', undefined)).toThrow('no tensor layers.0.bias');
    expect(with_('layers.9.bias', new Float32Array(8))).toThrow('that the network has not');
    expect(with_('layers.0.bias', new Float32Array(7))).toThrow('another shape');
    expect(with_('layers.0.bias', new Float32Array(8).fill(Number.NaN))).toThrow('not finite');
  });
});
