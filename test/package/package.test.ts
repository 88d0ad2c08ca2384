import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** A project elsewhere that has the packed tarball under its node_modules, as `npm install` lays it out. */
let project: string;
let installed: string;
let bins: Record<string, string>;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'infinet-package-'));
  await run('npm', ['run', 'build'], { cwd: root });
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: root });
  const [packed]: { filename: string }[] = JSON.parse(stdout);
  await run('tar', ['-xzf', packed?.filename ?? '', '-C', project], { cwd: project });
  installed = join(project, 'node_modules', 'ai-infinet');
  mkdirSync(join(project, 'node_modules'));
  cpSync(join(project, 'package'), installed, { recursive: true });
  // The dependencies are those of this checkout: what is tested is the package, not the network.
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  bins = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).bin;
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('the installed programs start, each with its name and its help', async () => {
  expect(Object.keys(bins).sort()).toEqual(['infinet', 'infinet-indexer', 'infinet-verifier', 'infinetd']);
  for (const [name, path] of Object.entries(bins)) {
    const { stdout } = await run(process.execPath, [join(installed, path), '--help']);
    expect(stdout).toMatch(new RegExp(`^Usage: ${name}\\b`));
  }
});

test('the installed infinetd knows the version of its package', async () => {
  const { stdout } = await run(process.execPath, [join(installed, bins.infinetd ?? ''), 'version']);
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(stdout).toContain(`infinetd ${version}\n`);
});

/** This Node, and any other that the machine has: the SDK runs in clients that are older than our programs need. */
function everyNode(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path));
  return [...new Set([process.execPath, ...found.map((path) => realpathSync(path))])];
}

test.each(everyNode())('a client encodes a message of this chain with the installed SDK on %s', async (node) => {
  const program = `
    import { createRegistry } from 'ai-infinet/sdk/registry';
    import { createAddressCodec } from 'ai-infinet/sdk/address';
    const typeUrl = '/infinet.contribution.v1.MsgCommitContribution';
    const contributor = createAddressCodec('infinet').accountText(new Uint8Array(20).fill(7));
    const bytes = createRegistry().encode({ typeUrl, value: { contributor, commitment: new Uint8Array(32) } });
    console.log(bytes.length, contributor);
  `;
  writeFileSync(join(project, 'program.mjs'), program);
  const { stdout } = await run(node, ['program.mjs'], { cwd: project });
  expect(stdout).toMatch(/^\d+ infinet1/);
});
