import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pruningPresets } from '../../chain/store/pruning.ts';
import { Follower } from './follower.ts';
import type { NodeChoice } from './machine.ts';
import { Random } from './random.ts';
import type { SimulatedBlock, Simulator } from './simulator.ts';

/** Blocks that are kept for nodes that join. */
const recentBlocks = 40;
const followedBlocks = 12;

const prunings = [...Object.values(pruningPresets), { keepRecent: 5, interval: 3 }, { keepRecent: 1, interval: 1 }];

/** What happens to the nodes of a chain, all of it from the seed; only `startAnewAt` may change what the chain does. */
export interface Fate {
  readonly node: Required<Pick<NodeChoice, 'pruning' | 'snapshotInterval'>>;
  /** After this block the chain ends, and another one goes on from its export. */
  readonly startAnewAt: bigint | undefined;
  /** Blocks before which the node is started again. */
  readonly restarts: ReadonlySet<bigint>;
  /** Blocks after which another node joins from a snapshot. */
  readonly joins: ReadonlySet<bigint>;
}

/** @param life several lives of one seed differ in everything but `startAnewAt` */
export function fateOf(seed: number, blocks: number, life: number): Fate {
  const shared = new Random(seed ^ 0x5eed);
  const startAnewAt = blocks < 60 ? undefined : shared.between(30n, BigInt(blocks) - 20n);
  const random = new Random(seed * 8 + life + 0x11fe);
  const some = (each: bigint) => {
    const heights = new Set<bigint>();
    for (let at = random.between(2n, each); at <= BigInt(blocks); at += random.between(1n, each)) heights.add(at);
    return heights;
  };
  return {
    node: { pruning: random.pick(prunings), snapshotInterval: 3 + random.below(12) },
    startAnewAt,
    restarts: some(40n),
    joins: some(60n),
  };
}

/** Lets nodes join a chain and follow it for a while, each held to the same answers. */
export class Joiners {
  readonly #simulator: Simulator;
  readonly #folder: string;
  readonly #fate: Fate;
  readonly #random: Random;
  #recent: SimulatedBlock[] = [];
  #follower: Follower | undefined;
  #upgrades = 0;
  joined = 0;

  constructor(simulator: Simulator, folder: string, fate: Fate, seed: number) {
    this.#simulator = simulator;
    this.#folder = folder;
    this.#fate = fate;
    this.#random = new Random(seed ^ 0x701e);
  }

  async after(block: SimulatedBlock): Promise<void> {
    const { upgrades } = this.#simulator;
    // Old blocks need the old software: who joins now joins behind the upgrade.
    if (upgrades.length !== this.#upgrades) await this.forget();
    this.#upgrades = upgrades.length;
    this.#follower?.execute(block);
    if (this.#follower?.isDone) await this.#leave();
    this.#recent = [...this.#recent, block].slice(-recentBlocks);
    // Snapshots are taken between other work.
    await setImmediate();
    if (this.#follower !== undefined || !this.#fate.joins.has(block.height)) return;
    const folder = join(this.#folder, `joiner-${block.height}`);
    mkdirSync(folder);
    this.#follower = await Follower.join(this.#simulator.machine, folder, this.#recent, {
      random: this.#random,
      blocks: followedBlocks,
      interval: this.#fate.node.snapshotInterval,
      upgrades,
    });
    if (this.#follower !== undefined) this.joined++;
  }

  /** Nobody may go on from blocks before this moment. */
  async forget(): Promise<void> {
    this.#recent = [];
    await this.#leave();
  }

  async #leave(): Promise<void> {
    const follower = this.#follower;
    this.#follower = undefined;
    await follower?.close();
  }
}
