import { expect, test } from 'vitest';
import { type Attestation, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { attestationBytes, limits, msgRevealAttestation } from './messages.ts';
import { attestation } from './testSeats.ts';

/** What a worker says about a run: the two metrics of `verifier/worker/replay.ts`. */
const ofRun = attestation({
  metrics: [
    { name: 'accuracy', value: 1_000_000n },
    { name: 'holdout_records', value: 2n ** 62n },
  ],
  traceRoot: new Uint8Array(32).fill(255),
  vrfProof: new Uint8Array(80).fill(255),
});

const withMetrics = (count: number): Attestation =>
  attestation({
    metrics: Array.from({ length: count }, (_, at) => ({ name: `m${String(at).padStart(63, '0')}`, value: -1n })),
  });

function refusal(said: Attestation): string | undefined {
  try {
    msgRevealAttestation.validate?.({ worker: 'w', taskId: 1n, attestation: said, salt: new Uint8Array(32) });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('a verdict on a run takes less than a quarter of a kibibyte', () => {
  expect(attestationBytes(ofRun).length).toBeLessThan(256);
  expect(refusal(ofRun)).toBeUndefined();
  const fraud = attestation({ verdict: Verdict.VERDICT_FRAUD, badUnit: 2n ** 63n, vrfProof: ofRun.vrfProof });
  expect(attestationBytes(fraud).length).toBeLessThan(256);
});

test('no verdict takes more than 2 KiB on chain, however many metrics it has', () => {
  expect(limits.attestationBytes).toBe(2_048);
  const counts = Array.from({ length: limits.metrics + 1 }, (_, count) => count);
  const taken = counts.filter((count) => refusal(withMetrics(count)) === undefined);
  expect(taken.length).toBeGreaterThan(20);
  for (const count of taken) expect(attestationBytes(withMetrics(count)).length).toBeLessThanOrEqual(2_048);
  expect(refusal(withMetrics(limits.metrics))).toContain('more than 2048');
});
