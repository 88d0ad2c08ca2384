import { describe, expect, test } from 'vitest';
import { Run, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { floatsToBytes } from '../../training/bytes.ts';
import { encodeLeaves } from '../../training/commit.ts';
import { gradientFile, leavesFile, stateFile } from '../../training/runFiles.ts';
import { encodeSpec, recordBytes } from '../../training/spec.ts';
import { syntheticData, testSeed } from '../../training/testing/fixtures.ts';
import { RUN_ID } from '../../training/testing/play.ts';
import { type Device, otherRounding, tolerantSpec, trainTolerantly } from '../../training/testing/tolerant.ts';
import { ArtifactUnavailable } from '../artifacts/download.ts';
import { judgeRun } from './replay.ts';
import { openRun } from './runData.ts';

const spec = tolerantSpec();
const data = syntheticData(spec, 40);
const units = Array.from({ length: 13 }, (_, unit) => unit);

/** Cut to eight bits of fraction, as an accelerator's cheap mode would. */
function bfloat16(values: Float32Array): Float32Array {
  return new Float32Array(new Uint32Array(values.slice().buffer).map((bits) => bits & 0xffff0000).buffer);
}

/** What a seat that draws every unit says about a run; `withheld` names a file that is not served. */
async function judge(
  device: Device,
  tamper?: Parameters<typeof trainTolerantly>[3],
  withheld = '',
): Promise<{ verdict: Verdict; badUnit: bigint; metrics: readonly unknown[] }> {
  const trained = trainTolerantly(spec, data, device, tamper);
  const files = new Map([[leavesFile, encodeLeaves(trained.leaves)]]);
  for (const [t, state] of trained.states.entries()) files.set(stateFile(t), floatsToBytes(state));
  for (const [t, gradient] of trained.gradients.entries()) files.set(gradientFile(t), floatsToBytes(gradient));
  const run = Run.fromPartial({
    id: RUN_ID,
    spec: encodeSpec(spec),
    seed: testSeed,
    units: 12n,
    stepRoot: trained.steps.root,
    data: { root: data.root, records: BigInt(data.records), recordBytes: recordBytes(spec), uris: [] },
  });
  const opened = await openRun(run, data, async (file, maxBytes, isRight) => {
    const bytes = files.get(file);
    if (bytes === undefined || file === withheld || bytes.length > maxBytes || !isRight(bytes)) {
      throw new ArtifactUnavailable(file);
    }
    return bytes;
  });
  return await judgeRun(opened, units, new Uint8Array(20), async () => data);
}

describe('a run of the tolerant lane', () => {
  test('whose device rounds otherwise than F is VALID', async () => {
    expect(await judge(otherRounding)).toMatchObject({ verdict: Verdict.VERDICT_VALID, badUnit: 0n });
  });

  test('with one strained unit, as a tie makes it, is VALID; with many it is INVALID, which slashes nobody', async () => {
    const tie = (few: (unit: number) => boolean): Device => {
      return (gradient, unit) =>
        gradient.map((value, i) => (few(unit) && i % 40 === 0 ? value + 2 ** -10 * Math.abs(value) : value));
    };
    expect((await judge(tie((unit) => unit === 4))).verdict).toBe(Verdict.VERDICT_VALID);
    expect(await judge(tie((unit) => unit > 2))).toMatchObject({ verdict: Verdict.VERDICT_INVALID, badUnit: 0n });
  });

  test.each<[string, Device]>([
    ['is scaled', (gradient, unit) => (unit === 6 ? gradient.map((value) => 1.5 * value) : gradient)],
    ['is left out', (gradient, unit) => (unit === 6 ? gradient.map(() => 0) : gradient)],
    ['has its sign turned', (gradient, unit) => (unit === 6 ? gradient.map((value) => -value) : gradient)],
    ['has the precision of bfloat16', (gradient) => bfloat16(gradient)],
  ])('whose gradient %s is INVALID', async (_name, device) => {
    expect(await judge(device)).toMatchObject({ verdict: Verdict.VERDICT_INVALID, badUnit: 0n, metrics: [] });
  });

  test('whose update is not that of its gradient is FRAUD, and the unit is named', async () => {
    const tamper = (unit: number, state: Float32Array) =>
      unit === 7 ? state.map((v, i) => (i === 2 ? v + 2 ** -22 : v)) : state;
    expect(await judge(otherRounding, tamper)).toMatchObject({ verdict: Verdict.VERDICT_FRAUD, badUnit: 7n });
  });

  test('whose gradient is withheld proves nothing', async () => {
    await expect(judge(otherRounding, undefined, gradientFile(3))).rejects.toThrow(ArtifactUnavailable);
  });
});
