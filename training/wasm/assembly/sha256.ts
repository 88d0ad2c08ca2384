/**
 * SHA-256 (FIPS 180-4) of four messages of one length at a time, one in each lane: what a Merkle tree hashes are many
 * short messages, for which a call into a library costs as much as the hash.
 */

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** Of the square roots of the first eight primes (5.3.3). */
const INITIAL: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Bytes of the scratch room: a schedule of 64 x 4 words, eight x 4 words of state, four padded messages. */
const SCHEDULE: usize = 1024;
const STATE: usize = 128;

/**
 * out[i] = SHA-256(prefix || message i) for i in [from, to); message i has `length` bytes and starts `i * length` bytes
 * after `source`; a hash has 32 bytes.
 *
 * @param scratch room for 1,152 bytes and four messages of `length` + 73 bytes, each rounded up to 64
 */
export function hashMessages(
  prefix: i32,
  source: usize,
  length: i32,
  out: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const blocks = (length + 10 + 63) >> 6;
  const room = (<usize>blocks) << 6;
  const messages = scratch + SCHEDULE + STATE;
  const bits = (length + 1) << 3;
  memory.fill(messages, 0, 4 * room);
  for (let lane = 0; lane < 4; lane += 1) {
    const message = messages + lane * room;
    store<u8>(message, <u8>prefix);
    store<u8>(message + 1 + length, 0x80);
    store<u32>(message + room - 4, bswap<u32>(bits));
  }
  for (let i = from; i < to; i += 4) {
    // Lanes beyond the last message hash it again, and their results are not stored.
    const lanes = min(4, to - i);
    for (let lane = 0; lane < 4; lane += 1) {
      const message = source + <usize>(i + min(lane, lanes - 1)) * length;
      copy(message, messages + lane * room + 1, length);
    }
    hashLanes(messages, room, blocks, scratch);
    const state = scratch + SCHEDULE;
    for (let lane = 0; lane < lanes; lane += 1) {
      const target = out + ((<usize>(i + lane)) << 5);
      for (let word: usize = 0; word < 8; word += 1) {
        store<u32>(target + (word << 2), bswap<u32>(load<u32>(state + (word << 4) + ((<usize>lane) << 2))));
      }
    }
  }
}

/** Short runs: a loop is quicker than memory.copy. */
function copy(source: usize, target: usize, bytes: i32): void {
  let i = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(target + <usize>i, v128.load(source + <usize>i));
  for (; i < bytes; i += 1) store<u8>(target + <usize>i, load<u8>(source + <usize>i));
}

/** The state of four padded messages that lie `room` bytes apart. */
function hashLanes(messages: usize, room: usize, blocks: i32, scratch: usize): void {
  const state = scratch + SCHEDULE;
  for (let i: usize = 0; i < 8; i += 1) {
    v128.store(state + (i << 4), v128.load_splat<u32>(INITIAL + (i << 2)));
  }
  for (let block = 0; block < blocks; block += 1) {
    expand(messages + ((<usize>block) << 6), room, scratch);
    compress(scratch, state);
  }
}

/** The message schedule of one block of each lane. */
function expand(block: usize, room: usize, schedule: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    const a = bigEndian(v128.load(block + i));
    const b = bigEndian(v128.load(block + room + i));
    const c = bigEndian(v128.load(block + 2 * room + i));
    const d = bigEndian(v128.load(block + 3 * room + i));
    const ab0 = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
    const at = schedule + (i << 2);
    v128.store(at, v128.shuffle<u32>(ab0, cd0, 0, 1, 4, 5));
    v128.store(at, v128.shuffle<u32>(ab0, cd0, 2, 3, 6, 7), 16);
    v128.store(at, v128.shuffle<u32>(ab1, cd1, 0, 1, 4, 5), 32);
    v128.store(at, v128.shuffle<u32>(ab1, cd1, 2, 3, 6, 7), 48);
  }
  for (let at = schedule + 256, end = schedule + 1024; at < end; at += 16) {
    const w15 = v128.load(at - 240);
    const w2 = v128.load(at - 32);
    const s0 = v128.xor(v128.xor(rotated(w15, 7), rotated(w15, 18)), i32x4.shr_u(w15, 3));
    const s1 = v128.xor(v128.xor(rotated(w2, 17), rotated(w2, 19)), i32x4.shr_u(w2, 10));
    v128.store(at, i32x4.add(i32x4.add(v128.load(at - 256), s0), i32x4.add(v128.load(at - 112), s1)));
  }
}

/** Sixty-four rounds. */
function compress(schedule: usize, state: usize): void {
  let a = v128.load(state);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  let f = v128.load(state, 80);
  let g = v128.load(state, 96);
  let h = v128.load(state, 112);
  for (let i: usize = 0; i < 64; i += 1) {
    const s1 = v128.xor(v128.xor(rotated(e, 6), rotated(e, 11)), rotated(e, 25));
    const added = i32x4.add(v128.load_splat<u32>(K + (i << 2)), v128.load(schedule + (i << 4)));
    const t1 = i32x4.add(i32x4.add(h, s1), i32x4.add(v128.bitselect(f, g, e), added));
    const s0 = v128.xor(v128.xor(rotated(a, 2), rotated(a, 13)), rotated(a, 22));
    const majority = v128.bitselect(c, a, v128.xor(a, b));
    h = g;
    g = f;
    f = e;
    e = i32x4.add(d, t1);
    d = c;
    c = b;
    b = a;
    a = i32x4.add(t1, i32x4.add(s0, majority));
  }
  v128.store(state, i32x4.add(a, v128.load(state)));
  v128.store(state, i32x4.add(b, v128.load(state, 16)), 16);
  v128.store(state, i32x4.add(c, v128.load(state, 32)), 32);
  v128.store(state, i32x4.add(d, v128.load(state, 48)), 48);
  v128.store(state, i32x4.add(e, v128.load(state, 64)), 64);
  v128.store(state, i32x4.add(f, v128.load(state, 80)), 80);
  v128.store(state, i32x4.add(g, v128.load(state, 96)), 96);
  v128.store(state, i32x4.add(h, v128.load(state, 112)), 112);
}

function rotated(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
}

function bigEndian(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}
