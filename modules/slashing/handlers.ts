import type { Context } from '../../chain/context.ts';
import { ensure, fail, failUnregistered, sdkErrors } from '../../chain/errors.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import { fromTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { slashing, slashingTx } from '../../sdk/codec/index.ts';
import { foreignErrors, slashingErrors } from './errors.ts';
import type { SlashingStaking } from './expected.ts';
import { msgUnjail, msgUpdateParams } from './messages.ts';
import { paramsProblem, readParamsProto, type SlashingParams } from './params.ts';
import type { SlashingState } from './state.ts';

export interface HandlerParts {
  readonly state: SlashingState;
  readonly staking: SlashingStaking;
  readonly addresses: AddressCodec;
  /** Bech32 address of the governance account. */
  readonly authority: string;
}

export function slashingRoutes(parts: HandlerParts): MessageRoute[] {
  return [
    handle(msgUnjail, (ctx, message) => unjail(ctx, message, parts)),
    handle(msgUpdateParams, (ctx, message) => updateParams(ctx, message, parts)),
  ];
}

/** x/slashing/keeper/unjail.go: own stake first, then the jail itself. */
function unjail(
  ctx: Context,
  { validatorAddr }: slashingTx.MsgUnjail,
  { state, staking, addresses }: HandlerParts,
): slashingTx.MsgUnjailResponse {
  const operator = operatorOf(validatorAddr, addresses);
  const stake = staking.ownStake(ctx, operator) ?? fail(foreignErrors.noValidator);
  const own = stake.tokens ?? fail(foreignErrors.noDelegation);
  ensure(own >= stake.least, slashingErrors.selfDelegationTooLow, `${own} less than ${stake.least}`);
  ensure(stake.jailed, slashingErrors.validatorNotJailed);
  const info = state.signingInfos.get(ctx, stake.consensusAddress);
  // Who never signed was jailed for its own stake alone, and has it again.
  if (info !== undefined) {
    const isOver = !info.tombstoned && ctx.block.time >= fromTimestamp(info.jailedUntil);
    ensure(isOver, slashingErrors.validatorJailed);
  }
  staking.unjail(ctx, stake.consensusAddress);
  return {};
}

function updateParams(
  ctx: Context,
  message: slashingTx.MsgUpdateParams,
  { state, authority }: HandlerParts,
): slashingTx.MsgUpdateParamsResponse {
  const text = `invalid authority; expected ${authority}, got ${message.authority}`;
  ensure(message.authority === authority, foreignErrors.invalidSigner, text);
  const params = readOrRefuse(message.params);
  const problem = paramsProblem(params);
  if (problem !== undefined) failUnregistered(problem);
  const before = state.params.require(ctx);
  state.params.set(ctx, params);
  // Places of another window say nothing about this one: misses beyond its end would count for ever.
  if (before.signedBlocksWindow !== params.signedBlocksWindow) state.forgetAllMissed(ctx);
  return {};
}

function readOrRefuse(params: slashing.Params): SlashingParams {
  try {
    return readParamsProto(params);
  } catch (error) {
    return fail(sdkErrors.txDecode, error instanceof Error ? error.message : 'parameters');
  }
}

function operatorOf(text: string, addresses: AddressCodec): Uint8Array {
  try {
    return addresses.operator(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : text;
    return fail(sdkErrors.invalidAddress, `validator input address: ${reason}`);
  }
}
