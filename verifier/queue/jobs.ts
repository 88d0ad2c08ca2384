import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import { Leases } from './leases.ts';
import type { VerifierStore } from './store.ts';

/** One task that a seat owes something for, taken by this worker. */
export interface SeatJob {
  readonly taskId: bigint;
  readonly id: string;
  readonly retryCount: number;
}

const queue = 'seats';

/**
 * Seats that something is owed for, shared by all workers of an operator: pg-boss has each of them in its queue once,
 * waiting or taken, and lets failed ones wait longer each time. That a taken one's worker still lives is told by its lease.
 */
export class SeatJobs {
  readonly #boss: PgBoss;
  readonly #leases: Leases;

  private constructor(boss: PgBoss, leases: Leases) {
    this.#boss = boss;
    this.#leases = leases;
  }

  static async open(store: VerifierStore, onError: (error: Error) => void): Promise<SeatJobs> {
    const { pool, schema } = store;
    const executeSql = async (text: string, values?: unknown[]) => {
      const result = await pool.query(text, values);
      // Several statements in one text have several results; pg-boss wants the rows of all of them.
      return Array.isArray(result) ? { rows: result.flatMap(({ rows }: pg.QueryResult) => rows) } : result;
    };
    const boss = new PgBoss({ schema, schedule: false, createSchema: false, db: { executeSql } });
    boss.on('error', onError);
    await boss.start();
    await boss.createQueue(queue, {
      policy: 'exclusive',
      retryLimit: 10_000,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 8,
      expireInSeconds: 86_399,
      deleteAfterSeconds: 86_400,
    });
    return new SeatJobs(boss, new Leases(store));
  }

  /** Puts a task into the queue, unless it is there already. A task whose worker is gone is put there anew. */
  async offer(taskId: bigint): Promise<void> {
    const key = `${taskId}`;
    const send = () => this.#boss.send(queue, { taskId: key }, { singletonKey: key });
    if ((await send()) !== null) return;
    for (const job of await this.#boss.findJobs(queue, { key, queued: false })) {
      if (job.state !== 'active' || !(await this.#leases.take(key))) continue;
      await this.#boss.deleteJob(queue, { id: job.id, retryCount: job.retryCount });
      await this.#leases.give(key);
      await send();
    }
  }

  /** At most `limit` tasks that no other worker has; each must be ended by `done` or `failed`. */
  async take(limit: number): Promise<SeatJob[]> {
    if (limit < 1) return [];
    const fetched = await this.#boss.fetch<{ taskId: string }>(queue, { batchSize: limit, includeMetadata: true });
    const taken: SeatJob[] = [];
    for (const { id, retryCount, data } of fetched) {
      if (await this.#leases.take(data.taskId)) taken.push({ taskId: BigInt(data.taskId), id, retryCount });
      else await this.#boss.fail(queue, { id, retryCount }, { message: 'another worker is at it' });
    }
    return taken;
  }

  async done({ taskId, id, retryCount }: SeatJob): Promise<void> {
    try {
      await this.#boss.complete(queue, { id, retryCount });
    } finally {
      // Without its lease the job is offered anew at the next look, should the database not have taken this.
      await this.#leases.give(`${taskId}`);
    }
  }

  /** It is tried again, by any worker: after a second, and after longer each time, up to eight. */
  async failed({ taskId, id, retryCount }: SeatJob, message: string): Promise<void> {
    try {
      await this.#boss.fail(queue, { id, retryCount }, { message });
    } finally {
      await this.#leases.give(`${taskId}`);
    }
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
    await this.#leases.close();
  }
}
