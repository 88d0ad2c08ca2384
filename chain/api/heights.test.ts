import { afterAll, beforeAll, expect, test } from 'vitest';
import { bankQuery } from '../../sdk/codec/index.ts';
import { initChain, nextBlock, toyChain } from '../app/testing/toyChain.ts';
import { Item } from '../collections/collections.ts';
import { intValue } from '../collections/values.ts';
import { query } from '../message.ts';
import type { Module } from '../module.ts';
import { createBackend } from './backend.ts';
import { type RestApi, startRest } from './rest/rest.ts';

/** A supply that is 100 at height 1, 200 at height 2 and so on, over the real app and store. */
const supply = new Item('supply', '\x00', intValue);
const path = '/cosmos.bank.v1beta1.Query/SupplyOf';
const counter: Module = {
  name: 'supply',
  stores: ['supply'],
  beginBlock: (ctx) => supply.set(ctx, ctx.block.height * 100n),
  queries: [
    query(path, bankQuery.QuerySupplyOfRequest, bankQuery.QuerySupplyOfResponse, (ctx, { denom }) => ({
      amount: { denom, amount: supply.require(ctx).toString() },
    })),
  ],
};

let api: RestApi;

beforeAll(async () => {
  const chain = toyChain({ modules: [counter], pruning: { keepRecent: 4, interval: 1 } });
  initChain(chain);
  for (let height = 1; height <= 9; height++) nextBlock(chain);
  const onBug = (_path: string, error: unknown) => {
    throw error;
  };
  const backend = createBackend({ state: chain.app, methods: [], height: () => chain.store.version, limit: 50, onBug });
  api = await startRest({ host: '127.0.0.1', port: 0, backend, corsOrigins: [] });
});
afterAll(() => api.close());

async function ask(height?: string) {
  const headers = new Headers(height === undefined ? [] : [['x-cosmos-block-height', height]]);
  const url = `http://127.0.0.1:${api.port}/cosmos/bank/v1beta1/supply/by_denom?denom=uinf`;
  const response = await fetch(url, { headers });
  const said = ['x-cosmos-block-height', 'grpc-metadata-x-cosmos-block-height'].map((name) =>
    response.headers.get(name),
  );
  const body: unknown = await response.json();
  return { status: response.status, body, said };
}

function answered(height: number) {
  const body = { amount: { denom: 'uinf', amount: `${height}00` } };
  return { status: 200, body, said: [`${height}`, `${height}`] };
}

/** As simd 0.50.9: heights are refused with an error without a gRPC status, which is Unknown and HTTP 500; no height is said. */
function refused(message: string) {
  return { status: 500, body: { code: 2, message, details: [] }, said: [null, null] };
}

test.each([6, 7, 8, 9])('height %s of the kept ones answers with the state of then', async (height) => {
  expect(await ask(`${height}`)).toEqual(answered(height));
});

test.each([undefined, '', '0'])('%j asks for the last height', async (height) => {
  expect(await ask(height)).toEqual(answered(9));
});

test.each([1, 5])('pruned height %s is refused, and says which are kept', async (height) => {
  const reason = `version ${height} does not exist: this node keeps 6 to 9 (latest height: 9)`;
  const text = `codespace sdk code 18: invalid request: failed to load state at height ${height}; ${reason}`;
  expect(await ask(`${height}`)).toEqual(refused(text));
});

test.each(['10', '9223372036854775807'])('height %s in the future is refused', async (height) => {
  const why = 'cannot query with height in the future; please provide a valid height';
  expect(await ask(height)).toEqual(refused(`codespace sdk code 26: invalid height: ${why}`));
});

test.each([
  ['-1', 'cannot query with height < 0; please provide a valid height'],
  ['9223372036854775808', 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
  ['6.5', 'strconv.ParseInt: parsing "6.5": invalid syntax'],
])('%s is no height', async (height, why) => {
  const { status, body } = await ask(height);
  expect([status, body]).toEqual([500, expect.objectContaining({ code: 2, message: expect.stringContaining(why) })]);
});
