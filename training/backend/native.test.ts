import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { networkOf } from '../network.ts';
import { initialUnit } from '../run.ts';
import { encodeSpec } from '../spec.ts';
import { smallSpec, syntheticBytes, testSeed } from '../testing/fixtures.ts';
import { tensorflowFolder } from './folder.ts';
import { trainOnBackend } from './index.ts';

const empty = mkdtempSync(join(tmpdir(), 'infinet-tensorflow-'));
afterEach(() => {
  delete process.env.INFINET_TENSORFLOW;
  rmSync(empty, { recursive: true, force: true });
});

it('says how to install TensorFlow where it is not', async () => {
  process.env.INFINET_TENSORFLOW = empty;
  const spec = smallSpec();
  const state = initialUnit(networkOf(spec), testSeed).state;
  const job = { spec: encodeSpec(spec), seed: testSeed, records: syntheticBytes(spec, 40), state };
  await expect(trainOnBackend({ ...job, backend: 'tensorflow', firstStep: 0, steps: 1 })).rejects.toThrow(
    `TensorFlow is not installed in ${empty}. Run: npm run tensorflow`,
  );
});

it('looks for TensorFlow where it is told to, else in the cache of the user', () => {
  expect(tensorflowFolder({ INFINET_TENSORFLOW: '/opt/tf' })).toBe('/opt/tf');
  expect(tensorflowFolder({ XDG_CACHE_HOME: '/var/cache' })).toBe('/var/cache/infinet/tensorflow');
  expect(tensorflowFolder({ XDG_CACHE_HOME: 'relative' })).toBe(join(homedir(), '.cache/infinet/tensorflow'));
});
