import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startPostgres } from '../../postgres/embedded.ts';
import { Attestation, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { Attestations, type Said } from './attestations.ts';
import { SeatJobs } from './jobs.ts';
import { openStore, type StoreScope, type VerifierStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'infinet-queue-'));
const secret = new Uint8Array(32).fill(9);
let postgres: EmbeddedPostgres;
let url: string;
let chains = 0;
let scope: StoreScope;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres({ folder });
  url = await postgres.database('infinet');
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  scope = { operator: 'infinet1operator', chain: `test ${++chains}` };
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function store(of = scope): Promise<VerifierStore> {
  const opened = await openStore(url, of);
  closing.push(opened.close);
  return opened;
}

async function jobs(): Promise<SeatJobs> {
  const opened = await SeatJobs.open(await store(), (error) => {
    throw error;
  });
  closing.push(() => opened.close());
  return opened;
}

const valid = Attestation.fromPartial({
  verdict: Verdict.VERDICT_VALID,
  metrics: [{ name: 'accuracy', value: 900_000n }],
  traceRoot: new Uint8Array(32).fill(3),
});
const fraud = { ...valid, verdict: Verdict.VERDICT_FRAUD };

/** The bytes that a commitment binds. */
function bound(said: Said | undefined): { said: string; salt: string } {
  const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
  return { said: hex(said && Attestation.encode(said.attestation).finish()), salt: hex(said?.salt) };
}

describe('what was said', () => {
  test('is said just so, with the same salt, by whoever comes after a crash', async () => {
    const kept = await new Attestations(await store(), secret).keep(7n, 0, valid, 1.5);
    // Keys may have been rotated meanwhile: the salt is that of the commitment, not of the key.
    const after = await new Attestations(await store(), new Uint8Array(32).fill(8)).read(7n, 0);
    expect(bound(after)).toEqual(bound(kept));
    expect(bound(after).said).toBe(Buffer.from(Attestation.encode(valid).finish()).toString('hex'));
  });

  test('is what the first of two workers found that examined the same task', async () => {
    const [one, two] = [new Attestations(await store(), secret), new Attestations(await store(), secret)];
    const [first, second] = await Promise.all([one.keep(7n, 0, valid, 1), two.keep(7n, 0, fraud, 1)]);
    expect(bound(first)).toEqual(bound(second));
  });

  test('binds neither another draw of the task, nor the same task of another chain', async () => {
    const attestations = new Attestations(await store(), secret);
    await attestations.keep(7n, 0, valid, 1);
    expect(await attestations.read(7n, 1)).toBeUndefined();
    const elsewhere = new Attestations(await store({ ...scope, chain: 'begun anew' }), secret);
    expect(await elsewhere.read(7n, 0)).toBeUndefined();
  });

  test('has salts that tell nothing about those of other tasks, draws and operators', async () => {
    const attestations = new Attestations(await store(), secret);
    const other = new Attestations(await store(), new Uint8Array(32).fill(8));
    const salts = [
      [1n, 0],
      [2n, 0],
      [1n, 1],
    ] as const;
    const all = [...salts.map(([task, draw]) => attestations.salt(task, draw)), other.salt(1n, 0)];
    expect(new Set(all.map((salt) => Buffer.from(salt).toString('hex'))).size).toBe(4);
  });

  test('is nothing while the database has no room, and can be said once there is some', async () => {
    const opened = await store();
    const attestations = new Attestations(opened, secret);
    await opened.pool.query(`
      CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER no_room BEFORE INSERT ON attestation EXECUTE FUNCTION no_room()`);
    await expect(attestations.keep(7n, 0, valid, 1)).rejects.toThrow('No space left');
    expect(await attestations.read(7n, 0)).toBeUndefined();
    await opened.pool.query('DROP TRIGGER no_room ON attestation');
    expect((await attestations.keep(7n, 0, valid, 1)).attestation.verdict).toBe(valid.verdict);
  });

  test('is not read by a program that does not know its format', async () => {
    const { pool } = await store();
    await pool.query('UPDATE format SET version = 2');
    await expect(openStore(url, scope)).rejects.toThrow('is of format 2, and this program knows 1');
  });
});

describe('the queue of seats', () => {
  test('has a task once, however often and by however many workers it is offered', async () => {
    const [one, two] = await Promise.all([jobs(), jobs()]);
    await Promise.all([one.offer(7n), two.offer(7n), one.offer(7n), two.offer(8n)]);
    const taken = (await Promise.all([one.take(5), two.take(5)])).flat().map(({ taskId }) => taskId);
    expect(taken.sort()).toEqual([7n, 8n]);
    await two.offer(7n);
    expect([...(await one.take(5)), ...(await two.take(5))]).toEqual([]);
  });

  test('gives a task again once it is done and owed anew', async () => {
    const worker = await jobs();
    await worker.offer(7n);
    for (const job of await worker.take(1)) await worker.done(job);
    await worker.offer(7n);
    expect((await worker.take(1)).map(({ taskId }) => taskId)).toEqual([7n]);
  });

  test('gives a failed task again, after a pause', async () => {
    const worker = await jobs();
    await worker.offer(7n);
    for (const job of await worker.take(1)) await worker.failed(job, 'the mirror is away');
    await worker.offer(7n);
    expect(await worker.take(1)).toEqual([]);
    await expect.poll(async () => (await worker.take(1)).length, { timeout: 20_000 }).toBe(1);
  });

  test('gives the task of a worker that is gone to the next one that asks', async () => {
    const gone = await jobs();
    await gone.offer(7n);
    expect(await gone.take(1)).toHaveLength(1);
    const next = await jobs();
    await next.offer(7n);
    expect(await next.take(1)).toEqual([]);
    // As when its process is killed: the connection that holds its leases ends.
    const { pool } = await store();
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'infinet-verifier leases'`,
    );
    await expect
      .poll(
        async () => {
          await next.offer(7n);
          return (await next.take(1)).length;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
  });
});
