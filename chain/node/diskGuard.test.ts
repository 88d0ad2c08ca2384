import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { startDiskGuard } from './diskGuard.ts';
import type { OperatorError } from './failure.ts';

const MiB = 1024 * 1024;

function guard(rooms: number[], leastMiB = 100) {
  const low: number[] = [];
  const full = Promise.withResolvers<OperatorError>();
  const started = startDiskGuard({
    folder: '/data',
    leastMiB,
    key: 'disk.stop_below_mib',
    onLow: (freeMiB) => low.push(freeMiB),
    onFull: full.resolve,
    intervalMs: 1,
    free: async () => (rooms.length > 1 ? rooms.shift() : (rooms[0] ?? 0)) ?? 0,
  });
  return { started, low, full: full.promise };
}

test('a disk that fills up is warned of once, then stops the node with the key that decides', async () => {
  const { started, low, full } = guard([500, 300, 190, 180, 170, 99].map((free) => free * MiB));
  await started;
  expect((await full).message).toMatch(/\/data has 99 MiB left, less than disk\.stop_below_mib = 100/);
  expect(low).toEqual([190]);
});

test('a node does not start on a disk that is full already', async () => {
  await expect(guard([50 * MiB]).started).rejects.toThrow('has 50 MiB left');
});

test('0 never stops the node', async () => {
  const { started, low } = guard([0], 0);
  (await started).stop();
  expect(low).toEqual([]);
});

test('the system says how much room a folder has, and which folder it cannot see', async () => {
  const options = { leastMiB: 0, key: '', onLow: () => undefined, onFull: () => undefined };
  const real = await startDiskGuard({ ...options, folder: tmpdir() });
  real.stop();
  expect(real.freeBytes).toBeGreaterThan(0);
  await expect(startDiskGuard({ ...options, folder: '/no/such/folder' })).rejects.toThrow('/no/such/folder');
});
