import { expect, it } from 'vitest';
import { canonicalKernels } from '../canonical/kernels.ts';
import { networkOf } from '../network.ts';
import { initialUnit, runUnit } from '../run.ts';
import { poolSpec, syntheticData, testSeed } from '../testing/fixtures.ts';
import { openEngine } from './engine.ts';
import { openKernels } from './kernels.ts';
import { KernelMemoryError } from './pool.ts';

const spec = poolSpec();
const network = networkOf(spec);
const data = syntheticData(spec, 40);
const { state } = initialUnit(network, testSeed);
const expected = runUnit(network, testSeed, data, 1, state);

async function openWith(
  spoil: Partial<ReturnType<typeof openKernels>> | Error,
): Promise<{ name: string; lines: string[] }> {
  const lines: string[] = [];
  const open = (threads: number) => {
    if (spoil instanceof Error) throw spoil;
    return { ...openKernels(threads), ...spoil };
  };
  const engine = await openEngine({ threads: 1, say: (line) => lines.push(line), open });
  expect(engine.runUnit(network, testSeed, data, 1, state)).toEqual(expected);
  await engine.close();
  return { name: engine.name, lines };
}

it('computes F by the kernels on as many threads as it is given, and says nothing', async () => {
  for (const threads of [1, 2]) {
    const engine = await openEngine({ threads, say: (line) => expect.fail(line) });
    expect(engine.name).toBe(threads === 1 ? 'WebAssembly on 1 thread' : 'WebAssembly on 2 threads');
    expect(engine.runUnit(network, testSeed, data, 1, state)).toEqual(expected);
    expect(engine.accuracy(network, state, data).records).toBe(40);
    await engine.close();
  }
});

it('falls back to plain TypeScript with the reason where there is no WebAssembly', async () => {
  const { name, lines } = await openWith(new Error('no SIMD here'));
  expect(name).toBe('plain TypeScript');
  expect(lines).toEqual(['the WebAssembly kernels cannot be used, F runs in plain TypeScript: no SIMD here']);
});

it('falls back where one bit of one kernel is wrong', async () => {
  const { name, lines } = await openWith({
    columnSums(a, rows, cols) {
      const sums = canonicalKernels.columnSums(a, rows, cols);
      sums[0] = (sums[0] ?? 0) * (1 + 2 ** -23);
      return sums;
    },
  });
  expect(name).toBe('plain TypeScript');
  expect(lines[0]).toMatch(/they give other bits than plain TypeScript for conv2d, batch_norm, relu/);
});

it('computes a unit that is too large for the kernels in plain TypeScript', async () => {
  let checked = false;
  const { maxPool } = openKernels(1);
  const { name, lines } = await openWith({
    maxPool(x, p, records) {
      // The check has pictures of ten pixels, the run of six.
      checked ||= p.width === 10;
      if (p.width !== 10) throw new KernelMemoryError(2 ** 33);
      return maxPool(x, p, records);
    },
  });
  expect(checked).toBe(true);
  expect(name).toBe('WebAssembly on 1 thread');
  expect(lines).toEqual([expect.stringContaining('8192 MiB are more than')]);
});
