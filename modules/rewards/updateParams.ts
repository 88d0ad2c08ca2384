import type { Context } from '../../chain/context.ts';
import { ensure, fail } from '../../chain/errors.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import type { MsgUpdateParams, MsgUpdateParamsResponse } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import type { Params } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { authorityErrors, rewardsErrors } from './errors.ts';
import type { IndexOracle } from './expected.ts';
import { exportParams, readParams } from './genesisParams.ts';
import { msgUpdateParams } from './messages.ts';
import { emission, params } from './state.ts';

/** @param authority Bech32 address of the governance account */
export function updateParamsRoute(oracle: IndexOracle, authority: string): MessageRoute {
  return handle(msgUpdateParams, (ctx, message) => updateParams(ctx, message, oracle, authority));
}

function updateParams(
  ctx: Context,
  message: MsgUpdateParams,
  oracle: IndexOracle,
  authority: string,
): MsgUpdateParamsResponse {
  const text = `invalid authority; expected ${authority}, got ${message.authority}`;
  ensure(message.authority === authority, authorityErrors.invalidSigner, text);
  const next = checked(message.params);
  const { scheduled } = emission.require(ctx);
  const { localnet } = params.require(ctx);
  ensure(next.localnet === localnet, rewardsErrors.invalidParams, 'localnet is fixed in genesis');
  ensure(next.maxSupply >= scheduled, rewardsErrors.invalidParams, `max_supply is below the scheduled ${scheduled}`);
  for (const { symbol } of next.index) {
    // Without a price the index falls back to its start, and an epoch would pay as on the first day.
    const known = oracle.startPrice(ctx, symbol) !== undefined;
    ensure(known, rewardsErrors.invalidParams, `the oracle has no price of ${JSON.stringify(symbol)}`);
  }
  params.set(ctx, next);
  return {};
}

function checked(given: Params | undefined): Params {
  if (given === undefined) return fail(rewardsErrors.invalidParams, 'all parameters must be present');
  try {
    return readParams(new JsonNode(exportParams(given), 'params'));
  } catch (error) {
    return fail(rewardsErrors.invalidParams, error instanceof Error ? error.message : 'params');
  }
}
