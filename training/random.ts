/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011): every random
 * number of a run is a pure function of (seed, purpose, step, layer, element), so that one alone can be proven.
 */

/** What a random number is for; numbers are only ever appended. */
export const purposes = { weights: 0, order: 1, dropout: 2 } as const;

export type Purpose = keyof typeof purposes;

/** The two key words of a 32-byte seed: its first eight bytes, little endian. */
export type PhiloxKey = readonly [number, number];

export type Words = readonly [number, number, number, number];

const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;

export function philoxKey(seed: Uint8Array): PhiloxKey {
  if (seed.length !== 32) throw new RangeError(`a seed has 32 bytes, not ${seed.length}`);
  const view = new DataView(seed.buffer, seed.byteOffset, seed.length);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

/** Ten rounds of Philox4x32 on a counter of four uint32 words. */
export function philox(counter: Words, key: PhiloxKey): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round += 1) {
    const high0 = multiplyHigh(MULTIPLIERS[0], c0);
    const low0 = Math.imul(MULTIPLIERS[0], c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIERS[1], c2);
    const low1 = Math.imul(MULTIPLIERS[1], c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL[0]) >>> 0;
    k1 = (k1 + WEYL[1]) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** One random uint32. The counter is (element / 4, layer, step, purpose) and the result its word `element` mod 4. */
export function randomWord(key: PhiloxKey, purpose: Purpose, step: number, layer: number, element: number): number {
  return randomWords(key, purpose, step, layer, Math.floor(element / 4))[element & 3] ?? 0;
}

/** The random words of elements 4 `quad` to 4 `quad` + 3. */
export function randomWords(key: PhiloxKey, purpose: Purpose, step: number, layer: number, quad: number): Words {
  return philox([quad, layer, step, purposes[purpose]], key);
}

/** The float32 in [0, 1) of the upper 24 bits of a word; exact. */
export function unitFloat(word: number): number {
  return (word >>> 8) / 16_777_216;
}

/** Upper 32 bits of the product of two uint32, in 16-bit halves so that nothing leaves the exact integers. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const cross = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + (middle >>> 16) + (cross >>> 16)) >>> 0;
}
