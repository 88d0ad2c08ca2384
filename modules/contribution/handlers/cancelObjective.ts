import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type {
  MsgCancelObjective,
  MsgCancelObjectiveResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { ObjectiveStatus } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { contributionErrors as errors } from '../errors.ts';
import { closeObjective } from '../objectives.ts';
import type { Parts } from '../parts.ts';
import * as state from '../state.ts';
import { objectiveStatusWord } from '../words.ts';

/** Once somebody has contributed, only the deadline ends an objective. */
export function cancelObjective(parts: Parts, ctx: Context, message: MsgCancelObjective): MsgCancelObjectiveResponse {
  const objective = state.objectives.get(ctx, message.objectiveId);
  ensure(objective !== undefined, errors.objectiveNotFound, `objective ${message.objectiveId}`);
  ensure(objective.creator === message.creator, errors.notCreator);
  const open = objective.status === ObjectiveStatus.OBJECTIVE_STATUS_OPEN;
  ensure(open, errors.wrongStatus, `objective is ${objectiveStatusWord(objective.status)}`);
  ensure(objective.contributions === 0n, errors.objectiveInUse, `${objective.contributions}`);
  closeObjective(ctx, parts.escrow, parts.addresses, objective, ObjectiveStatus.OBJECTIVE_STATUS_CANCELLED);
  return {};
}
