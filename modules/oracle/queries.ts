import type { Context } from '../../chain/context.ts';
import { ensure, fail, sdkErrors } from '../../chain/errors.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import {
  type Price,
  QueryMissesRequest,
  QueryMissesResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryPriceRequest,
  QueryPriceResponse,
  QueryPricesRequest,
  QueryPricesResponse,
} from '../../proto/generated/infinet/oracle/v1/query.ts';
import type { SymbolState } from '../../proto/generated/infinet/oracle/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { attendanceOf } from './attendance.ts';
import { oracleErrors } from './errors.ts';
import { isStale, lagPpm } from './prices.ts';
import { params, symbols, windowBlocks } from './state.ts';

const service = '/infinet.oracle.v1.Query';
const NANOS = 1_000_000_000n;

export function createQueries(addresses: AddressCodec): QueryRoute[] {
  return [
    query(`${service}/Price`, QueryPriceRequest, QueryPriceResponse, (ctx, { symbol }) => {
      ensure(params.require(ctx).symbols.includes(symbol), oracleErrors.unknownSymbol, JSON.stringify(symbol));
      const state = symbols.get(ctx, symbol);
      if (state === undefined || state.updatedTime === 0n) fail(oracleErrors.noPrice, symbol);
      return { price: describe(ctx, state) };
    }),
    query(`${service}/Prices`, QueryPricesRequest, QueryPricesResponse, (ctx) => ({
      prices: params.require(ctx).symbols.flatMap((symbol) => {
        const state = symbols.get(ctx, symbol);
        return state === undefined || state.updatedTime === 0n ? [] : [describe(ctx, state)];
      }),
    })),
    query(`${service}/Misses`, QueryMissesRequest, QueryMissesResponse, (ctx, { validator }) => ({
      ...missesOf(ctx, consensusAddress(addresses, validator)),
      windowBlocks: windowBlocks.get(ctx) ?? 0n,
    })),
    query(`${service}/Params`, QueryParamsRequest, QueryParamsResponse, (ctx) => ({ params: params.require(ctx) })),
  ];
}

function missesOf(ctx: Context, validator: Uint8Array) {
  const attendance = attendanceOf(ctx, validator);
  return { misses: attendance.missed, attendance };
}

function describe(ctx: Context, state: SymbolState): Price {
  const age = ctx.block.time - state.updatedTime;
  return {
    symbol: state.symbol,
    medianMicro: state.medianMicro,
    slowMicro: state.slowMicro,
    startMicro: state.startMicro,
    updatedHeight: state.updatedHeight,
    ageSeconds: age > 0n ? age / NANOS : 0n,
    lagPpm: lagPpm(state),
    spreadPpm: state.spreadPpm,
    stale: isStale(state, ctx.block.time, params.require(ctx)),
    staleWindows: state.staleWindows,
    powerPpm: state.powerPpm,
  };
}

function consensusAddress(addresses: AddressCodec, text: string): Uint8Array {
  try {
    return addresses.consensus(text);
  } catch (error) {
    return fail(sdkErrors.invalidAddress, error instanceof Error ? error.message : text);
  }
}
