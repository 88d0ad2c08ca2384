import { BinaryWriter } from 'cosmjs-types/binary';

/**
 * cosmjs-types 0.11.0 writes 64-bit varints from 2^31 to 2^32-1 as garbage: its loop compares the low word as signed.
 * One tx with such a gas limit would make an answer to CometBFT undecodable. Words that fit 32 bits go through the
 * 32-bit path, which is right; all others the original writes correctly. Its `uint64` is an instance field that reads
 * `BinaryWriter.prototype.int64` when a writer is made, so this one assignment mends both.
 */
const writeOriginal = BinaryWriter.prototype.int64;

BinaryWriter.prototype.int64 = function int64(this: BinaryWriter, value: bigint): BinaryWriter {
  const integer = BigInt(value);
  if (integer >= 0n && integer < 1n << 32n) return this.uint32(Number(integer));
  return writeOriginal.call(this, integer);
};

/**
 * Its `alloc` makes a pool of 8 KiB for each message and hands out a piece of it: an encoded account of 80 bytes that is
 * kept in a store would hold a hundred times its size. Each message gets its own bytes instead.
 */
BinaryWriter.alloc = (size: number) => new Uint8Array(size);
