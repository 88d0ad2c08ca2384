import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type { MsgOpenShard, MsgOpenShardResponse } from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { RoundStatus } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { equalBytes } from '../../../training/merkle.ts';
import { contributionErrors as errors } from '../errors.ts';
import { shardOpened } from '../events.ts';
import { shardCommitment } from '../formulas.ts';
import type { Parts } from '../parts.ts';
import * as state from '../state.ts';
import { roundStatusWord } from '../words.ts';

/** Shows the shard that a round's contributions are measured on; none of them could have been fitted to it. */
export function openShard(parts: Parts, ctx: Context, message: MsgOpenShard): MsgOpenShardResponse {
  const { objectiveId, round: number, salt, shard } = message;
  const objective = state.objectives.get(ctx, objectiveId);
  ensure(objective !== undefined, errors.objectiveNotFound, `objective ${objectiveId}`);
  ensure(objective.creator === message.creator, errors.notCreator);
  const commitment = objective.shardCommitments[Number(number)];
  const round = state.rounds.get(ctx, [objectiveId, number]);
  ensure(commitment !== undefined && round !== undefined, errors.noSuchRound, `round ${number}`);
  const open = round.status === RoundStatus.ROUND_STATUS_OPEN;
  ensure(!open, errors.shardTooEarly, `until height ${round.endHeight}`);
  const shown = objective.opened.some((opened) => opened.round === number);
  ensure(!shown, errors.shardOpened, `round ${number}`);
  const waits = round.status === RoundStatus.ROUND_STATUS_SHARD;
  ensure(waits, errors.wrongStatus, `round ${number} is ${roundStatusWord(round.status)}`);
  ensure(shard !== undefined, errors.invalidObjective, 'shard: missing');
  const most = state.params.require(ctx).maxArtifactBytes;
  ensure(shard.sizeBytes <= most, errors.invalidObjective, `shard.size_bytes: ${shard.sizeBytes}, at most ${most}`);
  const opening = shardCommitment(parts.addresses.account(objective.creator), number, shard.root, salt);
  ensure(equalBytes(opening, commitment), errors.shardMismatch, `round ${number}`);
  const opened = [...objective.opened, { round: number, shard, height: ctx.block.height }];
  state.objectives.set(ctx, objectiveId, { ...objective, opened });
  ctx.log.emit(
    shardOpened.encode({
      objective_id: objectiveId,
      round: number,
      root: shard.root,
      size_bytes: shard.sizeBytes,
      uris: JSON.stringify(shard.uris),
    }),
  );
  parts.rounds.open(ctx, round);
  return { contributions: round.undecided };
}
