import { describe, expect, test } from 'vitest';
import { bankQuery } from '../../sdk/codec/index.ts';
import { accountText, ask, blockContext, createFixture, refusal } from './fixture.ts';

const service = '/cosmos.bank.v1beta1.Query';

function genesis() {
  const fixture = createFixture();
  const ctx = blockContext(fixture.state, 0n);
  fixture.auth.module.initGenesis?.(ctx, {});
  fixture.bank.module.initGenesis?.(ctx, {
    params: { default_send_enabled: true },
    balances: [1, 2, 3].map((byte) => ({
      address: accountText(byte),
      coins: [
        { denom: 'abc', amount: '5' },
        { denom: 'uinf', amount: `${byte}00` },
      ],
    })),
    denom_metadata: [
      {
        base: 'uinf',
        display: 'inf',
        denom_units: [{ denom: 'uinf' }, { denom: 'inf', exponent: 6 }],
        name: 'I',
        symbol: 'INF',
      },
    ],
    send_enabled: [{ denom: 'abc', enabled: false }],
  });
  return { ...fixture, ctx };
}

const address = accountText(2);

describe('bank queries answer what the SDK answers', () => {
  test('Balance, also of a denomination not held', () => {
    const { bank, ctx } = genesis();
    const balance = (denom: string) =>
      bankQuery.QueryBalanceResponse.decode(
        ask(ctx, bank.module, `${service}/Balance`, bankQuery.QueryBalanceRequest.encode({ address, denom }).finish()),
      ).balance;
    expect(balance('uinf')).toEqual({ denom: 'uinf', amount: '200' });
    expect(balance('xyz')).toEqual({ denom: 'xyz', amount: '0' });
    expect(refusal(() => balance('!'))).toBe(
      'sdk 18: rpc error: code = InvalidArgument desc = invalid denom: !: invalid request',
    );
  });

  test('AllBalances and SpendableBalances by pages, with display names on demand', () => {
    const { bank, ctx } = genesis();
    const request = bankQuery.QueryAllBalancesRequest.fromPartial({ address, resolveDenom: true });
    const all = bankQuery.QueryAllBalancesResponse.decode(
      ask(ctx, bank.module, `${service}/AllBalances`, bankQuery.QueryAllBalancesRequest.encode(request).finish()),
    );
    expect(all.balances).toEqual([
      { denom: 'abc', amount: '5' },
      { denom: 'inf', amount: '200' },
    ]);
    expect(all.pagination).toEqual({ nextKey: new Uint8Array(), total: 2n });
    const page = bankQuery.QuerySpendableBalancesRequest.fromPartial({ address, pagination: { limit: 1n } });
    const spendable = bankQuery.QuerySpendableBalancesResponse.decode(
      ask(
        ctx,
        bank.module,
        `${service}/SpendableBalances`,
        bankQuery.QuerySpendableBalancesRequest.encode(page).finish(),
      ),
    );
    expect(spendable.balances).toEqual([{ denom: 'abc', amount: '5' }]);
    expect(Buffer.from(spendable.pagination?.nextKey ?? []).toString()).toBe('uinf');
  });

  test('SupplyOf and TotalSupply', () => {
    const { bank, ctx } = genesis();
    const of = bankQuery.QuerySupplyOfRequest.encode({ denom: 'uinf' }).finish();
    expect(bankQuery.QuerySupplyOfResponse.decode(ask(ctx, bank.module, `${service}/SupplyOf`, of)).amount).toEqual({
      denom: 'uinf',
      amount: '600',
    });
    const total = ask(ctx, bank.module, `${service}/TotalSupply`, new Uint8Array());
    expect(bankQuery.QueryTotalSupplyResponse.decode(total).supply).toEqual([
      { denom: 'abc', amount: '15' },
      { denom: 'uinf', amount: '600' },
    ]);
  });

  test('DenomOwners from the last to the first', () => {
    const { bank, ctx } = genesis();
    const request = bankQuery.QueryDenomOwnersRequest.fromPartial({
      denom: 'uinf',
      pagination: { reverse: true, limit: 2n, countTotal: true },
    });
    const { denomOwners, pagination } = bankQuery.QueryDenomOwnersResponse.decode(
      ask(ctx, bank.module, `${service}/DenomOwners`, bankQuery.QueryDenomOwnersRequest.encode(request).finish()),
    );
    expect(denomOwners.map((owner) => [owner.address, owner.balance.amount])).toEqual([
      [accountText(3), '300'],
      [accountText(2), '200'],
    ]);
    expect(pagination?.total).toBe(3n);
  });

  test('metadata and what may be sent', () => {
    const { bank, ctx } = genesis();
    const metadata = (denom: string) =>
      bankQuery.QueryDenomMetadataResponse.decode(
        ask(
          ctx,
          bank.module,
          `${service}/DenomMetadata`,
          bankQuery.QueryDenomMetadataRequest.encode({ denom }).finish(),
        ),
      ).metadata;
    expect(metadata('uinf').symbol).toBe('INF');
    expect(refusal(() => metadata('abc'))).toBe(
      'sdk 22: rpc error: code = NotFound desc = client metadata for denom abc: key not found',
    );
    const enabled = bankQuery.QuerySendEnabledResponse.decode(
      ask(ctx, bank.module, `${service}/SendEnabled`, new Uint8Array()),
    );
    expect(enabled.sendEnabled).toEqual([{ denom: 'abc', enabled: false }]);
  });
});
