import { unlinkSync } from 'node:fs';
import { ChangeLog } from './changeLog.ts';
import { type CheckpointFile, listCheckpoints, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { DamageError } from './damage.ts';
import { syncFolder } from './files.ts';
import type { NodeHasher } from './iavl/node.ts';
import type { ChangeSet } from './record.ts';
import type { CommittedVersion } from './version.ts';

/** A checkpoint is also due once the log segment is this long, so that a restart never replays much more. */
const segmentLimit = 64 * 1024 * 1024;

/**
 * The store's folder: the log, and checkpoints written behind it.
 *
 * Two checkpoints stay, and the log from the older one on: should the newer file be damaged, the older one and the log
 * give the same state.
 */
export class Disk {
  readonly #folder: string;
  readonly #log: ChangeLog;
  readonly #checkpointEvery: bigint;
  readonly #warn: (text: string) => void;
  /** Newest first. */
  #checkpoints: CheckpointFile[];
  #writing: Promise<void> | undefined;

  /** `secret` is the log's; `checkpointEvery` counts blocks; `warn` hears of what an operator should read. */
  constructor(folder: string, secret: Uint8Array, checkpointEvery: number, warn: (text: string) => void) {
    this.#folder = folder;
    this.#log = ChangeLog.open(folder, secret);
    this.#checkpoints = listCheckpoints(folder);
    this.#checkpointEvery = BigInt(checkpointEvery);
    this.#warn = warn;
  }

  /** The newest sound checkpoint. Damaged ones are passed over; the log must then make up for them. */
  lastCheckpoint(hasher: NodeHasher): CommittedVersion | undefined {
    for (const file of this.#checkpoints) {
      try {
        return readCheckpoint(file, hasher);
      } catch (error) {
        if (!(error instanceof DamageError)) throw error;
        this.#warn(`passed over a checkpoint: ${error.message}`);
      }
    }
    return undefined;
  }

  /** Hands the records above `version` to `apply`, and then checks that the log reaches the newest checkpoint. */
  replay(version: bigint, apply: (set: ChangeSet, where: string) => void): void {
    let reached = version;
    this.#log.replay(
      version,
      (set, where) => {
        apply(set, where);
        reached = set.height;
      },
      this.#warn,
    );
    const newest = this.#checkpoints[0];
    if (newest === undefined) return;
    if (reached < newest.height) {
      throw new DamageError(`the log in ${this.#folder} ends at height ${reached}, before ${newest.path}`);
    }
    // A stop between a checkpoint and the next block: what the checkpoint covers shall not share a file with what follows.
    if (this.#log.newest <= newest.height) this.#log.rotate();
  }

  /** Returns once the record is on disk. */
  append(set: ChangeSet): void {
    this.#log.append(set);
  }

  /** Starts a checkpoint of a version whose record is on disk, if one is due and none is being written. */
  behind(version: CommittedVersion): void {
    const last = this.#checkpoints[0]?.height ?? 0n;
    const due = version.height - last >= this.#checkpointEvery || this.#log.bytes > segmentLimit;
    if (!due || this.#writing !== undefined) return;
    this.#log.rotate();
    this.#writing = this.#checkpoint(version).finally(() => {
      this.#writing = undefined;
    });
  }

  /** Waits for a checkpoint being written and closes the log. */
  async close(): Promise<void> {
    await this.#writing;
    this.#log.close();
  }

  /** A checkpoint that fails costs a longer replay, not the node. */
  async #checkpoint(version: CommittedVersion): Promise<void> {
    try {
      const file = await writeCheckpoint(this.#folder, version);
      const [previous, ...old] = this.#checkpoints;
      this.#checkpoints = previous === undefined ? [file] : [file, previous];
      for (const { path } of old) unlinkSync(path);
      if (previous !== undefined) this.#log.forget(previous.height);
      syncFolder(this.#folder);
    } catch (error) {
      this.#warn(`checkpoint of height ${version.height} failed, the log is kept: ${error}`);
    }
  }
}
