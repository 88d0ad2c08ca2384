import type { Context } from '../../../chain/context.ts';
import { fail, failUnregistered, sdkErrors } from '../../../chain/errors.ts';
import { handle, type MessageRoute } from '../../../chain/message.ts';
import type { stakingTx } from '../../../sdk/codec/index.ts';
import { authorityErrors } from '../errors.ts';
import {
  msgBeginRedelegate,
  msgCancelUnbonding,
  msgCreateValidator,
  msgDelegate,
  msgEditValidator,
  msgUndelegate,
  msgUpdateParams,
} from '../messages.ts';
import { paramsProblem, readParams } from '../params.ts';
import { createValidator } from './createValidator.ts';
import { beginRedelegate, cancelUnbonding, delegate, undelegate } from './delegations.ts';
import { editValidator } from './editValidator.ts';
import type { StakingParts } from './parts.ts';
import { orTxDecode } from './reading.ts';

export function stakingRoutes(parts: StakingParts): MessageRoute[] {
  return [
    handle(msgCreateValidator, (ctx, message) => createValidator(parts, ctx, message)),
    handle(msgEditValidator, (ctx, message) => editValidator(parts, ctx, message)),
    handle(msgDelegate, (ctx, message) => delegate(parts, ctx, message)),
    handle(msgUndelegate, (ctx, message) => undelegate(parts, ctx, message)),
    handle(msgBeginRedelegate, (ctx, message) => beginRedelegate(parts, ctx, message)),
    handle(msgCancelUnbonding, (ctx, message) => cancelUnbonding(parts, ctx, message)),
    handle(msgUpdateParams, (ctx, message) => updateParams(parts, ctx, message)),
  ];
}

function updateParams(
  { state, authority }: StakingParts,
  ctx: Context,
  message: stakingTx.MsgUpdateParams,
): stakingTx.MsgUpdateParamsResponse {
  if (message.authority !== authority) {
    fail(authorityErrors.invalidSigner, `invalid authority; expected ${authority}, got ${message.authority}`);
  }
  const { params } = message;
  if (params.minCommissionRate === '') fail(sdkErrors.invalidRequest, 'minimum commission rate cannot be nil');
  const read = orTxDecode(() => readParams(params));
  const problem = paramsProblem(read);
  if (problem !== undefined) failUnregistered(problem);
  state.params.set(ctx, read);
  return {};
}
