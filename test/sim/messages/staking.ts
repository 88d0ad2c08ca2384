import * as messages from '../../../modules/staking/messages.ts';
import { BondStatus, type Validator } from '../../../modules/staking/validator.ts';
import { ed25519Keys, stakingTx } from '../../../sdk/codec/index.ts';
import { actorOf, denom, operators, stranger, users } from '../actors.ts';
import type { Random } from '../random.ts';
import { type Act, amount, draft, staking, type View, valuesOf } from '../view.ts';

const coin = (random: Random, most: bigint) => ({
  denom: random.oneIn(15) ? 'other' : denom,
  amount: amount(random, most),
});

function target(random: Random, view: View): string {
  if (random.oneIn(20)) return random.pick(['nobody', stranger.text]);
  return random.pick(valuesOf<Uint8Array, Validator>(staking.validators, view)).operatorAddress;
}

const create: Act = (random, view) => {
  const newcomers = operators.filter(({ address }) => !staking.validators.has(view.ctx, address));
  const signer = newcomers.length > 0 && !random.oneIn(4) ? random.pick(newcomers) : random.pick(operators);
  if (staking.validators.has(view.ctx, signer.address) && !random.oneIn(5)) return undefined;
  const stolen = random.oneIn(10) ? random.pick(operators).consensus.publicKey : signer.consensus.publicKey;
  const message = stakingTx.MsgCreateValidator.fromPartial({
    description: { moniker: random.oneIn(10) ? '' : signer.name },
    commission: {
      rate: random.pick(['0', '100000000000000000', '100000000000000000', '2000000000000000000']),
      maxRate: '200000000000000000',
      maxChangeRate: '10000000000000000',
    },
    minSelfDelegation: random.oneIn(8) ? amount(random, 10n) : '1',
    delegatorAddress: signer.text,
    validatorAddress: signer.operator,
    pubkey: { typeUrl: '/cosmos.crypto.ed25519.PubKey', value: ed25519Keys.PubKey.encode({ key: stolen }).finish() },
    value: coin(random, 150_000_000_000n),
  });
  return draft(signer, messages.msgCreateValidator, message);
};

const edit: Act = (random) => {
  const signer = random.pick(operators);
  const message = stakingTx.MsgEditValidator.fromPartial({
    description: {
      moniker: `now ${random.below(100)}`,
      identity: '[do-not-modify]',
      website: '',
      securityContact: '',
      details: '',
    },
    validatorAddress: signer.operator,
    commissionRate: random.oneIn(3) ? random.pick(['105000000000000000', '900000000000000000', '-1']) : '',
    minSelfDelegation: random.oneIn(4) ? random.pick(['2', '100000000000000']) : '',
  });
  return draft(signer, messages.msgEditValidator, message);
};

const delegate: Act = (random, view) => {
  const signer = random.pick(users);
  const message = {
    delegatorAddress: signer.text,
    validatorAddress: target(random, view),
    amount: coin(random, 30_000_000_000n),
  };
  return draft(signer, messages.msgDelegate, message);
};

/** Some take part of what they have back, some all of it, some more. */
function portion(random: Random, shares: bigint): string {
  if (random.oneIn(10)) return amount(random, shares + 5n);
  if (random.oneIn(3)) return shares.toString();
  return random.between(1n, shares < 1n ? 1n : shares).toString();
}

function someDelegation(random: Random, view: View) {
  const delegations = valuesOf(staking.delegations, view);
  if (delegations.length === 0) return undefined;
  const { delegatorAddress, validatorAddress, shares } = random.pick(delegations);
  // The set must never run empty: CometBFT would halt, as would any chain whose last validator leaves.
  const bonded = valuesOf<Uint8Array, Validator>(staking.validators, view).filter(
    ({ status, jailed }) => status === BondStatus.BOND_STATUS_BONDED && !jailed,
  );
  const own = operators.find(({ text }) => text === delegatorAddress);
  if (own?.operator === validatorAddress && (bonded.length < 5 || !random.oneIn(4))) return undefined;
  return { signer: actorOf(delegatorAddress), delegatorAddress, validatorAddress, shares: shares.truncateInt() };
}

const undelegate: Act = (random, view) => {
  const found = someDelegation(random, view);
  if (found === undefined) return undefined;
  const { signer, delegatorAddress, validatorAddress, shares } = found;
  const message = { delegatorAddress, validatorAddress, amount: { denom, amount: portion(random, shares) } };
  return draft(signer, messages.msgUndelegate, message);
};

const redelegate: Act = (random, view) => {
  const found = someDelegation(random, view);
  if (found === undefined) return undefined;
  const { signer, delegatorAddress, validatorAddress, shares } = found;
  const message = {
    delegatorAddress,
    validatorSrcAddress: validatorAddress,
    validatorDstAddress: target(random, view),
    amount: { denom, amount: portion(random, shares) },
  };
  return draft(signer, messages.msgBeginRedelegate, message);
};

const cancel: Act = (random, view) => {
  const unbondings = valuesOf(staking.unbondings, view);
  if (unbondings.length === 0) return undefined;
  const { delegatorAddress, validatorAddress, entries } = random.pick(unbondings);
  const entry = random.pick(entries);
  const message = {
    delegatorAddress,
    validatorAddress,
    creationHeight: random.oneIn(8) ? 1n : entry.creationHeight,
    amount: { denom, amount: portion(random, entry.balance) },
  };
  return draft(actorOf(delegatorAddress), messages.msgCancelUnbonding, message);
};

export const stakingActs: readonly Act[] = [
  create,
  edit,
  edit,
  delegate,
  delegate,
  delegate,
  undelegate,
  undelegate,
  redelegate,
  redelegate,
  cancel,
];
