import * as messages from '../../../modules/feegrant/messages.ts';
import { feegrant } from '../../../sdk/codec/index.ts';
import { actorOf, denom, users } from '../actors.ts';
import { genesisSeconds } from '../genesis.ts';
import type { Random } from '../random.ts';
import { type Act, amount, draft, grants, valuesOf } from '../view.ts';

const packages = '/cosmos.feegrant.v1beta1.';

function allowance(random: Random) {
  const spendLimit = [{ denom, amount: amount(random, 5_000n) }];
  const expiration = random.oneIn(2) ? { seconds: genesisSeconds + random.between(0n, 1_000n), nanos: 0 } : undefined;
  const basic = feegrant.BasicAllowance.fromPartial({ spendLimit, ...(expiration && { expiration }) });
  const basicAny = { typeUrl: `${packages}BasicAllowance`, value: feegrant.BasicAllowance.encode(basic).finish() };
  if (random.oneIn(2)) return basicAny;
  if (random.oneIn(12)) return { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: random.bytes(5) };
  const periodic = feegrant.PeriodicAllowance.fromPartial({
    basic,
    period: { seconds: random.between(-1n, 60n), nanos: 0 },
    periodSpendLimit: [{ denom, amount: amount(random, 900n) }],
    periodCanSpend: [],
    periodReset: { seconds: genesisSeconds, nanos: 0 },
  });
  const periodicAny = {
    typeUrl: `${packages}PeriodicAllowance`,
    value: feegrant.PeriodicAllowance.encode(periodic).finish(),
  };
  if (random.oneIn(2)) return periodicAny;
  const filtered = feegrant.AllowedMsgAllowance.fromPartial({
    allowance: random.pick([basicAny, periodicAny]),
    allowedMessages: random.oneIn(6) ? [] : ['/cosmos.bank.v1beta1.MsgSend'],
  });
  return { typeUrl: `${packages}AllowedMsgAllowance`, value: feegrant.AllowedMsgAllowance.encode(filtered).finish() };
}

const grant: Act = (random) => {
  const [signer, grantee] = [random.pick(users), random.pick(users)];
  return draft(signer, messages.msgGrantAllowance, {
    granter: signer.text,
    grantee: grantee.text,
    allowance: allowance(random),
  });
};

const revoke: Act = (random, view) => {
  const given = valuesOf<readonly [Uint8Array, Uint8Array], feegrant.Grant>(grants.grants, view);
  const some = given.length > 0 && !random.oneIn(5) ? random.pick(given) : undefined;
  const signer = some === undefined ? random.pick(users) : actorOf(some.granter);
  const grantee = some?.grantee ?? random.pick(users).text;
  return draft(signer, messages.msgRevokeAllowance, { granter: signer.text, grantee });
};

const prune: Act = (random) => {
  const signer = random.pick(users);
  return draft(signer, messages.msgPruneAllowances, { pruner: signer.text });
};

export const feegrantActs: readonly Act[] = [grant, grant, grant, revoke, prune];
