import type { Context } from '../../../chain/context.ts';
import { fail } from '../../../chain/errors.ts';
import type { MsgRevealNodes, MsgRevealNodesResponse } from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { byTheRules, factsOf, goOn, takeMove } from '../disputes.ts';
import { type Env, gasCosts } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';

/** The trainer shows what lies below the node that the dispute has reached. */
export function revealNodes(env: Env, ctx: Context, message: MsgRevealNodes): MsgRevealNodesResponse {
  const move = takeMove(env, ctx, message.disputeId, 'opening', message.trainer);
  const opening = message.opening ?? fail(errors.invalidMove, 'opening is missing');
  ctx.gas.consume(gasCosts.opening, 'checking an opening');
  ctx.gas.consume(gasCosts.tensor * env.training.tensors(move.run.spec), 'laying out the unit');
  const walk = byTheRules(() => env.training.applyOpening(factsOf(move.run), move.walk, opening));
  goOn(env, ctx, move, 'opening', walk);
  return {};
}
