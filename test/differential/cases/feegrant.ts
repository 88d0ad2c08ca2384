import { feegrantQuery, type protoAny } from '../../../sdk/codec/index.ts';
import { basic, grant, prune, revoke } from '../allowances.ts';
import { denom, type Key, keyOf } from '../keys.ts';
import { send } from '../messages.ts';
import type { TxSpec } from '../tx.ts';
import type { World } from '../world.ts';

/** Allowances that are given, used, used up, ended and taken back. */
export async function feegrantCases(world: World): Promise<void> {
  const sink = keyOf('a5');
  const pay = (from: Key, granter: Key, fee = '100'): TxSpec => ({
    signers: [from],
    messages: [send(from, sink, `1${denom}`)],
    granter: granter.text,
    fee: [{ denom, amount: fee }],
  });
  const one = async (name: string, spec: TxSpec) => {
    await world.send(name, spec);
    await world.block();
  };
  const [giver, taker, other] = [world.fresh(), world.fresh(), world.fresh()];
  const by = (from: Key, message: protoAny.Any): TxSpec => ({ signers: [from], messages: [message] });

  await one('an allowance without limit', by(giver, grant(giver, taker, basic({}))));
  await one('the same allowance again', by(giver, grant(giver, taker, basic({}))));
  await one('a fee on an allowance', pay(taker, giver));
  await one('a fee of zero on an allowance', pay(taker, giver, '0'));
  await one('an allowance to oneself', by(giver, grant(giver, giver, basic({}))));
  await one('an allowance to a new account', by(giver, grant(giver, keyOf('granted'), basic({}))));
  await one('an allowance to no address', by(giver, grant(giver, 'bob', basic({}))));
  await one('an allowance of no type', by(giver, grant(giver, other, { typeUrl: '', value: new Uint8Array() })));
  await one('no allowance', by(giver, grant(giver, other, undefined)));
  await one('an allowance of a message', by(giver, grant(giver, other, send(giver, other, '1stake'))));
  await one('an allowance of zero', by(giver, grant(giver, other, basic({ limit: '0' }))));
  await one('a negative allowance', by(giver, grant(giver, other, basic({ limit: '-5' }))));
  await one('an allowance that has ended', by(giver, grant(giver, other, basic({ seconds: 1_000_000n }))));
  await one('an allowance with a limit', by(giver, grant(giver, other, basic({ limit: '250' }))));
  await one('a fee within the limit', pay(other, giver, '200'));
  await one('a fee over the limit', pay(other, giver, '51'));
  await one('a fee that uses the limit up', pay(other, giver, '50'));
  await one('a fee on an allowance that is used up', pay(other, giver, '1'));
  const soon = world.time / 1_000_000_000n + 1000n;
  await one('an allowance that ends soon', by(giver, grant(giver, other, basic({ limit: '500', seconds: soon }))));
  await one('a fee before the end', pay(other, giver, '10'));
  for (const [name, message] of Object.entries(queries(giver, taker, other))) {
    await world.query(`feegrant ${name}`, message.path, message.data);
  }
  await world.block(2000n);
  await one('a fee after the end', pay(other, giver, '10'));
  await one('an allowance taken back', by(giver, revoke(giver, taker)));
  await one('an allowance taken back twice', by(giver, revoke(giver, taker)));
  await one('a fee on an allowance that was taken back', pay(taker, giver));
  await one('an allowance of another taken back', by(taker, revoke(taker, giver)));
  await one('ended allowances removed by anyone', by(taker, prune(taker)));
}

function queries(giver: Key, taker: Key, other: Key): Record<string, { path: string; data: Uint8Array }> {
  const service = '/cosmos.feegrant.v1beta1.Query';
  const pair = (granter: string, grantee: string) => ({
    path: `${service}/Allowance`,
    data: feegrantQuery.QueryAllowanceRequest.encode({ granter, grantee }).finish(),
  });
  return {
    allowance: pair(giver.text, taker.text),
    'limited allowance': pair(giver.text, other.text),
    'no allowance': pair(taker.text, giver.text),
    'allowance of nobody': pair('', taker.text),
    'allowance to no address': pair(giver.text, 'bob'),
    allowances: {
      path: `${service}/Allowances`,
      data: feegrantQuery.QueryAllowancesRequest.encode({ grantee: taker.text, pagination: undefined }).finish(),
    },
    'allowances by granter': {
      path: `${service}/AllowancesByGranter`,
      data: feegrantQuery.QueryAllowancesByGranterRequest.encode({
        granter: giver.text,
        pagination: undefined,
      }).finish(),
    },
  };
}
