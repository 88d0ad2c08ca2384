import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const program = fileURLToPath(new URL('testing/interrupted.ts', import.meta.url));

function train(folder: string, deadly = ''): { signal: string | null; said: { stepRoot?: string; resumed?: number } } {
  const { signal, stdout, stderr } = spawnSync(process.execPath, [program, folder, deadly], { encoding: 'utf8' });
  if (signal === null && stdout === '') throw new Error(stderr);
  return { signal, said: stdout === '' ? {} : JSON.parse(stdout) };
}

test('a training that was killed again and again goes on where it was, and ends with the same commitments', () => {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-interrupted-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const whole = train(join(folder, 'whole'));
  for (const deadly of ['0', '17', '40']) expect(train(join(folder, 'killed'), deadly).signal).toBe('SIGKILL');
  const after = train(join(folder, 'killed'));
  expect(after.said.stepRoot).toBe(whole.said.stepRoot);
  expect(after.said.resumed).toBeGreaterThan(16);
});
