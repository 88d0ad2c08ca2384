import type { Kernels } from '../canonical/kernels.ts';
import type { Patches } from '../canonical/patches.ts';
import type { KernelPool } from './pool.ts';

/** Below so many values read a pool is done before other threads have woken up. */
const ALONE = 100_000;

/** `canonical/pools.ts` on the pool's threads. */
export function poolKernels(
  pool: KernelPool,
  pointer: (values: Float32Array) => number,
): Pick<Kernels, 'maxPool' | 'maxPoolGradient' | 'avgPool' | 'avgPoolGradient'> {
  const isSmall = (p: Patches, records: number) => outputs(p, records) * p.size * p.size < ALONE;
  const largest = (x: Float32Array, p: Patches, records: number) => {
    const out = pool.allocate(outputs(p, records));
    const chosen = pool.allocate(outputs(p, records)).byteOffset;
    const rows = records * p.outHeight;
    pool.run('maxPool', [pointer(x), out.byteOffset, chosen, rows, ...windowOf(p)], isSmall(p, records));
    return { out, chosen };
  };
  const gradient = (dy: Float32Array, chosen: number, p: Patches, records: number) => {
    const out = pool.allocate(records * p.height * p.width * p.channels);
    const rows = records * p.height;
    pool.run('poolGradient', [pointer(dy), chosen, out.byteOffset, rows, ...windowOf(p)], isSmall(p, records));
    return out;
  };
  return {
    maxPool: (x, p, records) => largest(x, p, records).out,
    maxPoolGradient: (x, dy, p, records) => gradient(dy, largest(x, p, records).chosen, p, records),
    avgPool(x, p, records) {
      const out = pool.allocate(outputs(p, records));
      const rows = records * p.outHeight;
      pool.run('avgPool', [pointer(x), out.byteOffset, rows, ...windowOf(p)], isSmall(p, records));
      return out;
    },
    avgPoolGradient: (dy, p, records) => gradient(dy, 0, p, records),
  };
}

function outputs(p: Patches, records: number): number {
  return records * p.outHeight * p.outWidth * p.channels;
}

/** The picture's order in the argument lists of pools. */
function windowOf(p: Patches): number[] {
  return [p.height, p.width, p.channels, p.outHeight, p.outWidth, p.size, p.step];
}
