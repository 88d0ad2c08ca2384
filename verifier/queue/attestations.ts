import { createHmac } from 'node:crypto';
import { Attestation } from '../../proto/generated/infinet/verification/v1/types.ts';
import type { VerifierStore } from './store.ts';

/** What was said about a task, or is about to be: its commitment follows from it alone. */
export interface Said {
  readonly attestation: Attestation;
  /** 32 bytes. */
  readonly salt: Uint8Array;
}

/**
 * What the operator's workers have said about each draw of a task. It is in the database before the commitment is broadcast
 * and never changes, so that whoever reveals, after whatever crash, reveals just what was committed to.
 */
export class Attestations {
  readonly #store: VerifierStore;
  readonly #secret: Uint8Array;

  /** `secret` (the VRF seed) makes the salts: nobody else can compute them, this operator always can again. */
  constructor(store: VerifierStore, secret: Uint8Array) {
    this.#store = store;
    this.#secret = secret;
  }

  async read(taskId: bigint, draw: number): Promise<Said | undefined> {
    const { rows } = await this.#store.pool.query<{ said: Buffer; salt: Buffer }>(
      'SELECT said, salt FROM attestation WHERE task = $1 AND draw = $2',
      [taskId, draw],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    return { attestation: Attestation.decode(row.said), salt: Uint8Array.from(row.salt) };
  }

  /**
   * Keeps what is to be said, and returns what counts: of two workers that examined the same task the first one to get here.
   * Throws if it cannot be kept: then nothing was said.
   */
  async keep(taskId: bigint, draw: number, attestation: Attestation, seconds: number): Promise<Said> {
    const said = Attestation.encode(attestation).finish();
    await this.#store.pool.query(
      `INSERT INTO attestation (task, draw, said, salt, verdict, seconds) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [taskId, draw, said, this.salt(taskId, draw), attestation.verdict, seconds],
    );
    const kept = await this.read(taskId, draw);
    if (kept === undefined) throw new Error(`the database lost what is to be said about task ${taskId}`);
    return kept;
  }

  /** 32 bytes. */
  salt(taskId: bigint, draw: number): Uint8Array {
    return createHmac('sha256', this.#secret).update(`infinet attestation salt ${taskId} ${draw}`).digest();
  }
}
