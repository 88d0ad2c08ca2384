import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { freePorts, running } from '../e2e/node.ts';
import { AbciClient } from './abciClient.ts';
import type { Chain } from './chain.ts';
import { chainId } from './keys.ts';
import { RemoteChain } from './remoteChain.ts';

/** A program that is built elsewhere: at the path in the environment's `variable`, else in the user's cache. Throws if absent. */
function binary(variable: string, name: string): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const path = process.env[variable] ?? join(cache, 'infinet', name);
  if (existsSync(path)) return path;
  throw new Error(
    `${name} is not at ${path}: build it (test/differential/README.md says how) or set ${variable} to its path`,
  );
}

export function simdBinary(): string {
  return binary('SIMD', 'simd');
}

const genesisShape = z.looseObject({ app_state: z.record(z.string(), z.unknown()) });

/** The real Cosmos SDK without its CometBFT, and the `app_state` that its `init` writes. */
export async function startSimd(): Promise<{ chain: Chain; defaults: Record<string, unknown> }> {
  const simd = simdBinary();
  const home = mkdtempSync(join(tmpdir(), 'infinet-simd-'));
  execFileSync(simd, ['init', 'differential', '--chain-id', chainId, '--home', home], { stdio: 'ignore' });
  const genesis = genesisShape.parse(JSON.parse(readFileSync(join(home, 'config', 'genesis.json'), 'utf8')));
  const [port = 0, grpc = 0] = await freePorts(2);
  // Without gRPC the standalone node registers no tx service.
  const child = spawn(
    simd,
    [
      ...['start', '--with-comet=false', '--transport', 'socket', '--address', `tcp://127.0.0.1:${port}`],
      ...['--home', home, '--grpc.enable', '--grpc.address', `127.0.0.1:${grpc}`, '--grpc-web.enable=false'],
      ...['--minimum-gas-prices', '0stake', '--pruning', 'nothing', '--log_level', 'error'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const { lines } = running(child);
  const chain = await connected(child, port, lines, () => rmSync(home, { recursive: true, force: true }));
  return { chain, defaults: genesis.app_state };
}

/** A chain of the same SDK with the modules that we have too and no others (`peer/`). */
export async function startSdkPeer(): Promise<Chain> {
  const [port = 0] = await freePorts(1);
  const child = spawn(binary('SDK_PEER', 'sdk-peer'), [`tcp://127.0.0.1:${port}`, chainId], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return connected(child, port, running(child).lines, () => {});
}

/** Throws with the program's last words when it does not come up in 60 s. */
async function connected(
  child: ChildProcess,
  port: number,
  words: readonly string[],
  cleanUp: () => void,
): Promise<Chain> {
  const end = async () => {
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
    cleanUp();
  };
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
    try {
      return new RemoteChain(await AbciClient.connect(port), end);
    } catch {
      await sleep(200);
    }
  }
  if (child.exitCode === null) await end();
  throw new Error(`${child.spawnfile} did not start:\n${words.join('\n').slice(-4000)}`);
}
