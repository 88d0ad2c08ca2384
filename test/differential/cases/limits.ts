import { consensusTx, feegrant, feegrantTx, type protoAny, txService, upgradeTx } from '../../../sdk/codec/index.ts';
import { denom, type Key, keyOf } from '../keys.ts';
import { send } from '../messages.ts';
import { buildTx, concat, lengthField, type TxSpec } from '../tx.ts';
import type { World } from '../world.ts';

const to = keyOf('a1');
const pay = (from: Key, more: Partial<TxSpec> = {}): TxSpec => ({
  signers: [from],
  messages: [send(from, to, `5${denom}`)],
  ...more,
});

/** Gas to the last unit, heights, allowances of all kinds, messages of a chain's authority, Anys in Anys. */
export async function limitCases(world: World): Promise<void> {
  await gasCases(world);
  await heightCases(world);
  await allowanceCases(world);
  await authorityCases(world);
}

async function gasCases(world: World): Promise<void> {
  const who = world.fresh();
  await world.send('a tx whose gas is counted', pay(who));
  const { gasUsed } = world.lastResult;
  const digits = (gas: bigint) => gas.toString().length;
  for (const by of [0n, -1n, 1n, -100n, -5000n, -20_000n, -40_000n]) {
    if (digits(gasUsed + by) === digits(gasUsed))
      await world.send(`gas used and ${by}`, pay(who, { gas: gasUsed + by }));
    // The length of the gas limit's varint is part of the gas, so the edge itself is looked for as well.
    const { gasUsed: again } = world.lastResult;
    await world.send(`gas used then and ${by}`, pay(who, { gas: again + by }));
  }
  for (let gas = 20_000n; gas < 75_000n; gas += 3571n) await world.send(`gas ${gas}`, pay(who, { gas }));
}

async function heightCases(world: World): Promise<void> {
  const who = world.fresh();
  await world.send('a first tx', pay(who));
  for (const ahead of [0n, 1n, 2n, 3n]) {
    await world.send(`a timeout ${ahead} heights ahead`, pay(who, { timeoutHeight: world.height + ahead }));
    await world.block();
  }
  await world.send('a timeout of 2^63', pay(who, { timeoutHeight: 1n << 63n }));
  await world.tx('the first of five in a block', pay(who));
  for (const name of ['second', 'third', 'fourth', 'fifth']) await world.tx(`the ${name} of five in a block`, pay(who));
  await world.block();
  const state = await world.account(who);
  const later = buildTx(pay(who), [{ ...state, sequence: state.sequence + 1n }]);
  const now = buildTx(pay(who), [state]);
  await world.rawTx('a sequence before its time', later);
  await world.rawTx('the sequence itself', now);
  await world.rawTx('the sequence before its time again', later);
  await world.block();
  await world.sendRaw('the later sequence in its time', later);
  for (const [name, change] of Object.entries(tips(who))) {
    await world.query(`simulate: ${name}`, '/cosmos.tx.v1beta1.Service/Simulate', await simulation(world, who, change));
  }
}

/** `Service/Simulate` with the tx as a message instead of bytes, and with both. */
async function simulation(world: World, who: Key, more: Partial<TxSpec>): Promise<Uint8Array> {
  const tx = buildTx(pay(who, more), [await world.account(who)]);
  return concat(lengthField(1, tx), txService.SimulateRequest.encode({ tx: undefined, txBytes: tx }).finish());
}

function tips(who: Key): Record<string, Partial<TxSpec>> {
  return {
    'as a message': {},
    'as a message without signature': { signature: () => new Uint8Array() },
    'as a message of another': { publicKey: who.publicKey, memo: 'x' },
  };
}

const feegrantUrl = (name: string) => `/cosmos.feegrant.v1beta1.${name}`;

/** With `onlyApart` the cases that set the chains apart. */
export async function allowanceCases(world: World, onlyApart = false): Promise<void> {
  const [giver, taker] = [world.fresh(), world.fresh()];
  const grant = (allowance: protoAny.Any, to: Key = taker): TxSpec => ({
    signers: [giver],
    messages: [
      {
        typeUrl: feegrantUrl('MsgGrantAllowance'),
        value: feegrantTx.MsgGrantAllowance.encode({ granter: giver.text, grantee: to.text, allowance }).finish(),
      },
    ],
  });
  const revoke: TxSpec = {
    signers: [giver],
    messages: [
      {
        typeUrl: feegrantUrl('MsgRevokeAllowance'),
        value: feegrantTx.MsgRevokeAllowance.encode({ granter: giver.text, grantee: taker.text }).finish(),
      },
    ],
  };
  const use = (amount: string, more: Partial<TxSpec> = {}) =>
    pay(taker, { granter: giver.text, fee: [{ denom, amount }], ...more });
  const one = async (name: string, spec: TxSpec, seconds?: bigint) => {
    await world.send(name, spec);
    await world.block(seconds);
  };
  const periodicUses = async () => {
    await one('periodic: given', grant(periodic({ period: 100n, perPeriod: '50', limit: '120' })));
    await one('periodic: within', use('30'));
    await one('periodic: over what is left of the period', use('30'));
    await one('periodic: the rest of the period', use('20'), 200n);
    await one('periodic: in the next period', use('50'), 1000n);
    await one('periodic: the last of the limit', use('20'));
    await one('periodic: beyond the limit', use('1'));
    await one('periodic: taken back', revoke);
    await one('periodic: a period of zero', grant(periodic({ period: 0n, perPeriod: '50' })));
    await one('periodic: a negative period', grant(periodic({ period: -5n, perPeriod: '50' })));
    await one('periodic: no coins a period', grant(periodic({ period: 100n })));
    await one('periodic: more a period than in all', grant(periodic({ period: 100n, perPeriod: '50', limit: '20' })));
    await one(
      'periodic: another coin a period',
      grant(periodic({ period: 100n, perPeriod: '50', coin: 'aaa', limit: '90' })),
    );
    await one('periodic: without limit', grant(periodic({ period: 100n, perPeriod: '50' })));
    await one('periodic: without limit, used', use('50'));
    await one('periodic: without limit, over', use('1'));
    await one('periodic: without limit, taken back', revoke);
  };
  if (!onlyApart) await periodicUses();

  const allowed = (names: string[], inner: protoAny.Any | undefined): protoAny.Any => ({
    typeUrl: feegrantUrl('AllowedMsgAllowance'),
    value: feegrant.AllowedMsgAllowance.encode({ allowance: inner, allowedMessages: names }).finish(),
  });
  const sends = '/cosmos.bank.v1beta1.MsgSend';
  const allowedUses = async () => {
    await one('allowed: given', grant(allowed([sends], basic('500'))));
    await one('allowed: a send', use('10'));
    await one('allowed: a grant', {
      ...use('10'),
      messages: [{ ...revoke.messages[0], ...grantOf(taker) }],
    });
    await one('allowed: a send and a grant', { ...use('10'), messages: [send(taker, to, '1aaa'), grantOf(taker)] });
    await one('allowed: more than the limit', use('600'));
    await one('allowed: taken back', revoke);
    await one('allowed: no messages', grant(allowed([], basic('500'))));
    await one('allowed: no allowance', grant(allowed([sends], undefined)));
    await one('allowed: a message within', grant(allowed([sends], send(giver, taker, '1aaa'))));
    await one('allowed: periodic within', grant(allowed([sends], periodic({ period: 100n, perPeriod: '50' }))));
    await one('allowed: periodic within, used', use('40'));
    await one('allowed: periodic within, over', use('20'));
    await one('allowed: periodic within, taken back', revoke);
    await one('allowed: allowed within', grant(allowed([sends], allowed([sends], basic('500')))));
    await one('allowed: allowed within, used', use('40'));
    await one('allowed: allowed within, taken back', revoke);
  };
  if (!onlyApart) await allowedUses();
  for (const depth of onlyApart ? [9, 12] : [3, 6, 8]) {
    let nested = basic('500');
    for (let index = 0; index < depth; index++) nested = allowed([sends], nested);
    const how = `allowed: ${depth} deep${onlyApart ? ', far' : ''}`;
    await one(how, grant(nested));
    await one(`${how}, used`, use('1'));
    await one(`${how}, taken back`, revoke);
  }
  if (onlyApart) return;
  const payer = world.fresh();
  await one('a payer`s allowance: given', grant(basic('500'), payer));
  await one('a payer`s allowance: used', {
    ...pay(taker, { granter: giver.text, payer: payer.text, fee: [{ denom, amount: '7' }] }),
    signers: [taker, payer],
  });
  await one('a payer`s allowance: the payer does not sign', use('7', { payer: payer.text }));
}

function grantOf(who: Key): protoAny.Any {
  const value = feegrantTx.MsgRevokeAllowance.encode({ granter: who.text, grantee: to.text }).finish();
  return { typeUrl: feegrantUrl('MsgRevokeAllowance'), value };
}

function basic(limit: string): protoAny.Any {
  const value = feegrant.BasicAllowance.encode({
    spendLimit: [{ denom, amount: limit }],
    expiration: undefined,
  }).finish();
  return { typeUrl: feegrantUrl('BasicAllowance'), value };
}

function periodic(spec: { period: bigint; perPeriod?: string; limit?: string; coin?: string }): protoAny.Any {
  const perPeriod = spec.perPeriod === undefined ? [] : [{ denom: spec.coin ?? denom, amount: spec.perPeriod }];
  const value = feegrant.PeriodicAllowance.encode(
    feegrant.PeriodicAllowance.fromPartial({
      basic: { spendLimit: spec.limit === undefined ? [] : [{ denom, amount: spec.limit }] },
      period: { seconds: spec.period, nanos: 0 },
      periodSpendLimit: perPeriod,
      periodCanSpend: perPeriod,
      periodReset: { seconds: 0n, nanos: 0 },
    }),
  ).finish();
  return { typeUrl: feegrantUrl('PeriodicAllowance'), value };
}

async function authorityCases(world: World): Promise<void> {
  const params = {
    block: { maxBytes: 1_000_000n, maxGas: 5n },
    evidence: { maxAgeNumBlocks: 5n, maxAgeDuration: { seconds: 5n, nanos: 0 }, maxBytes: 5n },
    validator: { pubKeyTypes: ['ed25519'] },
  };
  const messages: Record<string, (who: Key) => protoAny.Any> = {
    'parameters of consensus by a stranger': (who) => ({
      typeUrl: '/cosmos.consensus.v1.MsgUpdateParams',
      value: consensusTx.MsgUpdateParams.encode(
        consensusTx.MsgUpdateParams.fromPartial({ authority: who.text, ...params }),
      ).finish(),
    }),
    'no parameters of consensus by a stranger': (who) => ({
      typeUrl: '/cosmos.consensus.v1.MsgUpdateParams',
      value: consensusTx.MsgUpdateParams.encode(
        consensusTx.MsgUpdateParams.fromPartial({ authority: who.text }),
      ).finish(),
    }),
    'an upgrade by a stranger': (who) => ({
      typeUrl: '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade',
      value: upgradeTx.MsgSoftwareUpgrade.encode(
        upgradeTx.MsgSoftwareUpgrade.fromPartial({ authority: who.text, plan: { name: 'v2', height: 999_999n } }),
      ).finish(),
    }),
    'an upgrade without plan by a stranger': (who) => ({
      typeUrl: '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade',
      value: lengthField(1, Buffer.from(who.text)),
    }),
    'an upgrade cancelled by a stranger': (who) => ({
      typeUrl: '/cosmos.upgrade.v1beta1.MsgCancelUpgrade',
      value: upgradeTx.MsgCancelUpgrade.encode({ authority: who.text }).finish(),
    }),
    'an upgrade of nobody': () => ({ typeUrl: '/cosmos.upgrade.v1beta1.MsgCancelUpgrade', value: new Uint8Array() }),
  };
  for (const [name, make] of Object.entries(messages)) {
    const who = world.fresh();
    await world.send(name, { signers: [who], messages: [make(who)] });
    // What has no amino form cannot be signed so.
    if (!name.includes('without plan'))
      await world.send(`amino: ${name}`, { signers: [who], messages: [make(who)], amino: true });
    await world.block();
  }
}
