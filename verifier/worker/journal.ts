import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Attestation } from '../../proto/generated/infinet/verification/v1/types.ts';
import { writeWhole } from '../durableFile.ts';

/**
 * What this worker has said, or is about to say, about each task. It is on disk before the commitment is broadcast, so
 * that a worker that is killed at any moment reveals just what it committed to, and never contradicts itself.
 */
export class Journal {
  readonly #folder: string;
  readonly #secret: Uint8Array;

  /** `secret` (the VRF seed) makes the salts: nobody else can compute them, this worker always can again. */
  constructor(folder: string, secret: Uint8Array) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#secret = secret;
  }

  read(taskId: bigint, draw: number): Attestation | undefined {
    const path = this.#path(taskId, draw);
    return existsSync(path) ? Attestation.decode(readFileSync(path)) : undefined;
  }

  /** Throws if something else was written for this task before, or if it cannot be written: then nothing was said. */
  write(taskId: bigint, draw: number, attestation: Attestation): void {
    const path = this.#path(taskId, draw);
    if (existsSync(path)) throw new Error(`the journal already holds an attestation for task ${taskId}`);
    writeWhole(path, Attestation.encode(attestation).finish(), 0o600);
  }

  /** 32 bytes. */
  salt(taskId: bigint, draw: number): Uint8Array {
    return createHmac('sha256', this.#secret).update(`infinet attestation salt ${taskId} ${draw}`).digest();
  }

  #path(taskId: bigint, draw: number): string {
    return join(this.#folder, `task-${taskId}-${draw}`);
  }
}
