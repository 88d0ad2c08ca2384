/** Compute as a contribution: units of accepted training runs, each of which is paid once. */
import { u64Key } from '../../chain/collections/keys.ts';
import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import type { Contribution, WorkClaim } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { equalBytes } from '../../training/merkle.ts';
import { contributionErrors as errors } from './errors.ts';
import type { Assessor } from './expected.ts';
import { workRoot } from './formulas.ts';
import * as state from './state.ts';

const MEGAFLOP = 1_000_000n;

/**
 * What the chain itself knows of the work: no seat has to look at it again.
 * Throws `contribution` 21 for another content root than the claim's, 38 unless it is the contributor's accepted run,
 * 39 when its model is rewarded, or when a unit was claimed before.
 */
export function measureWork(
  ctx: Context,
  assessor: Pick<Assessor, 'work'>,
  contributor: string,
  claim: WorkClaim,
  root: Uint8Array,
): Metric[] {
  const { firstUnit, lastUnit, runId } = claim;
  const units = `units ${firstUnit} to ${lastUnit} of run ${runId}`;
  ensure(
    equalBytes(root, workRoot(runId, firstUnit, lastUnit)),
    errors.invalidManifest,
    'content_root: not of this work',
  );
  const work = assessor.work(ctx, runId);
  ensure(work !== undefined, errors.workNotVerified, units);
  const verified = work.accepted && work.trainer === contributor && lastUnit <= work.units;
  ensure(verified, errors.workNotVerified, units);
  const model = state.contributions.get(ctx, work.modelContributionId);
  ensure(model?.accepted !== true, errors.workSpent, `the model of run ${runId} is contribution ${model?.id}`);
  const prefix = u64Key.write(runId, false);
  for (const [, id] of state.spentWork.walk(ctx, { prefix, start: [runId, lastUnit], reverse: true })) {
    const earlier = state.contributions.get(ctx, id)?.work;
    ensure(earlier === undefined || earlier.lastUnit < firstUnit, errors.workSpent, `${units}: contribution ${id}`);
    break;
  }
  const count = lastUnit - firstUnit + 1n;
  return [
    { name: 'availability', value: work.availabilityPpm },
    { name: 'megaflop', value: (count * work.unitFlop) / MEGAFLOP },
    { name: 'punctuality', value: work.punctualityPpm },
    { name: 'verified_units', value: count },
  ];
}

export function spendWork(ctx: Context, { runId, firstUnit }: WorkClaim, contributionId: bigint): void {
  state.spentWork.set(ctx, [runId, firstUnit], contributionId);
}

/** The units of a withdrawn claim may be claimed again. */
export function releaseWork(ctx: Context, { id, work }: Contribution): void {
  if (work === undefined) throw new Error(`contribution ${id} lacks its work`);
  state.spentWork.remove(ctx, [work.runId, work.firstUnit]);
}
