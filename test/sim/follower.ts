import { rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { abci } from '../../sdk/codec/index.ts';
import { type Machine, openMachine } from './machine.ts';
import type { Random } from './random.ts';
import type { SimulatedBlock } from './simulator.ts';

const chunkResults = abci.ResponseApplySnapshotChunk_Result;
const offerResults = abci.ResponseOfferSnapshot_Result;

/** Longest wait for a snapshot that is being taken; a restart may have given it up. */
const patienceMs = 2_000;

/** A node that joined from a snapshot of another one, and executes the same blocks from there on. */
export class Follower {
  readonly #machine: Machine;
  readonly #folder: string;
  #left: number;

  private constructor(machine: Machine, folder: string, blocks: number) {
    this.#machine = machine;
    this.#folder = folder;
    this.#left = blocks;
  }

  /**
   * Joins at the newest snapshot of `source` and catches up over `blocks`, the last ones. Chunks come damaged and out of
   * order first, and offers twice. Undefined if no snapshot is young enough. It follows for `blocks` more.
   */
  static async join(
    source: Machine,
    folder: string,
    recent: readonly SimulatedBlock[],
    options: {
      readonly random: Random;
      readonly blocks: number;
      readonly interval: number;
      readonly upgrades: readonly string[];
    },
  ): Promise<Follower | undefined> {
    const [oldest, last] = [recent[0]?.height, recent.at(-1)?.height];
    const interval = BigInt(options.interval);
    if (oldest === undefined || last === undefined || last - (last % interval) < oldest) return undefined;
    const snapshot = await newestSnapshot(source, oldest);
    const base = recent.find(({ height }) => height === snapshot?.height);
    if (snapshot === undefined || base === undefined) return undefined;
    const machine = await openMachine(folder, {}, options.upgrades);
    await restore(source, machine, snapshot, base.response.appHash, options.random);
    const follower = new Follower(machine, folder, options.blocks);
    for (const block of recent) if (block.height > snapshot.height) follower.execute(block);
    return follower;
  }

  get isDone(): boolean {
    return this.#left <= 0;
  }

  /** Executes the next block. Throws when it does not answer as the chain did. */
  execute({ height, request, response }: SimulatedBlock): void {
    const answer = abci.ResponseFinalizeBlock.encode(this.#machine.app.finalizeBlock(request)).finish();
    if (Buffer.compare(answer, abci.ResponseFinalizeBlock.encode(response).finish()) !== 0) {
      throw new Error(`block ${height}: a node that joined from a snapshot answers otherwise`);
    }
    this.#machine.app.commit();
    this.#left--;
  }

  async close(): Promise<void> {
    await this.#machine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function newestSnapshot({ app }: Machine, least: bigint): Promise<abci.Snapshot | undefined> {
  for (let waited = 0; waited < patienceMs; waited += 5) {
    const [newest] = app.listSnapshots().snapshots;
    if (newest !== undefined && newest.height >= least) return newest;
    await setTimeout(5);
  }
  return undefined;
}

async function restore(
  source: Machine,
  { app, machine }: Machine,
  snapshot: abci.Snapshot,
  appHash: Uint8Array,
  random: Random,
): Promise<void> {
  const offer = async (change: Partial<abci.RequestOfferSnapshot>) =>
    (await app.offerSnapshot({ snapshot, appHash, ...change })).result;
  expect('an unknown format', await offer({ snapshot: { ...snapshot, format: 99 } }), offerResults.REJECT_FORMAT);
  const times = random.oneIn(2) ? 2 : 1;
  for (let time = 0; time < times; time++) {
    expect('an offer', await offer({}), offerResults.ACCEPT);
    const whole = time === times - 1;
    for (let index = 0; index < (whole ? snapshot.chunks : 1); index++) {
      const { chunk } = source.app.loadSnapshotChunk({
        height: snapshot.height,
        format: snapshot.format,
        chunk: index,
      });
      const apply = async (at: number, bytes: Uint8Array) =>
        (await app.applySnapshotChunk({ index: at, chunk: bytes, sender: 'peer' })).result;
      expect('a later chunk', await apply(index + 1, chunk), chunkResults.RETRY);
      const damaged = Uint8Array.from(chunk);
      const at = random.below(damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect('a damaged chunk', await apply(index, damaged), chunkResults.RETRY);
      if (whole || snapshot.chunks > 1) expect('a chunk', await apply(index, chunk), chunkResults.ACCEPT);
    }
  }
  if (machine.height !== snapshot.height || Buffer.compare(machine.appHash, appHash) !== 0) {
    throw new Error(`a snapshot of height ${snapshot.height} restored another state`);
  }
}

function expect(what: string, got: number, wanted: number): void {
  if (got !== wanted) throw new Error(`state sync: ${what} was answered with ${got}, not ${wanted}`);
}
