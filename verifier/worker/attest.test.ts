import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publicKey, verify } from '../../modules/beacon/ecvrf.ts';
import { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { Params, Run, SubjectKind, Task, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { encodeSpec, recordBytes } from '../../training/spec.ts';
import { smallSpec } from '../../training/testing/fixtures.ts';
import { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactUnavailable } from '../artifacts/download.ts';
import { type AttestParts, attest } from './attest.ts';
import { ScoreFolder } from './scores.ts';

const vrfSeed = new Uint8Array(32).fill(4);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-attest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A chain at a height, on which nobody serves any artifact. */
function partsAt(height: bigint): AttestParts {
  const gone = { root: new Uint8Array(32), uris: ['file:///nowhere/at/all'] };
  const spec = smallSpec();
  const data = { ...gone, records: 64n, recordBytes: recordBytes(spec) };
  const manifest = { contentRoot: gone.root, sizeBytes: 10n, uris: gone.uris, mediaType: 'text/csv' };
  return {
    view: {
      height: async () => height,
      blockTime: async () => 0n,
      params: async () => Params.fromPartial({ commitWindow: 40n, unitsPerSeat: 3 }),
      objective: async () => Objective.fromPartial({ id: 1n }),
      contribution: async () => Contribution.fromPartial({ id: 2n, manifest }),
      valuationRound: async () => Promise.reject(new Error('no rounds here')),
      run: async () => Run.fromPartial({ id: 3n, spec: encodeSpec(spec), data, units: 20n }),
    },
    cache: new ArtifactCache(folder),
    vrfSeed,
    operator: new Uint8Array(20),
    scores: new ScoreFolder(folder),
  };
}

const alpha = new Uint8Array(32).fill(7);
const runTask = Task.fromPartial({ id: 5n, subject: SubjectKind.SUBJECT_KIND_RUN, deadline: 100n, alpha });
const dataTask = Task.fromPartial({ id: 6n, subject: SubjectKind.SUBJECT_KIND_CONTRIBUTION, deadline: 100n });

describe('files that are withheld after the acknowledgement', () => {
  test('are asked for again while there is time', async () => {
    await expect(attest(partsAt(89n), runTask)).rejects.toThrow(ArtifactUnavailable);
    await expect(attest(partsAt(89n), dataTask)).rejects.toThrow(ArtifactUnavailable);
  });

  test('make the seat say UNAVAILABLE in the last quarter of the window, with the proof that a run demands', async () => {
    const said = await attest(partsAt(90n), runTask);
    expect(said.verdict).toBe(Verdict.VERDICT_UNAVAILABLE);
    expect(verify(publicKey(vrfSeed), alpha, said.vrfProof)).toBeDefined();
    expect(said.traceRoot).toHaveLength(0);
  });

  test('of a dataset are said to be unavailable without any proof', async () => {
    const said = await attest(partsAt(95n), dataTask);
    expect({ ...said }).toMatchObject({ verdict: Verdict.VERDICT_UNAVAILABLE, metrics: [], badUnit: 0n });
    expect(said.vrfProof).toHaveLength(0);
  });
});
