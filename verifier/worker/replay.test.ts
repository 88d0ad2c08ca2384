import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Tamper, trainRun } from '../../cli/trainer/trainRun.ts';
import { publicKey } from '../../modules/beacon/ecvrf.ts';
import { Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { Run, Task, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { stateRoot } from '../../training/commit.ts';
import { Dataset } from '../../training/dataset.ts';
import { contentRoot } from '../../training/merkle.ts';
import { networkOf } from '../../training/network.ts';
import { leavesFile, stateFile } from '../../training/runFiles.ts';
import { encodeSpec, recordBytes } from '../../training/spec.ts';
import { smallSpec, syntheticBytes, testSeed } from '../../training/testing/fixtures.ts';
import { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactUnavailable } from '../artifacts/download.ts';
import { replayRun } from './replay.ts';

const spec = smallSpec();
const data = syntheticBytes(spec, 64);
const shard = syntheticBytes(spec, 16);
const operator = new Uint8Array(20).fill(5);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-replay-'));
  writeFileSync(join(folder, 'data'), data);
  writeFileSync(join(folder, 'shard'), shard);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;

/** Trains a run into a folder and says about it what the chain would. */
async function committedRun(tamper?: Tamper): Promise<Run> {
  const network = networkOf(spec);
  const dataset = new Dataset(spec.record, data);
  const out = join(folder, 'run');
  mkdirSync(out, { recursive: true });
  const trained = await trainRun({ network, runId: 4n, seed: testSeed, data: dataset, folder: out, tamper });
  return Run.fromPartial({
    id: 4n,
    spec: encodeSpec(spec),
    seed: testSeed,
    units: 20n,
    stepRoot: trained.steps.root,
    data: { root: contentRoot(data), records: 64n, recordBytes: recordBytes(spec), uris: [uriOf('data')] },
    uris: [uriOf('run')],
  });
}

async function replay(run: Run, vrfSeed = new Uint8Array(32).fill(1), unitsPerSeat = 22, salt = operator) {
  const objective = Objective.fromPartial({
    id: 1n,
    holdouts: [{ root: contentRoot(shard), sizeBytes: BigInt(shard.length), uris: [uriOf('shard')] }],
  });
  const task = Task.fromPartial({ id: 9n, alpha: publicKey(new Uint8Array(32).fill(2)) });
  const cache = new ArtifactCache(join(folder, 'cache'));
  return await replayRun({ run, task, objective, unitsPerSeat, vrfSeed, operator: salt }, cache);
}

/** Claims the state before the unit as the state after it. */
const skip =
  (bad: number): Tamper =>
  (unit, honest, before) =>
    unit === bad ? { ...honest, state: before, leaf: { ...honest.leaf, stateRoot: stateRoot(before) } } : honest;

describe('replaying a run', () => {
  test('an honest run is VALID, with the accuracy on the shard that any other seat finds too', async () => {
    const run = await committedRun();
    const [one, two] = [await replay(run), await replay(run, new Uint8Array(32).fill(7))];
    expect(one.verdict).toBe(Verdict.VERDICT_VALID);
    expect(one.metrics.map(({ name }) => name)).toEqual(['accuracy', 'holdout_records']);
    expect(two.metrics).toEqual(one.metrics);
  });

  test('the trace is salted by the operator, so that a copied one belongs to nobody', async () => {
    const run = await committedRun();
    const [one, two] = [await replay(run), await replay(run, undefined, undefined, new Uint8Array(20).fill(6))];
    expect(one.traceRoot).not.toEqual(two.traceRoot);
  });

  test.each([1, 7, 20])('a run that skips unit %i is FRAUD, and that unit is named', async (bad) => {
    const { verdict, badUnit, metrics } = await replay(await committedRun(skip(bad)));
    expect({ verdict, badUnit, metrics }).toEqual({
      verdict: Verdict.VERDICT_FRAUD,
      badUnit: BigInt(bad),
      metrics: [],
    });
  });

  test('other initial weights are FRAUD in unit 0', async () => {
    const run = await committedRun((unit, honest) => {
      if (unit !== 0) return honest;
      const state = honest.state.map((value) => value * 2);
      return { ...honest, state, leaf: { ...honest.leaf, stateRoot: stateRoot(state) } };
    });
    expect(await replay(run)).toMatchObject({ verdict: Verdict.VERDICT_FRAUD, badUnit: 0n });
  });

  test('a state that is withheld, or served other than committed, proves nothing: it is unavailable', async () => {
    const run = await committedRun();
    const state = join(folder, 'run', stateFile(19));
    writeFileSync(state, new Uint8Array(4 * networkOf(spec).stateLength));
    await expect(replay(run)).rejects.toThrow(ArtifactUnavailable);
    rmSync(state);
    await expect(replay(run)).rejects.toThrow(ArtifactUnavailable);
  });

  test.each([
    ['other bytes than the root says', () => new Uint8Array(data.length)],
    ['records that are none', () => data.subarray(1)],
  ])('a run on %s cannot be judged: it is unavailable', async (_name, bytes) => {
    const run = await committedRun();
    writeFileSync(join(folder, 'data'), bytes());
    await expect(replay(run)).rejects.toThrow(ArtifactUnavailable);
  });

  test.each([
    ['are other leaves', () => new Uint8Array(64 * 21)],
    ['are cut short', (bytes: Uint8Array) => bytes.subarray(0, -64)],
    ['are cut inside a leaf', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['are one too many', (bytes: Uint8Array) => Buffer.concat([bytes, bytes.subarray(0, 64)])],
    ['have two places swapped', swapLeaves],
  ])('leaves that %s prove nothing: the run is unavailable', async (_name, damage) => {
    const run = await committedRun();
    const path = join(folder, 'run', leavesFile);
    writeFileSync(path, damage(readFileSync(path)));
    await expect(replay(run)).rejects.toThrow(ArtifactUnavailable);
  });

  test('leaves of another run, or of a run of another length, open for nobody', async () => {
    const run = await committedRun();
    await expect(replay({ ...run, id: 5n })).rejects.toThrow(ArtifactUnavailable);
    await expect(replay({ ...run, spec: encodeSpec(smallSpec({ steps: 19 })), units: 19n })).rejects.toThrow(
      ArtifactUnavailable,
    );
  });

  test.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, -4)],
    ['cut inside a value', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['empty', () => new Uint8Array(0)],
    ['too long', (bytes: Uint8Array) => Buffer.concat([bytes, new Uint8Array(4)])],
    ['changed in one bit', (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, at) => (at === 0 ? byte ^ 1 : byte))],
    ['of another unit', () => readFileSync(join(folder, 'run', stateFile(3)))],
  ])('a state that is %s proves nothing: the run is unavailable', async (_name, damage) => {
    const run = await committedRun();
    const path = join(folder, 'run', stateFile(9));
    writeFileSync(path, damage(readFileSync(path)));
    await expect(replay(run)).rejects.toThrow(ArtifactUnavailable);
  });

  test('a mirror that serves garbage is passed over for the next one', async () => {
    const run = await committedRun();
    const garbage = join(folder, 'garbage');
    cpSync(join(folder, 'run'), garbage, { recursive: true });
    for (const file of [leavesFile, stateFile(0), stateFile(9), stateFile(20)]) {
      writeFileSync(join(garbage, file), randomBytes(100));
    }
    const { verdict } = await replay({ ...run, uris: [uriOf('garbage'), uriOf('run')] });
    expect(verdict).toBe(Verdict.VERDICT_VALID);
  });
});

function swapLeaves(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(64, 128), bytes.subarray(0, 64), bytes.subarray(128)]);
}

describe('training', () => {
  test('interrupted at any moment, it ends with the same commitments', async () => {
    const whole = await committedRun();
    const out = join(folder, 'run');
    // As after a crash: some states are there whose leaves were not written yet, and one file was cut short.
    writeFileSync(join(out, stateFile(9)), new Uint8Array(10));
    const again = await committedRun();
    expect(again.stepRoot).toEqual(whole.stepRoot);
    rmSync(join(out, leavesFile));
    expect((await committedRun()).stepRoot).toEqual(whole.stepRoot);
    expect(existsSync(join(out, leavesFile))).toBe(true);
  });
});
