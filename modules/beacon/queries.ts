import type { Context } from '../../chain/context.ts';
import { fail, sdkErrors } from '../../chain/errors.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import {
  type KeyEntry,
  QueryCurrentRequest,
  QueryCurrentResponse,
  QueryKeysRequest,
  QueryKeysResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryRoundRequest,
  QueryRoundResponse,
  type ValidatorOutput,
} from '../../proto/generated/infinet/beacon/v1/query.ts';
import type { VrfKey } from '../../proto/generated/infinet/beacon/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { beaconErrors } from './errors.ts';
import { closesHeight } from './rounds.ts';
import { conductOf, currentRound, keys, outputsOf, params, rounds } from './state.ts';

const service = '/infinet.beacon.v1.Query';

export function createQueries(addresses: AddressCodec): QueryRoute[] {
  const outputs = (ctx: Context, round: bigint): ValidatorOutput[] =>
    outputsOf(ctx, round).map(([operator, output]) => ({ operator: addresses.accountText(operator), ...output }));
  const entry = (ctx: Context, operator: Uint8Array, key: VrfKey): KeyEntry => ({
    operator: addresses.accountText(operator),
    key,
    conduct: conductOf(ctx, operator),
  });
  return [
    query(`${service}/Round`, QueryRoundRequest, QueryRoundResponse, (ctx, request) => {
      const round = rounds.get(ctx, request.round);
      if (round === undefined) fail(beaconErrors.unknownRound, `round ${request.round}`);
      return { round, outputs: outputs(ctx, round.round) };
    }),
    query(`${service}/Current`, QueryCurrentRequest, QueryCurrentResponse, (ctx) => {
      const round = currentRound(ctx);
      return { round, closesHeight: closesHeight(ctx, round), outputs: outputs(ctx, round.round) };
    }),
    query(`${service}/Keys`, QueryKeysRequest, QueryKeysResponse, (ctx, request) => {
      if (request.operator === '') {
        return { keys: [...keys.walk(ctx)].map(([operator, key]) => entry(ctx, operator, key)) };
      }
      const operator = accountAddress(addresses, request.operator);
      const key = keys.get(ctx, operator);
      return { keys: key === undefined ? [] : [entry(ctx, operator, key)] };
    }),
    query(`${service}/Params`, QueryParamsRequest, QueryParamsResponse, (ctx) => ({ params: params.require(ctx) })),
  ];
}

function accountAddress(addresses: AddressCodec, text: string): Uint8Array {
  try {
    return addresses.account(text);
  } catch (error) {
    return fail(sdkErrors.invalidAddress, error instanceof Error ? error.message : text);
  }
}
