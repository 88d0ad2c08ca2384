import type { Contribution } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Dispute, Run } from '../../proto/generated/infinet/verification/v1/types.ts';
import type { Earned } from './epoch.ts';
import type { Stage } from './stage.ts';

export interface Told {
  readonly dataset: Contribution;
  readonly run: Run;
  readonly slashed: Run;
  readonly dispute: Dispute;
  readonly earned: readonly Earned[];
}

/** Scene 5: the history as the indexer tells it, held against the chain. */
export async function readBack(stage: Stage, told: Told): Promise<void> {
  stage.say(`5  (GraphQL) ${told.dataset.id}`);
}
