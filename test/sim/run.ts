import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fate, fateOf, Joiners } from './life.ts';
import { type Probe, type SimulatedBlock, Simulator } from './simulator.ts';
import { emptySummary, record, type Summary } from './summary.ts';

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
  /** Restarts, joining nodes, pruning, export and import; without it nothing of that happens. */
  readonly fate?: Fate;
  readonly probe?: Probe;
  readonly onBlock?: (block: SimulatedBlock) => void | Promise<void>;
}

/** A chain of `blocks` blocks; all invariants hold after each, or it throws. */
export function simulate(options: RunOptions): Promise<Summary> {
  return inFolder(async (folder) => {
    const { seed, blocks, onBlock, fate, restartBefore, probe } = options;
    const state = (name: string) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    };
    const simulator = await Simulator.start({
      seed,
      folder: state('state'),
      restartBefore: (height) => fate?.restarts.has(height) === true || restartBefore?.(height) === true,
      ...(fate && { node: fate.node }),
      ...(probe && { probe }),
    });
    const joiners = fate && new Joiners(simulator, folder, fate, seed);
    const summary = emptySummary();
    try {
      for (let i = 0; i < blocks; i++) {
        const block = await simulator.nextBlock();
        record(summary, block);
        await onBlock?.(block);
        await joiners?.after(block);
        if (block.height !== fate?.startAnewAt) continue;
        await joiners?.forget();
        await simulator.startAnew(state('next'));
      }
      summary.joined = joiners?.joined ?? 0;
      summary.upgrades = simulator.upgrades.length;
    } finally {
      await joiners?.forget();
      await simulator.close();
    }
    return summary;
  });
}

/**
 * The same chain twice: once with nodes that join, once without, each with restarts and pruning of its own. Throws at the
 * first block on which they disagree.
 */
export async function simulateTwice(seed: number, blocks: number): Promise<Summary> {
  const first = await simulate({ seed, blocks, fate: fateOf(seed, blocks, 0) });
  const second = await simulate({ seed, blocks, fate: { ...fateOf(seed, blocks, 1), joins: new Set() } });
  const at = firstDifference(first, second);
  if (at !== undefined) throw new Error(`block ${at} is another one in a second run`);
  return first;
}

/** The first block, counted from 1, that two runs do not share; undefined if they are the same. */
export function firstDifference(one: Summary, other: Summary): number | undefined {
  const length = Math.max(one.digests.length, other.digests.length);
  for (let at = 0; at < length; at++) if (one.digests[at] !== other.digests[at]) return at + 1;
  return undefined;
}
