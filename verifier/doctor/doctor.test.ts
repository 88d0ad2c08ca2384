import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Check, checkBackend } from './backends.ts';
import { conclude, describeCheck } from './doctor.ts';
import { distance, makeProbe, runCanonical } from './probe.ts';

const works: Check = { name: 'canonical', state: 'works', needed: true, note: 'float32 is exact' };

describe('the doctor as a program', () => {
  const program = fileURLToPath(new URL('../main.ts', import.meta.url));

  test('finds this machine able, says how fast, and names what can be installed', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, 'doctor']);
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    for (const name of ['canonical', 'kernels, 1 thread', 'duckdb', 'cpu', 'wasm']) {
      expect(
        lines.find((line) => line.startsWith(name)),
        name,
      ).toMatch(/ works /);
    }
    expect(lines.find((line) => line.startsWith('canonical'))).toMatch(/\d+ steps\/s, [\d.]+ GFLOP\/s/);
    expect(lines.find((line) => line.startsWith('tensorflow'))).toMatch(/ (works|missing) /);
    expect(lines.at(-1)).toMatch(/^This machine can verify\./);
  });
});

describe('a backend', () => {
  const probe = makeProbe();

  test('that computes something else is broken, and not to be used', async () => {
    const wrong = await checkBackend(probe, 'gpu', 'a driver', async ({ state }) => ({ state, losses: [] }));
    expect(wrong).toMatchObject({ state: 'broken', needed: false });
    expect(conclude([works, wrong])).toEqual({
      able: true,
      text: expect.stringContaining('Do not use what is broken: gpu.'),
    });
  });

  test('that answers with NaN is broken, though NaN is not larger than any tolerance', async () => {
    const wrong = await checkBackend(probe, 'gpu', 'a driver', async ({ state }) => ({
      state: new Float32Array(state.length).fill(Number.NaN),
      losses: [],
    }));
    expect(wrong.state).toBe('broken');
  });

  test('that ends with an error is missing, with its first line and what helps', async () => {
    const missing = await checkBackend(probe, 'gpu', 'install the driver', async () => {
      throw new Error('no device\n    at somewhere');
    });
    expect(missing).toMatchObject({ state: 'missing', note: 'no device' });
    expect(describeCheck(missing).join('\n')).toMatch(/gpu +missing +no device\n +to fix: install the driver/);
  });

  test('that is just near F works', async () => {
    const good = await checkBackend(probe, 'gpu', '', async ({ steps }) => ({
      state: Float32Array.from(runCanonical(probe, steps).at(-1) ?? [], (value) => value * (1 + 1e-7)),
      losses: [],
    }));
    expect(good.state).toBe('works');
  });
});

test('a machine on which something needed fails cannot verify', () => {
  const broken: Check = { ...works, state: 'broken', note: 'flushes denormals' };
  expect(conclude([broken, { ...works, name: 'duckdb' }])).toEqual({
    able: false,
    text: 'This machine cannot verify: canonical must work.',
  });
});

test('the distance of two states is relative to what training changed', () => {
  const start = Float32Array.of(0, 0);
  expect(distance(start, Float32Array.of(2, 0), Float32Array.of(2, 0))).toBe(0);
  expect(distance(start, Float32Array.of(2, 0), Float32Array.of(2, 1))).toBe(0.5);
  expect(distance(start, Float32Array.of(2, 0), Float32Array.of(2))).toBeNaN();
});
