/** Opening and closing what contributions are valued against. */
import type { Context } from '../../chain/context.ts';
import { type Objective, ObjectiveStatus } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { coinText, type Escrow, requireCoin } from './escrow.ts';
import * as events from './events.ts';
import * as state from './state.ts';
import { kindWord, objectiveStatusWord } from './words.ts';

/** Objectives that one block closes; the rest follows in the next. */
const CLOSED_PER_BLOCK = 64;

export function openObjective(ctx: Context, objective: Objective): void {
  state.objectives.set(ctx, objective.id, objective);
  const open = objective.status === ObjectiveStatus.OBJECTIVE_STATUS_OPEN;
  if (open && objective.deadlineHeight > 0n) {
    state.objectiveDeadlines.add(ctx, [objective.deadlineHeight, objective.id]);
  }
  ctx.log.emit(
    events.objectiveCreated.encode({
      objective_id: objective.id,
      creator: objective.creator,
      title: objective.title,
      kind: kindWord(objective.kind),
      metric: objective.metric,
      learner: objective.learner,
      listed: objective.listed,
      quality_gate_ppm: objective.qualityGatePpm,
      baseline_ppm: objective.baselinePpm,
      budget: coinText(requireCoin(objective.budget)),
      bond: coinText(requireCoin(objective.bond)),
      deadline_height: objective.deadlineHeight,
    }),
  );
}

/** Throws for ids that a stored record names and that therefore exist. */
export function requireObjective(ctx: Context, id: bigint): Objective {
  const objective = state.objectives.get(ctx, id);
  if (objective === undefined) throw new Error(`objective ${id} is named by a record but does not exist`);
  return objective;
}

/** Forgets the deadline of an objective that takes no more contributions. */
export function stopObjective(ctx: Context, { deadlineHeight, id }: Objective): void {
  if (deadlineHeight > 0n) state.objectiveDeadlines.remove(ctx, [deadlineHeight, id]);
}

/** Gives what is still held back to the creator and takes no more contributions. */
export function closeObjective(
  ctx: Context,
  escrow: Escrow,
  addresses: AddressCodec,
  objective: Objective,
  status: ObjectiveStatus,
): void {
  const budget = requireCoin(objective.budget);
  const bond = requireCoin(objective.bond);
  const refunded = { denom: budget.denom, amount: (BigInt(budget.amount) + BigInt(bond.amount)).toString() };
  if (objective.creator !== '') escrow.giveBack(ctx, addresses.account(objective.creator), refunded);
  stopObjective(ctx, objective);
  const nothing = { denom: budget.denom, amount: '0' };
  state.objectives.set(ctx, objective.id, { ...objective, status, budget: nothing, bond: nothing });
  ctx.log.emit(
    events.objectiveClosed.encode({
      objective_id: objective.id,
      status: objectiveStatusWord(status),
      creator: objective.creator,
      refunded: coinText(refunded),
    }),
  );
}

/** Closes the objectives whose last height is over, at once where nothing of it is left to decide or to pay. */
export function closeDueObjectives(ctx: Context, escrow: Escrow, addresses: AddressCodec): void {
  const due: bigint[] = [];
  for (const [deadline, id] of state.objectiveDeadlines.walk(ctx)) {
    if (deadline > ctx.block.height || due.length === CLOSED_PER_BLOCK) break;
    due.push(id);
  }
  for (const id of due) {
    const objective = requireObjective(ctx, id);
    if (objective.unsettledRounds === 0n) {
      closeObjective(ctx, escrow, addresses, objective, ObjectiveStatus.OBJECTIVE_STATUS_CLOSED);
      continue;
    }
    stopObjective(ctx, objective);
    state.objectives.set(ctx, id, { ...objective, status: ObjectiveStatus.OBJECTIVE_STATUS_CLOSING });
  }
}
