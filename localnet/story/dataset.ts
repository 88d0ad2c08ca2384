import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contribute, untilStatus } from '../../cli/contribute.ts';
import type { Session } from '../../cli/session.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Contribution,
  ContributionStatus,
  Visibility,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Task } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { contentRoot } from '../../training/merkle.ts';
import { artifactUrl, objectives } from '../genesis.ts';
import { expectThat, percent, type Stage, short } from './stage.ts';

const decided = [
  ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED,
  ContributionStatus.CONTRIBUTION_STATUS_REJECTED,
  ContributionStatus.CONTRIBUTION_STATUS_FINAL,
];

/** Scene 1: a contributor offers the penguins, verifiers measure them and agree. */
export async function offerDataset(stage: Stage, contributor: Session): Promise<Contribution> {
  const { topology, paths } = stage.network;
  const { name, bytes } = penguinsOfPlay(stage);
  writeFileSync(join(paths.artifacts, 'story', name), bytes);
  const schema = readFileSync(new URL('penguins.schema.json', import.meta.url));
  const { contributionId, taskId, commit, submit } = await contribute(contributor, {
    kind: ContributionKind.CONTRIBUTION_KIND_DATA,
    objectiveId: objectives.penguins,
    manifest: {
      contentRoot: contentRoot(bytes),
      sizeBytes: BigInt(bytes.length),
      mediaType: 'application/json',
      schemaHash: createHash('sha256').update(schema).digest(),
      uris: [artifactUrl(topology, name)],
      visibility: Visibility.VISIBILITY_PUBLIC,
      title: `Palmer penguins, part ${stage.play}`,
    },
    license: 'CC0-1.0',
    deposit: { denom: topology.denom, amount: '1000000' },
  });
  stage.say(
    `1  contribution ${contributionId}: ${bytes.length} bytes of penguins, root ${short(contentRoot(bytes))}..., ` +
      `committed at height ${commit.height}, opened at ${submit.height} by ${contributor.address}`,
  );
  const contribution = await untilStatus(contributor, contributionId, decided, 120);
  expectThat(contribution.accepted, `contribution ${contributionId} should be accepted, is ${contribution.reason}`);
  const { task } = await contributor.querier.ask(verificationQueries.task, { id: taskId });
  expectThat(task !== undefined, `the chain should have task ${taskId}`);
  const revealed = task.seats.filter((seat) => seat.attestation !== undefined);
  expectThat(revealed.length * 3 >= task.seats.length * 2, 'two thirds of the seats should have attested');
  stage.say(
    `1  accepted at height ${contribution.assessedHeight}: ${revealed.length} of ${task.seats.length} verifiers measured ` +
      `the same: ${describeMetrics(task)}`,
  );
  return contribution;
}

/** The offered rows; later plays leave out another twentieth of them, so that each play offers data of its own. */
function penguinsOfPlay({ play, network }: Stage): { name: string; bytes: Uint8Array } {
  const whole = readFileSync(join(network.paths.artifacts, 'story', 'penguins.json'));
  if (play === 1) return { name: 'penguins.json', bytes: whole };
  const rows: unknown[] = JSON.parse(whole.toString('utf8'));
  const kept = rows.filter((_, index) => index % 20 !== play % 20);
  return {
    name: `penguins-${play}.json`,
    bytes: Buffer.from(JSON.stringify(kept, undefined, 1 + Math.floor(play / 20))),
  };
}

function describeMetrics(task: Task): string {
  const value = (name: string) => task.metrics.find((metric) => metric.name === name)?.value ?? 0n;
  const ratios = ['completeness', 'accuracy', 'consistency', 'timeliness'].map(
    (name) => `${name} ${percent(value(name))}`,
  );
  return `${ratios.join(', ')}, impact ${percent(value('impact_micro'))} over ${value('rows')} rows`;
}
