import type { Context } from '../../chain/context.ts';
import { ensure, fail } from '../../chain/errors.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import type { MsgUpdateParams, MsgUpdateParamsResponse } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import type { Params } from '../../proto/generated/infinet/oracle/v1/types.ts';
import { authorityErrors, oracleErrors } from './errors.ts';
import { msgUpdateParams } from './messages.ts';
import { paramsJson, readParams } from './params.ts';
import { params } from './state.ts';

/** @param authority Bech32 address of the governance account */
export function createHandlers(authority: string): MessageRoute[] {
  return [handle(msgUpdateParams, (ctx, message) => updateParams(ctx, message, authority))];
}

function updateParams(ctx: Context, message: MsgUpdateParams, authority: string): MsgUpdateParamsResponse {
  const text = `invalid authority; expected ${authority}, got ${message.authority}`;
  ensure(message.authority === authority, authorityErrors.invalidSigner, text);
  const next = checked(message.params);
  // Votes on their way name a symbol by its place, and an index may go by any of them.
  const { symbols } = params.require(ctx);
  const stays = symbols.every((symbol, index) => next.symbols[index] === symbol);
  ensure(stays, oracleErrors.invalidParams, `symbols can only be added to ${symbols.join(', ')}`);
  params.set(ctx, next);
  return {};
}

function checked(given: Params | undefined): Params {
  if (given === undefined) return fail(oracleErrors.invalidParams, 'all parameters must be present');
  try {
    return readParams(new JsonNode(paramsJson(given), 'params'));
  } catch (error) {
    return fail(oracleErrors.invalidParams, error instanceof Error ? error.message : 'params');
  }
}
