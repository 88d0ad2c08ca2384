import { bytesToFloats, floatsToBytes } from './bytes.ts';
import { concat } from './merkle.ts';
import type { Network } from './network.ts';
import { duplicateKey } from './strictJson.ts';

/**
 * Weights in the format of Hugging Face's safetensors: u64 little-endian length of a JSON header, the header, the data.
 * The header maps a name to {dtype, shape, data_offsets}; offsets count from the end of the header, without gaps.
 */

/** A float32 tensor; an empty shape is a scalar. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Tensors = ReadonlyMap<string, NamedTensor>;

/** A file that is not what its header says; nothing of it is used. */
export class SafetensorsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SafetensorsError';
  }
}

/** A header beyond this is refused before it is parsed; the Python library takes 100 MB. */
export const MAX_HEADER_BYTES = 1 << 20;

const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

interface Entry extends Pick<NamedTensor, 'shape'> {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Reads a whole file. Only F32 tensors are taken. @throws SafetensorsError */
export function readSafetensors(bytes: Uint8Array): Tensors {
  if (bytes.length < LENGTH_BYTES) throw new SafetensorsError(`${bytes.length} bytes hold no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(MAX_HEADER_BYTES))
    throw new SafetensorsError(`a header of ${headerBytes} bytes is too large`);
  const data = LENGTH_BYTES + Number(headerBytes);
  if (data > bytes.length) throw new SafetensorsError(`the header of ${headerBytes} bytes ends beyond the file`);
  const entries = readHeader(bytes.subarray(LENGTH_BYTES, data));
  checkLayout(entries, bytes.length - data);
  return new Map(
    entries.map(({ name, shape, start, end }) => [
      name,
      { shape, values: bytesToFloats(bytes.subarray(data + start, data + end)) },
    ]),
  );
}

/** The file of some tensors, sorted by name, with the data at a multiple of 8 bytes: as the Python library writes it. */
export function writeSafetensors(tensors: Tensors, metadata?: Readonly<Record<string, string>>): Uint8Array {
  const header: Record<string, unknown> = metadata === undefined ? {} : { [METADATA]: metadata };
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  let offset = 0;
  for (const [name, { shape, values }] of sorted) {
    if (name === METADATA) throw new SafetensorsError(`${METADATA} is no name of a tensor`);
    if (sizeOf(shape) !== values.length)
      throw new SafetensorsError(`${name}: ${values.length} values are not [${shape}]`);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * values.length] };
    offset += 4 * values.length;
  }
  const text = JSON.stringify(header);
  const plain = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil(plain.length / 8) * 8).fill(0x20);
  padded.set(plain);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return concat([length, padded, ...sorted.map(([, { values }]) => floatsToBytes(values))]);
}

/** The weights of a state, by the names of the network's parameters (`layers.0.kernel`). */
export function weightsToTensors(network: Network, state: Float32Array): Tensors {
  return new Map(
    network.parameters.map(({ name, offset, rows, cols }) => [
      name,
      { shape: [rows, cols], values: state.slice(offset, offset + rows * cols) },
    ]),
  );
}

/** `state` with the weights replaced. @throws SafetensorsError unless names and sizes are exactly the network's */
export function tensorsToWeights(network: Network, state: Float32Array, tensors: Tensors): Float32Array {
  const out = state.slice();
  for (const { name, offset, rows, cols } of network.parameters) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new SafetensorsError(`there is no tensor ${name}`);
    if (tensor.values.length !== rows * cols)
      throw new SafetensorsError(`${name} has another shape: [${tensor.shape}]`);
    if (!tensor.values.every(Number.isFinite)) throw new SafetensorsError(`${name} has a value that is not finite`);
    out.set(tensor.values, offset);
  }
  if (tensors.size !== network.parameters.length)
    throw new SafetensorsError('there are tensors that the network has not');
  return out;
}

function readHeader(bytes: Uint8Array): Entry[] {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw new SafetensorsError('the header is not JSON');
  }
  if (!text.startsWith('{') || !isObject(header)) throw new SafetensorsError('the header is no object');
  const repeated = duplicateKey(text);
  if (repeated !== undefined) throw new SafetensorsError(`the header has ${repeated} twice`);
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name !== METADATA) entries.push(readEntry(name, value));
    else if (!isObject(value) || Object.values(value).some((text) => typeof text !== 'string')) {
      throw new SafetensorsError(`${METADATA} holds something else than text`);
    }
  }
  return entries;
}

function readEntry(name: string, value: unknown): Entry {
  if (!isObject(value)) throw new SafetensorsError(`${name} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype !== 'F32') throw new SafetensorsError(`${name} is ${JSON.stringify(dtype)}, only F32 is taken`);
  if (!isSizes(shape)) throw new SafetensorsError(`${name} has no shape`);
  if (!isSizes(offsets) || offsets.length !== 2) throw new SafetensorsError(`${name} has no offsets`);
  const [start = 0, end = 0] = offsets;
  const size = sizeOf(shape);
  if (!Number.isSafeInteger(4 * size) || end - start !== 4 * size) {
    throw new SafetensorsError(`${name}: ${end - start} bytes are not [${shape.join(', ')}] of F32`);
  }
  return { name, shape, start, end };
}

/** Tensors must cover the data one after another, without gap or overlap. */
function checkLayout(entries: readonly Entry[], length: number): void {
  let at = 0;
  for (const { name, start, end } of entries.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      throw new SafetensorsError(`${name} starts at ${start}, ${start < at ? 'inside' : 'a gap after'} another`);
    if (end > length) throw new SafetensorsError(`${name} ends at ${end} of ${length} bytes`);
    at = end;
  }
  if (at !== length) throw new SafetensorsError(`${length - at} bytes belong to no tensor`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
