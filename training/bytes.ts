/** float32 values as the bytes that are hashed, stored and served: little endian. */

/** The bytes of `values`: a copy, little endian on any machine. */
export function floatsToBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  if (littleEndian()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, bytes.length));
    return bytes;
  }
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  return bytes;
}

/** The bytes of `values`: a view where the machine is little endian, else a copy. */
export function littleEndianBytes(values: Float32Array): Uint8Array {
  if (!littleEndian()) return floatsToBytes(values);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The values in `bytes`, whose length must be a multiple of 4: a copy. */
export function bytesToFloats(bytes: Uint8Array): Float32Array {
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are no float32 values`);
  const values = new Float32Array(bytes.length / 4);
  if (littleEndian()) {
    new Uint8Array(values.buffer).set(bytes);
    return values;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < values.length; i += 1) values[i] = view.getFloat32(i * 4, true);
  return values;
}

function littleEndian(): boolean {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
}
