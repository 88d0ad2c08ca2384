import { shardOf } from '../../modules/contribution/formulas.ts';
import type { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { ValuationRound } from '../../proto/generated/infinet/valuation/v1/round.ts';
import { type Attestation, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import type { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactMismatch, ArtifactUnavailable } from '../artifacts/download.ts';
import { measure } from '../quality/measure.ts';
import { fetchContribution, fetchOfObjective } from './assess.ts';
import type { ChainView } from './chain.ts';

/** A contribution of the round cannot be had: the seat names it, so that the others can be valued without it. */
export class MemberUnavailable extends ArtifactUnavailable {
  readonly contributionId: bigint;

  constructor(contributionId: bigint, cause: Error) {
    super(`contribution ${contributionId}: ${cause.message}`);
    this.contributionId = contributionId;
  }
}

/** Values the contributions of a round together. `seed` is the value of the task's beacon round. */
export async function assessRound(
  view: Pick<ChainView, 'blockTime' | 'contribution'>,
  cache: ArtifactCache,
  {
    objective,
    round,
    seed,
  }: { readonly objective: Objective; readonly round: ValuationRound; readonly seed: Uint8Array },
): Promise<Attestation> {
  const shard = shardOf(objective, round.shardRound);
  if (shard === undefined) throw new ArtifactUnavailable(`objective ${objective.id} has no shard for the round`);
  const ids = round.members.flatMap(({ contributionId, leftOut }) => (leftOut ? [] : [contributionId]));
  const contributions = await Promise.all(ids.map((id) => view.contribution(id)));
  const members = [];
  for (const contribution of contributions.sort(byPriority)) {
    members.push({
      contributionId: contribution.id,
      data: { path: await fetchMember(contribution, cache), mediaType: contribution.manifest?.mediaType },
      asOf: await view.blockTime(contribution.submittedHeight),
    });
  }
  const { reference } = objective;
  const { metrics } = await measure({
    members,
    schema: Buffer.from(objective.schema).toString('utf8'),
    holdout: { path: await fetchOfObjective(shard, cache) },
    reference: reference === undefined ? undefined : { path: await fetchOfObjective(reference, cache) },
    baselinePpm: round.baselinePpm,
    seed,
  });
  const empty = new Uint8Array(0);
  return { verdict: Verdict.VERDICT_VALID, metrics, traceRoot: empty, badUnit: 0n, vrfProof: empty };
}

/** Who committed to its bytes first has the value of rows that others bring too. */
function byPriority(a: Contribution, b: Contribution): number {
  if (a.committedHeight !== b.committedHeight) return a.committedHeight < b.committedHeight ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

async function fetchMember(contribution: Contribution, cache: ArtifactCache): Promise<string> {
  try {
    return await fetchContribution(contribution, cache);
  } catch (error) {
    if (!(error instanceof ArtifactUnavailable || error instanceof ArtifactMismatch)) throw error;
    throw new MemberUnavailable(contribution.id, error);
  }
}
