import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { abci } from '../../sdk/codec/index.ts';
import { appState, initChainRequest } from './genesis.ts';
import { inFolder, simulate } from './run.ts';
import type { SimulatedBlock } from './simulator.ts';
import type { Summary } from './summary.ts';
import type { TwinReply, TwinRequest } from './twinProcess.ts';

const program = fileURLToPath(new URL('twinProcess.ts', import.meta.url));

/** No optimising compiler: what depends on how the engine computes shows. `--jitless` would take type stripping away. */
const flags = ['--no-opt', '--no-maglev', '--no-sparkplug'];
/** Half an hour off, across the date line, in a language whose capital i has a dot. */
const places = [
  { TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  { TZ: 'Asia/Kathmandu', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' },
  { TZ: 'America/St_Johns', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
];

/** A node in another process, killed and started again at will; its folder outlives it. */
class TwinNode {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #starts = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async ask(request: TwinRequest): Promise<Uint8Array> {
    this.#child ??= this.#start();
    const child = this.#child;
    const answered = new Promise<TwinReply>((resolve, reject) => {
      child.once('message', (reply: TwinReply) => resolve(reply));
      child.once('exit', (code, signal) => reject(new Error(`the twin ended with ${code ?? signal}`)));
    }).finally(() => child.removeAllListeners());
    child.send(request);
    const reply = await answered;
    if ('error' in reply) throw new Error(`the twin failed: ${reply.error}`);
    return reply.bytes;
  }

  /** Without a warning, as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  #start(): ChildProcess {
    const place = places[this.#starts++ % places.length];
    return spawn(process.execPath, [...flags, program, this.#folder], {
      env: { PATH: process.env.PATH, ...place },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
  }
}

export interface TwinOptions {
  readonly seed: number;
  readonly blocks: number;
  /** Blocks between two restarts of the twin. */
  readonly restartEvery: number;
}

/** Runs a simulation and its twin side by side. Throws at the first block on which they disagree, saying where. */
export function simulateTwin({ seed, blocks, restartEvery }: TwinOptions): Promise<Summary> {
  return inFolder(async (parent) => {
    const folder = join(parent, 'twin');
    const twin = new TwinNode(folder);
    try {
      const init = abci.RequestInitChain.encode(initChainRequest(appState())).finish();
      await twin.ask({ kind: 'init', bytes: init });
      return await simulate({ seed, blocks, onBlock: (block) => compare(twin, block, restartEvery) });
    } finally {
      await twin.kill();
    }
  });
}

async function compare(twin: TwinNode, { height, request, response }: SimulatedBlock, restartEvery: number) {
  const bytes = abci.RequestFinalizeBlock.encode(request).finish();
  const answer = await twin.ask({ kind: 'block', bytes });
  const own = abci.ResponseFinalizeBlock.encode(response).finish();
  if (Buffer.compare(answer, own) !== 0) {
    throw new Error(`block ${height}: ${difference(response, abci.ResponseFinalizeBlock.decode(answer))}`);
  }
  if (height % BigInt(restartEvery) === 0n) await twin.kill();
}

/** The first thing on which two nodes disagree. */
export function difference(one: abci.ResponseFinalizeBlock, two: abci.ResponseFinalizeBlock): string {
  for (const [index, result] of one.txResults.entries()) {
    const other = two.txResults[index];
    if (other === undefined) return `the twin has no result of tx ${index}`;
    if (result.gasUsed !== other.gasUsed) return `tx ${index} used ${result.gasUsed} gas here, ${other.gasUsed} there`;
    const [here, there] = [result, other].map((value) => Buffer.from(abci.ExecTxResult.encode(value).finish()));
    if (here !== undefined && there !== undefined && !here.equals(there)) {
      return `tx ${index} ended "${result.code} ${result.log}" here, "${other.code} ${other.log}" there`;
    }
  }
  if (Buffer.compare(one.appHash, two.appHash) !== 0) return 'the app hashes differ';
  return 'events or updates differ';
}
