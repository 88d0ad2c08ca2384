import { shardOf } from '../../modules/contribution/formulas.ts';
import type { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { type Attestation, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import type { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactMismatch, ArtifactUnavailable } from '../artifacts/download.ts';
import { DataRefused } from '../quality/errors.ts';
import { measure } from '../quality/measure.ts';
import type { ScoreFolder } from './scores.ts';

const nothingDrawn = { traceRoot: new Uint8Array(0), badUnit: 0n, vrfProof: new Uint8Array(0) };

/** Path of the contribution's bytes on this machine, checked against the manifest's root. */
export async function fetchContribution(contribution: Contribution, cache: ArtifactCache): Promise<string> {
  const { manifest } = contribution;
  if (manifest === undefined) throw new Error(`contribution ${contribution.id} has no manifest`);
  const { contentRoot: root, sizeBytes, uris } = manifest;
  return await cache.fetch({ root, sizeBytes: Number(sizeBytes), uris });
}

/**
 * Measures a DATA contribution against its objective. `asOf` is the time of the block that it was submitted in
 * (nanoseconds since the Unix epoch), the same for every seat.
 * Throws when nothing can be said: the shard is not served, or this machine could not finish.
 */
export async function assessContribution(
  contribution: Contribution,
  objective: Objective,
  asOf: bigint,
  cache: ArtifactCache,
): Promise<Attestation> {
  const shard = shardOf(objective, contribution.round);
  const { reference } = objective;
  try {
    const mediaType = contribution.manifest?.mediaType;
    const { metrics } = await measure({
      data: { path: await fetchContribution(contribution, cache), mediaType },
      schema: Buffer.from(objective.schema).toString('utf8'),
      asOf,
      holdout: shard === undefined ? undefined : { path: await fetchOfObjective(shard, cache) },
      reference: reference === undefined ? undefined : { path: await fetchOfObjective(reference, cache) },
    });
    return { verdict: Verdict.VERDICT_VALID, metrics, ...nothingDrawn };
  } catch (error) {
    if (!(error instanceof ArtifactMismatch || error instanceof DataRefused)) throw error;
    return { verdict: Verdict.VERDICT_INVALID, metrics: [], ...nothingDrawn };
  }
}

/**
 * What the operator has to say about an EXPERTISE: the scores that somebody gave it, once its bytes are those of the
 * manifest. Throws while there are none.
 */
export async function judgeContribution(
  contribution: Contribution,
  { rubric }: Objective,
  scores: Pick<ScoreFolder, 'read'>,
  cache: ArtifactCache,
): Promise<Attestation> {
  try {
    await fetchContribution(contribution, cache);
  } catch (error) {
    if (!(error instanceof ArtifactMismatch)) throw error;
    return { verdict: Verdict.VERDICT_INVALID, metrics: [], ...nothingDrawn };
  }
  return { verdict: Verdict.VERDICT_VALID, metrics: scores.read(contribution.id, rubric), ...nothingDrawn };
}

/** A file of the objective's that is not what it should be says nothing against the contribution. */
export async function fetchOfObjective(
  { root, sizeBytes, uris }: { root: Uint8Array; sizeBytes: bigint; uris: readonly string[] },
  cache: ArtifactCache,
): Promise<string> {
  try {
    return await cache.fetch({ root, sizeBytes: Number(sizeBytes), uris });
  } catch (error) {
    if (error instanceof ArtifactMismatch) throw new ArtifactUnavailable(`of the objective: ${error.message}`);
    throw error;
  }
}
