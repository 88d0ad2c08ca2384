import type { Context } from '../../../chain/context.ts';
import type { MsgSelectNode, MsgSelectNodeResponse } from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { byTheRules, goOn, takeMove } from '../disputes.ts';
import type { Env } from '../env.ts';

/** The challenger names the first of the shown nodes that it disagrees with; with all before it, it agrees. */
export function selectNode(env: Env, ctx: Context, message: MsgSelectNode): MsgSelectNodeResponse {
  const move = takeMove(env, ctx, message.disputeId, 'selection', message.challenger);
  const walk = byTheRules(() => env.training.applySelection(move.walk, message.index));
  goOn(env, ctx, move, 'selection', walk);
  return {};
}
