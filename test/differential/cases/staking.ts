import { stakingTx } from '../../../sdk/codec/index.ts';
import { consensusKeyAny, denom, type Key, keyOf } from '../keys.ts';
import {
  cancelUnbonding,
  createValidator,
  delegate,
  editValidator,
  percent,
  redelegate,
  type send,
  undelegate,
} from '../messages.ts';
import { lengthField } from '../tx.ts';
import type { World } from '../world.ts';

type Message = ReturnType<typeof send>;

/** Validators and delegations, good and bad. */
export async function stakingCases(world: World): Promise<void> {
  const [val0, val1] = [keyOf('val0'), keyOf('val1')];
  const one = async (name: string, signer: Key, ...messages: Message[]) => {
    await world.send(name, { signers: [signer], messages });
    await world.block();
  };
  const bad: Readonly<Record<string, (who: Key) => Message>> = {
    'a delegation of zero': (who) => delegate(who, val0.operator, `0${denom}`),
    'a negative delegation': (who) => delegate(who, val0.operator, `-5${denom}`),
    'a delegation in another coin': (who) => delegate(who, val0.operator, '5aaa'),
    'a delegation in an invalid denom': (who) => delegate(who, val0.operator, '51'),
    'a delegation without amount': (who) => delegate(who, val0.operator, ''),
    'a delegation of too much': (who) => delegate(who, val0.operator, `9000000000000${denom}`),
    'a delegation to nobody': (who) => delegate(who, keyOf('nobody').operator, `5${denom}`),
    'a delegation to an account': (who) => delegate(who, val0.text, `5${denom}`),
    'a delegation to an empty address': (who) => delegate(who, '', `5${denom}`),
    'a delegation to no address': (who) => delegate(who, 'val', `5${denom}`),
    'an unbonding without delegation': (who) => undelegate(who, val0.operator, `5${denom}`),
    'an unbonding of zero': (who) => undelegate(who, val0.operator, `0${denom}`),
    'an unbonding from nobody': (who) => undelegate(who, keyOf('nobody').operator, `5${denom}`),
    'an unbonding of another coin': (who) => undelegate(who, val0.operator, '5aaa'),
    'a redelegation without delegation': (who) => redelegate(who, val0.operator, val1.operator, `5${denom}`),
    'a redelegation to the same': (who) => redelegate(who, val0.operator, val0.operator, `5${denom}`),
    'a redelegation of zero': (who) => redelegate(who, val0.operator, val1.operator, `0${denom}`),
    'a redelegation to nobody': (who) => redelegate(who, val0.operator, keyOf('nobody').operator, `5${denom}`),
    'a redelegation from no address': (who) => redelegate(who, 'val', val1.operator, `5${denom}`),
    'a redelegation to no address': (who) => redelegate(who, val0.operator, 'val', `5${denom}`),
    'a cancelled unbonding that is not there': (who) => cancelUnbonding(who, val0.operator, `5${denom}`, 5n),
    'a cancelled unbonding at height 0': (who) => cancelUnbonding(who, val0.operator, `5${denom}`, 0n),
    'a cancelled unbonding at a negative height': (who) => cancelUnbonding(who, val0.operator, `5${denom}`, -5n),
    'a cancelled unbonding of another coin': (who) => cancelUnbonding(who, val0.operator, '5aaa', 5n),
    'a cancelled unbonding of zero': (who) => cancelUnbonding(who, val0.operator, `0${denom}`, 5n),
    'a validator without key': (key) => createValidator({ key }),
    'a validator with an account key': (key) => createValidator({ key, pubkey: key.publicKey }),
    'a validator with a short key': (key) =>
      createValidator({
        key,
        pubkey: { typeUrl: '/cosmos.crypto.ed25519.PubKey', value: lengthField(1, new Uint8Array(31)) },
      }),
    'a validator with a key of another': (key) => createValidator({ key, pubkey: consensusKeyAny('val0') }),
    'a validator without name': (key) => createValidator({ key, pubkey: consensusKeyAny('c1'), moniker: '' }),
    'a validator with a long name': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), moniker: 'm'.repeat(71) }),
    'a validator with long details': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), details: 'd'.repeat(281) }),
    'a validator with too little commission': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), rates: ['1', percent(20), percent(1)] }),
    'a validator with commission over its maximum': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), rates: [percent(30), percent(20), percent(1)] }),
    'a validator with a maximum over one': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), rates: [percent(10), percent(101), percent(1)] }),
    'a validator whose step is over its maximum': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), rates: [percent(10), percent(20), percent(21)] }),
    'a validator with a negative rate': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), rates: [percent(-10), percent(20), percent(1)] }),
    'a validator with a negative step': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), rates: [percent(10), percent(20), percent(-1)] }),
    'a validator without self delegation': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), minSelfDelegation: '0' }),
    'a validator below its self delegation': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), minSelfDelegation: '2000000' }),
    'a validator with zero tokens': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), value: `0${denom}` }),
    'a validator with another coin': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), value: '1000000aaa' }),
    'a validator with too many tokens': (key) =>
      createValidator({ key, pubkey: consensusKeyAny('c1'), value: `9000000000000${denom}` }),
    'a change of a validator that is none': (key) => editValidator(key.operator, { moniker: 'x' }),
    'parameters of staking changed by a stranger': (who) => ({
      typeUrl: '/cosmos.staking.v1beta1.MsgUpdateParams',
      value: stakingTx.MsgUpdateParams.encode(
        stakingTx.MsgUpdateParams.fromPartial({ authority: who.text, params: { bondDenom: denom } }),
      ).finish(),
    }),
  };
  for (const [name, make] of Object.entries(bad)) {
    const who = world.fresh();
    await one(name, who, make(who));
  }
  await one('a validator that exists already', val0, createValidator({ key: val0, pubkey: consensusKeyAny('c2') }));

  const [ann, ben] = [world.fresh(), world.fresh()];
  await one('a delegation', ann, delegate(ann, val0.operator, `1000000000${denom}`));
  await one('a second delegation', ann, delegate(ann, val0.operator, `500${denom}`));
  await one('a delegation to another', ann, delegate(ann, val1.operator, `3000000${denom}`));
  await one('a delegation of one unit', ben, delegate(ben, val1.operator, `1${denom}`));
  await one('an unbonding', ann, undelegate(ann, val0.operator, `400${denom}`));
  const first = world.height - 1n;
  await one('an unbonding of more than there is', ann, undelegate(ann, val0.operator, `2000000000${denom}`));
  await one('a second unbonding', ann, undelegate(ann, val0.operator, `5000000${denom}`));
  await one('a third unbonding', ann, undelegate(ann, val0.operator, `1${denom}`));
  await one('an unbonding over the most entries', ann, undelegate(ann, val0.operator, `1${denom}`));
  await one('a cancelled part of an unbonding', ann, cancelUnbonding(ann, val0.operator, `100${denom}`, first));
  await one('a cancelled unbonding of too much', ann, cancelUnbonding(ann, val0.operator, `301${denom}`, first));
  await one(
    'a cancelled unbonding at another height',
    ann,
    cancelUnbonding(ann, val0.operator, `1${denom}`, first + 1n),
  );
  await one('a cancelled rest of an unbonding', ann, cancelUnbonding(ann, val0.operator, `300${denom}`, first));
  await one('a redelegation', ann, redelegate(ann, val0.operator, val1.operator, `7000000${denom}`));
  await one('a redelegation onward', ann, redelegate(ann, val1.operator, val0.operator, `1${denom}`));
  await one('a second redelegation', ann, redelegate(ann, val0.operator, val1.operator, `2${denom}`));
  await one('a third redelegation', ann, redelegate(ann, val0.operator, val1.operator, `2${denom}`));
  await one('a redelegation over the most entries', ann, redelegate(ann, val0.operator, val1.operator, `2${denom}`));
  await one('an unbonding of everything', ben, undelegate(ben, val1.operator, `1${denom}`));

  for (const index of [1, 2, 3, 4, 5]) {
    const key = keyOf(`a${10 + index}`);
    const value = `${index}000000${denom}`;
    await one(`validator ${index}`, key, createValidator({ key, pubkey: consensusKeyAny(`new${index}`), value }));
  }
  const key = keyOf('a11');
  await one('a delegation that changes the set', ann, delegate(ann, key.operator, `50000000${denom}`));
  await one('a new name', key, editValidator(key.operator, { moniker: 'renamed' }));
  await one('an empty description', key, editValidator(key.operator, { empty: true }));
  await one('a new rate too early', key, editValidator(key.operator, { rate: percent(11) }));
  await one('a rate over one', key, editValidator(key.operator, { rate: percent(101) }));
  await one('a rate below the minimum', key, editValidator(key.operator, { rate: '1' }));
  await one('a lower self delegation', key, editValidator(key.operator, { minSelfDelegation: '1' }));
  await one('a self delegation of zero', key, editValidator(key.operator, { minSelfDelegation: '0' }));
  await one(
    'a self delegation over the tokens',
    key,
    editValidator(key.operator, { minSelfDelegation: '999999999999' }),
  );
  await one('a higher self delegation', key, editValidator(key.operator, { minSelfDelegation: '900000' }));
  await world.block(90_000n);
  await one('a new rate after a day', key, editValidator(key.operator, { rate: percent(11) }));
  await world.block(90_000n);
  await one('a rate that rises too much', key, editValidator(key.operator, { rate: percent(13) }));
  await one('a lower rate', key, editValidator(key.operator, { rate: percent(5), details: 'cheap' }));
  await one('an unbonding below the self delegation', key, undelegate(key, key.operator, `200000${denom}`));
  await one('an unbonding from an unbonding validator', ann, undelegate(ann, key.operator, `1000${denom}`));
  await one(
    'a redelegation from an unbonding validator',
    ann,
    redelegate(ann, key.operator, val0.operator, `1000${denom}`),
  );
  const last = keyOf('a15');
  await one('an unbonding of a validator`s everything', last, undelegate(last, last.operator, `5000000${denom}`));
  await world.block(1_814_400n);
  await world.block();
  await world.block(1_814_400n);
  await one('a delegation after all unbondings', ann, delegate(ann, val1.operator, `1000${denom}`));
  await one('an unbonding from an unbonded validator', ann, undelegate(ann, key.operator, `1000${denom}`));
  await one(
    'a redelegation from an unbonded validator',
    ann,
    redelegate(ann, key.operator, val0.operator, `1000${denom}`),
  );
  await one(
    'two staking messages',
    ann,
    delegate(ann, val0.operator, `5${denom}`),
    undelegate(ann, val0.operator, `5${denom}`),
  );
}
