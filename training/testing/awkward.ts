/**
 * Every kind of float32: normal, denormal, both zeros; exponents spread over about `spread` powers of two around 1, so that a
 * wide spread overflows in products and sums.
 */
export function awkward(length: number, salt: number, spread: number): Float32Array {
  const words = new Uint32Array(length);
  for (let i = 0; i < length; i += 1) {
    const word = Math.imul((i + 1) ^ (salt * 0x9e3779b9), 0x85ebca6b) >>> 0;
    const mixed = Math.imul(word ^ (word >>> 13), 0xc2b2ae35) >>> 0;
    const exponent = mixed % 7 === 0 ? 0 : ((mixed >>> 8) % spread) + 127 - (spread >> 1);
    words[i] = mixed % 5 === 0 ? mixed & 0x80000000 : (mixed & 0x807fffff) | (exponent << 23);
  }
  return new Float32Array(words.buffer);
}
