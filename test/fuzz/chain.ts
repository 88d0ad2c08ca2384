import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Logger, silentLogger } from '../../chain/logger.ts';
import type { Machine, NodeChoice } from '../sim/machine.ts';
import { Simulator } from '../sim/simulator.ts';
import type { Draft } from '../sim/view.ts';

/** A chain that has seen some life, to throw bytes at. */
export interface FuzzedChain {
  readonly simulator: Simulator;
  readonly machine: Machine;
  /** Txs of its blocks, the injected ones too. */
  readonly txs: readonly Uint8Array[];
  readonly appHashes: ReadonlyMap<bigint, Uint8Array>;
  readonly drafts: readonly Draft[];
  /** Stack of the last error that the node logged and no refusal explains; reading it forgets it. */
  takeBug(): string | undefined;
  close(): Promise<void>;
}

/** @param isBug whether a logged stack is one that nobody meant */
export async function liveChain(
  blocks: number,
  isBug: (stack: string) => boolean,
  node: NodeChoice = {},
): Promise<FuzzedChain> {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-fuzz-'));
  let bug: string | undefined;
  const warn = (details: object) => {
    const stack = 'stack' in details ? String(details.stack) : '';
    if (isBug(stack)) bug = stack;
  };
  const logger: Logger = { ...silentLogger, warn };
  const drafts: Draft[] = [];
  const probe = { draft: (_place: unknown, draft: Draft) => void drafts.push(draft) };
  const simulator = await Simulator.start({ seed: 2, folder, node: { ...node, logger }, probe });
  const txs: Uint8Array[] = [];
  const appHashes = new Map<bigint, Uint8Array>();
  for (let block = 0; block < blocks; block++) {
    const { height, request, response } = await simulator.nextBlock();
    txs.push(...request.txs);
    appHashes.set(height, response.appHash);
    // Snapshots are taken between other work.
    await setTimeout(node.snapshotInterval === undefined ? 0 : 5);
  }
  bug = undefined;
  return {
    simulator,
    machine: simulator.machine,
    txs,
    appHashes,
    drafts,
    takeBug: () => {
      const found = bug;
      bug = undefined;
      return found;
    },
    close: async () => {
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
