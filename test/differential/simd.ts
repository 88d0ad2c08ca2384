import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { abci } from '../../sdk/codec/index.ts';
import { freePorts } from '../e2e/node.ts';
import { AbciClient } from './abciClient.ts';
import type { Chain } from './chain.ts';
import { chainId } from './keys.ts';

/** Where simd is looked for: `SIMD`, else the user's cache. */
export function simdBinary(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const path = process.env.SIMD ?? join(cache, 'infinet', 'simd');
  if (existsSync(path)) return path;
  throw new Error(`simd is not at ${path}: build it (test/differential/README.md says how) or set SIMD to its path`);
}

const genesisShape = z.looseObject({ app_state: z.record(z.string(), z.unknown()) });

/** The real Cosmos SDK without its CometBFT, driven over the ABCI socket. */
export class Simd implements Chain {
  /** `app_state` that `simd init` writes. */
  readonly defaults: Record<string, unknown>;
  readonly #home: string;
  readonly #process: ChildProcess;
  readonly #client: AbciClient;

  private constructor(home: string, child: ChildProcess, client: AbciClient, defaults: Record<string, unknown>) {
    this.#home = home;
    this.#process = child;
    this.#client = client;
    this.defaults = defaults;
  }

  /** Throws with simd's last words when it does not come up in 60 s. */
  static async start(): Promise<Simd> {
    const binary = simdBinary();
    const home = mkdtempSync(join(tmpdir(), 'infinet-simd-'));
    execFileSync(binary, ['init', 'differential', '--chain-id', chainId, '--home', home], { stdio: 'ignore' });
    const genesis = genesisShape.parse(JSON.parse(readFileSync(join(home, 'config', 'genesis.json'), 'utf8')));
    const [port = 0, grpc = 0] = await freePorts(2);
    // Without gRPC the standalone node registers no tx service.
    const child = spawn(
      binary,
      [
        ...['start', '--with-comet=false', '--transport', 'socket', '--address', `tcp://127.0.0.1:${port}`],
        ...['--home', home, '--grpc.enable', '--grpc.address', `127.0.0.1:${grpc}`, '--grpc-web.enable=false'],
        ...['--minimum-gas-prices', '0stake', '--pruning', 'nothing', '--log_level', 'error'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const words: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => words.push(String(chunk)));
    for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
      try {
        return new Simd(home, child, await AbciClient.connect(port), genesis.app_state);
      } catch {
        await sleep(200);
      }
    }
    child.kill();
    throw new Error(`simd did not start:\n${words.join('').slice(-4000)}`);
  }

  /** Writes the genesis where a restart would read it. */
  writeGenesis(genesis: unknown): void {
    writeFileSync(join(this.#home, 'config', 'genesis.json'), JSON.stringify(genesis));
  }

  async initChain(initChain: abci.RequestInitChain): Promise<abci.ResponseInitChain> {
    return required((await this.#client.call({ initChain })).initChain);
  }

  async checkTx(checkTx: abci.RequestCheckTx): Promise<abci.ResponseCheckTx> {
    return required((await this.#client.call({ checkTx })).checkTx);
  }

  async finalizeBlock(finalizeBlock: abci.RequestFinalizeBlock): Promise<abci.ResponseFinalizeBlock> {
    return required((await this.#client.call({ finalizeBlock })).finalizeBlock);
  }

  async commit(): Promise<void> {
    required((await this.#client.call({ commit: {} })).commit);
  }

  async query(query: abci.RequestQuery): Promise<abci.ResponseQuery> {
    return required((await this.#client.call({ query })).query);
  }

  async close(): Promise<void> {
    this.#client.close();
    this.#process.kill('SIGKILL');
    await new Promise((resolve) => this.#process.once('close', resolve));
    rmSync(this.#home, { recursive: true, force: true });
  }
}

function required<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('simd answered something else than was asked');
  return part;
}
