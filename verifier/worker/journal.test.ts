import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Attestation, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { Journal } from './journal.ts';

const attestation = Attestation.fromPartial({
  verdict: Verdict.VERDICT_VALID,
  metrics: [{ name: 'accuracy', value: 900_000n }],
  traceRoot: new Uint8Array(32).fill(3),
});
const secret = new Uint8Array(32).fill(9);
let folder: string;

/** The bytes that a commitment binds. */
function bytesOf(said: Attestation | undefined): Buffer {
  return Buffer.from(Attestation.encode(Attestation.fromPartial(said ?? {})).finish());
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a worker that comes back after a crash says just what it said before, with the same salt', () => {
  const before = new Journal(folder, secret);
  before.write(7n, 0, attestation);
  const after = new Journal(folder, secret);
  expect(bytesOf(after.read(7n, 0))).toEqual(bytesOf(attestation));
  expect(after.salt(7n, 0)).toEqual(before.salt(7n, 0));
});

test('nothing can be said twice about one draw of a task, while a new draw starts afresh', () => {
  const journal = new Journal(folder, secret);
  journal.write(7n, 0, attestation);
  expect(() => journal.write(7n, 0, { ...attestation, verdict: Verdict.VERDICT_FRAUD })).toThrow('already holds');
  expect(journal.read(7n, 1)).toBeUndefined();
});

test('salts of other tasks, other draws and other workers are unrelated', () => {
  const journal = new Journal(folder, secret);
  const other = new Journal(folder, new Uint8Array(32).fill(8));
  const salts = [journal.salt(1n, 0), journal.salt(2n, 0), journal.salt(1n, 1), other.salt(1n, 0)];
  expect(new Set(salts.map((salt) => Buffer.from(salt).toString('hex'))).size).toBe(4);
});

test.skipIf(!existsSync('/dev/full'))(
  'on a full disk nothing has been said, and it can be said once there is room',
  () => {
    const journal = new Journal(folder, secret);
    const draft = join(folder, `task-7-0.${process.pid}`);
    symlinkSync('/dev/full', draft);
    expect(() => journal.write(7n, 0, attestation)).toThrow('ENOSPC');
    expect(journal.read(7n, 0)).toBeUndefined();
    rmSync(draft, { force: true });
    journal.write(7n, 0, attestation);
    expect(bytesOf(journal.read(7n, 0))).toEqual(bytesOf(attestation));
  },
);
