import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

function sources(): string[] {
  // What stands in `assembly` is AssemblyScript: its compiler reads it, Node never does.
  const foreign = new Set(['node_modules', 'dist', '.localnet', '.git', 'assembly']);
  return globSync('**/*.ts', { cwd: root, exclude: (name) => foreign.has(name) || name.endsWith('.d.ts') });
}

test.each([
  'chain/main.ts',
  'cli/main.ts',
  'economy/main.ts',
  'verifier/main.ts',
  'indexer/main.ts',
  'localnet/main.ts',
  'localnet/cli.ts',
])('%s starts under plain node and explains itself', async (entry) => {
  const { stdout, stderr } = await run(process.execPath, [entry, '--help'], { cwd: root });
  expect(stdout).toMatch(/^Usage: /);
  expect(stderr).toBe('');
});

test('every source file holds only syntax that Node strips', () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(100);
  const refused = files.filter((file) => {
    try {
      stripTypeScriptTypes(readFileSync(`${root}${file}`, 'utf8'));
      return false;
    } catch {
      return true;
    }
  });
  expect(refused).toEqual([]);
});
