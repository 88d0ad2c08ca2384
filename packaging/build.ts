import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run build`: JavaScript and declarations in `dist`, for people who install this package, since Node strips no
 * types under node_modules. Types go, `.ts` in imports becomes `.js`, everything else stays as it is written.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Read at run time beside the code. */
const assets = new Set(['.binpb', '.csv', '.graphql', '.sql', '.wasm']);
/** The one JSON file among them: the others are of tests. */
const jsonAsset = 'autocli.json';

function compile(): void {
  rmSync(dist, { recursive: true, force: true });
  const compiler = join(root, 'node_modules', '.bin', 'tsc');
  const { status } = spawnSync(compiler, ['-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit', cwd: root });
  if (status !== 0) throw new Error('the compiler found errors');
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The compiler rewrites imports only; files of child processes and workers are named by URLs. */
function renameUrls(): void {
  for (const file of filesOf(dist).filter((path) => path.endsWith('.js'))) {
    const text = readFileSync(file, 'utf8');
    const renamed = text.replace(/(new URL\((['"])[^'"]+)\.ts(\2, import\.meta\.url\))/g, '$1.js$3');
    if (renamed !== text) writeFileSync(file, renamed);
  }
}

function copyAssets(): void {
  for (const folder of readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of filesOf(join(root, folder.name)).filter(
      (path) => assets.has(extname(path)) || basename(path) === jsonAsset,
    )) {
      const target = join(dist, file.slice(root.length));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(file, target);
    }
  }
}

function makeExecutable(): void {
  const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const path of Object.values(bin)) chmodSync(join(root, path), 0o755);
}

compile();
renameUrls();
copyAssets();
makeExecutable();
