import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeInjectedTx } from '../../chain/app/injectedTx.ts';
import { tx as txTypes } from '../../sdk/codec/index.ts';
import { blockDigest, type Probe, type SimulatedBlock, Simulator } from './simulator.ts';

/** What a run of the simulation saw. */
export interface Summary {
  /** One digest a block. */
  readonly digests: string[];
  /** Txs by result: `0`, or codespace and code. */
  readonly results: Map<string, number>;
  /** Messages by type: how many of each were carried out. */
  readonly carriedOut: Map<string, number>;
  readonly events: Map<string, number>;
}

export function emptySummary(): Summary {
  return { digests: [], results: new Map(), carriedOut: new Map(), events: new Map() };
}

/** A folder under the system's temporary one, removed after `work`. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-sim-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface RunOptions {
  readonly seed: number;
  readonly blocks: number;
  readonly restartBefore?: (height: bigint) => boolean;
  readonly probe?: Probe;
  readonly onBlock?: (block: SimulatedBlock) => void | Promise<void>;
}

/** A chain of `blocks` blocks; all invariants hold after each, or it throws. */
export function simulate(options: RunOptions): Promise<Summary> {
  return inFolder(async (folder) => {
    const { blocks, onBlock, ...rest } = options;
    const simulator = await Simulator.start({ ...rest, folder });
    const summary = emptySummary();
    try {
      for (let i = 0; i < blocks; i++) {
        const block = await simulator.nextBlock();
        record(summary, block);
        await onBlock?.(block);
      }
    } finally {
      await simulator.close();
    }
    return summary;
  });
}

export function record(summary: Summary, { request, response }: SimulatedBlock): void {
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  summary.digests.push(blockDigest(response));
  for (const [index, result] of response.txResults.entries()) {
    const bytes = request.txs[index] ?? new Uint8Array();
    if (index === 0 && decodeInjectedTx(bytes) !== undefined) continue;
    // What the SDK calls a panic on purpose has a text of its own; this one nobody meant.
    if (result.log.startsWith('recovered:')) throw new Error(`block ${request.height}, tx ${index}: ${result.log}`);
    add(summary.results, result.code === 0 ? '0' : `${result.codespace} ${result.code}`);
    if (result.code !== 0) continue;
    const { messages } = txTypes.TxBody.decode(txTypes.TxRaw.decode(bytes).bodyBytes);
    for (const { typeUrl } of messages) add(summary.carriedOut, typeUrl);
    for (const { type } of result.events) add(summary.events, type);
  }
  for (const { type } of response.events) add(summary.events, type);
}
