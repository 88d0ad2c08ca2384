import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Checks that package-lock.json is whole: an entry for every dependency, also for those of other platforms; a hash for
 * everything that is not made for one platform alone; no host of a registry. With `--mend` it adds the entries of other platforms, which npm
 * leaves out when the registry in use does not carry them, and without which `npm ci` fails everywhere.
 */
interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const file = new URL('../package-lock.json', import.meta.url);
const lock: { packages: Record<string, Entry> } = JSON.parse(readFileSync(file, 'utf8'));

/** Node's resolution: the nearest node_modules from the dependent's folder upwards. */
function isInstalled(dependent: string, name: string): boolean {
  for (let folder = dependent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}

/** `@biomejs/cli-linux-arm64-musl` says for which platform it is. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> | undefined {
  const match = /(android|darwin|freebsd|linux|win32)-(arm64|armv7|arm|x64|ia32)(-musl)?$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const cpu = match[2] === 'armv7' ? 'arm' : match[2];
  return { cpu: [cpu], ...(match[3] === undefined ? {} : { libc: ['musl'] }), os: [match[1]] };
}

const problems: string[] = [];
const added: Record<string, Entry> = {};
for (const [path, entry] of Object.entries(lock.packages)) {
  const required = Object.keys({ ...entry.dependencies, ...entry.devDependencies });
  for (const name of required) {
    if (name in (entry.optionalDependencies ?? {}) || isInstalled(path, name)) continue;
    problems.push(`${path === '' ? 'the project' : path} needs ${name}, which has no entry`);
  }
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isInstalled(path, name)) continue;
    const platform = platformOf(name);
    if (platform === undefined || !/^\d+\.\d+\.\d+[-.0-9A-Za-z]*$/.test(version)) {
      problems.push(`${name} ${version}, optional for ${path}, has no entry`);
    } else added[`node_modules/${name}`] = { version, optional: true, ...platform };
  }
  if (entry.resolved !== undefined) problems.push(`${path} names the host of a registry`);
  const hasNoHash = path !== '' && entry.integrity === undefined;
  if (hasNoHash && entry.os === undefined) problems.push(`${path} has no integrity hash`);
}

if (process.argv.includes('--mend') && Object.keys(added).length > 0) {
  const sorted = Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${Object.keys(added).length} entries of other platforms added`);
} else problems.push(...Object.keys(added).map((path) => `${path} has no entry (run: npm run lockfile -- --mend)`));

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
