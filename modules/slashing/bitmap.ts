/**
 * Which blocks of its window a validator missed, in pieces of 1,024 bits as x/slashing stores them: a bitset of Go's
 * bits-and-blooms/bitset in its binary form, u64 length then u64 words, all big-endian. Bit i is bit i mod 64 of word i / 64.
 */

/** Bits of a chunk. */
export const chunkBits = 1024n;

const headBytes = 8;
const chunkBytes = headBytes + Number(chunkBits) / 8;

/** Where the bit of an index lies. */
export function locate(index: bigint): { readonly chunk: bigint; readonly bit: number } {
  return { chunk: index / chunkBits, bit: Number(index % chunkBits) };
}

/** False for a chunk that is not there. */
export function hasBit(chunk: Uint8Array | undefined, bit: number): boolean {
  const { at, mask } = placeOf(bit);
  return chunk !== undefined && ((chunk[at] ?? 0) & mask) !== 0;
}

/** A copy of the chunk, a new one if it is not there, with the bit as given. */
export function withBit(chunk: Uint8Array | undefined, bit: number, value: boolean): Uint8Array {
  const copy = chunk === undefined ? emptyChunk() : Uint8Array.from(chunk);
  const { at, mask } = placeOf(bit);
  const byte = copy[at] ?? 0;
  copy[at] = value ? byte | mask : byte & ~mask;
  return copy;
}

/** The bits that are set, ascending. */
export function bitsOf(chunk: Uint8Array): number[] {
  return Array.from({ length: Number(chunkBits) }, (_, bit) => bit).filter((bit) => hasBit(chunk, bit));
}

function emptyChunk(): Uint8Array {
  const chunk = Buffer.alloc(chunkBytes);
  chunk.writeBigUInt64BE(chunkBits);
  return Uint8Array.from(chunk);
}

function placeOf(bit: number): { at: number; mask: number } {
  const word = bit >> 6;
  return { at: headBytes + word * 8 + 7 - ((bit & 63) >> 3), mask: 1 << (bit & 7) };
}
