import type { Context } from '../../../chain/context.ts';
import { fail } from '../../../chain/errors.ts';
import type { MsgProveLeaf, MsgProveLeafResponse } from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { byTheRules, challengerWins, factsOf, takeMove, trainerWins } from '../disputes.ts';
import { type Env, gasCosts } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';

/** The chain computes the one element that is left from the inputs that both sides agree on, and decides. */
export function proveLeaf(env: Env, ctx: Context, message: MsgProveLeaf): MsgProveLeafResponse {
  const { dispute, run, walk } = takeMove(env, ctx, message.disputeId, 'leaf', message.trainer);
  const leaf = message.leaf ?? fail(errors.invalidMove, 'leaf is missing');
  ctx.gas.consume(gasCosts.leaf, 'computing a leaf');
  ctx.gas.consume(gasCosts.tensor * env.training.tensors(run.spec), 'laying out the unit');
  const winner = byTheRules(() => env.training.checkLeaf(factsOf(run), walk, leaf));
  dispute.moves += 1;
  if (winner === 'trainer') trainerWins(env, ctx, run, dispute, 'leaf_right');
  else challengerWins(env, ctx, run, dispute, 'leaf_wrong');
  return { trainerWon: winner === 'trainer' };
}
