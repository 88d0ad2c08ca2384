import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOwnDescriptors } from '../proto/descriptors/own.ts';

/** Checks that proto/generated and our descriptors are what `npm run generate` makes of proto/ now. */
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join('proto', 'generated');
const fresh = mkdtempSync(join(tmpdir(), 'infinet-generated-'));

function filesIn(base: string): Map<string, string> {
  const entries = readdirSync(join(base, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file.slice(base.length), readFileSync(file, 'utf8')]));
}

try {
  const bin = join(root, 'node_modules', '.bin');
  const { status } = spawnSync(join(bin, 'buf'), ['generate', '--output', fresh], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  if (status !== 0) throw new Error('buf generate failed');
  const expected = filesIn(`${fresh}/`);
  const committed = filesIn(root);
  const names = new Set([...expected.keys(), ...committed.keys()]);
  const stale = [...names].filter((name) => expected.get(name) !== committed.get(name));
  const descriptors = join('proto', 'descriptors', 'infinet.binpb');
  buildOwnDescriptors(join(fresh, 'infinet.binpb'));
  if (!readFileSync(join(fresh, 'infinet.binpb')).equals(readFileSync(join(root, descriptors))))
    stale.push(descriptors);
  for (const name of stale) console.error(`${name} is not what proto/ says. Run: npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
