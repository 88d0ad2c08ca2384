import { CHAIN, sliceSize } from '../canonical/matrix.ts';
import { type Patches, patchLength, positionsOf } from '../canonical/patches.ts';
import { SCRATCH, tilesOf } from './jobs.ts';
import type { KernelPool } from './pool.ts';

/** Bytes of patches that are gathered at a time: they are used while they are in a near cache. */
const SLAB_BYTES = 1 << 20;

/** Positions of one slab: a power of two from 256 on, so that slabs end where blocks and slices of a sum do. */
function slabOf(patches: Patches): number {
  let slab = CHAIN;
  while (slab < CHAIN * CHAIN && slab * 2 * patchLength(patches) * 4 <= SLAB_BYTES) slab *= 2;
  return slab;
}

/** The patches' order in the argument list of `gather`. */
function argumentsOf(p: Patches): number[] {
  return [p.height, p.width, p.channels, p.outHeight, p.outWidth, p.size, p.step, p.spread, p.top, p.left];
}

/** Gathers patches slab by slab and hands each to `use`, with where its rows are. */
function forSlabs(
  pool: KernelPool,
  x: number,
  patches: Patches,
  [from, to]: readonly [number, number],
  use: (rows: number, start: number, count: number) => void,
): void {
  const slab = slabOf(patches);
  const rows = pool.allocate(Math.min(slab, to - from) * patchLength(patches)).byteOffset;
  for (let start = from; start < to; start += slab) {
    const count = Math.min(slab, to - start);
    pool.run('gather', [x, rows, start, start + count, ...argumentsOf(patches)], count * patchLength(patches) < 20_000);
    use(rows, start, count);
  }
}

/** `canonical/patches.ts` convolve; pointers to operands in the pool's memory. */
export function convolve(
  pool: KernelPool,
  x: number,
  kernel: number,
  patches: Patches,
  records: number,
  filters: number,
): Float32Array {
  const inner = patchLength(patches);
  const positions = positionsOf(patches, records);
  const out = pool.allocate(positions * filters).fill(0);
  const packed = pool.allocate(inner * tilesOf(filters) * 8).byteOffset;
  const scratch = pool.allocate((SCRATCH / 4) * pool.threads).byteOffset;
  pool.run('packColumns', [kernel, packed, inner, filters], true);
  forSlabs(pool, x, patches, [0, positions], (rows, start, count) => {
    const target = out.byteOffset + start * filters * 4;
    const small = count * inner * filters < 100_000;
    pool.run('multiplyRows', [rows, inner, packed, target, count, inner, filters, scratch], small);
  });
  return out;
}

/** `canonical/patches.ts` convolveGradient; pointers to operands in the pool's memory. */
export function convolveGradient(
  pool: KernelPool,
  x: number,
  dy: number,
  patches: Patches,
  records: number,
  filters: number,
): Float32Array {
  const inner = patchLength(patches);
  const packed = pool.allocate(slabOf(patches) * tilesOf(filters) * 8).byteOffset;
  const scratch = pool.allocate((SCRATCH / 4) * pool.threads).byteOffset;
  const sum = (from: number, to: number): Float32Array => {
    const out = pool.allocate(inner * filters).fill(0);
    const slice = sliceSize(to - from);
    if (slice < to - from) {
      for (let start = from; start < to; start += slice) {
        const part = sum(start, Math.min(to, start + slice));
        pool.run('addInto', [out.byteOffset, part.byteOffset, out.length], true);
      }
      return out;
    }
    forSlabs(pool, x, patches, [from, to], (rows, start, count) => {
      pool.run('packColumns', [dy + start * filters * 4, packed, count, filters], count * filters < 50_000);
      const small = count * inner * filters < 100_000;
      pool.run('multiplyColumns', [rows, inner, packed, out.byteOffset, inner, count, filters, scratch], small);
    });
    return out;
  };
  return sum(0, positionsOf(patches, records));
}
