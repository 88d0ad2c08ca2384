import { abci, slashingQuery } from '../../../sdk/codec/index.ts';
import { addresses, consensusAddress, consensusKeyAny, denom, type Key, keyOf } from '../keys.ts';
import { createValidator, delegate, editValidator, redelegate, type send, undelegate } from '../messages.ts';
import type { World } from '../world.ts';

type Message = ReturnType<typeof send>;

const { DUPLICATE_VOTE, LIGHT_CLIENT_ATTACK, UNKNOWN } = abci.MisbehaviorType;

/** Validators that sign twice, and what becomes of everything that was delegated to them. Returns one of them. */
export async function evidenceCases(world: World): Promise<{ readonly tombstoned: Key }> {
  const val1 = keyOf('val1');
  const one = async (name: string, signer: Key, ...messages: Message[]) => {
    await world.send(name, { signers: [signer], messages });
    await world.block();
  };
  const [evil, worse, ann, ben, cat] = [world.fresh(), world.fresh(), world.fresh(), world.fresh(), world.fresh()];
  const create = (key: Key, name: string, value: string) =>
    createValidator({ key, pubkey: consensusKeyAny(name), value });
  await one('validator evil', evil, create(evil, 'evil', `100000000${denom}`));
  await one('validator worse', worse, create(worse, 'worse', `200000001${denom}`));
  for (const who of [ann, ben, cat])
    await one('a delegation to evil', who, delegate(who, evil.operator, `33333333${denom}`));
  await one('an unbonding before the fault', ann, undelegate(ann, evil.operator, `1234567${denom}`));
  const before = world.height;
  await world.block();
  await world.block();
  await world.block();
  const fault = world.height;
  await one('an unbonding after the fault', ann, undelegate(ann, evil.operator, `7654321${denom}`));
  await one('a redelegation after the fault', ben, redelegate(ben, evil.operator, val1.operator, `33333333${denom}`));
  await one(
    'a redelegation that leaves again',
    cat,
    redelegate(cat, evil.operator, worse.operator, `20000001${denom}`),
  );
  await one(
    'a second redelegation that leaves again',
    cat,
    redelegate(cat, evil.operator, worse.operator, `3000007${denom}`),
  );
  await one('an unbonding of what was redelegated', cat, undelegate(cat, worse.operator, `500003${denom}`));

  world.accuse(consensusAddress('evil'), 198n, fault);
  await world.block();
  await world.block();
  // Told again, of another height, in another way: nothing more happens.
  world.accuse(consensusAddress('evil'), 198n, fault);
  world.accuse(consensusAddress('evil'), 198n, before, LIGHT_CLIENT_ATTACK);
  await world.block();
  await one('a delegation to a tombstoned validator', ann, delegate(ann, evil.operator, `1000003${denom}`));
  await one('a new name of a tombstoned validator', evil, editValidator(evil.operator, { moniker: 'sorry' }));
  await one('an unbonding from a tombstoned validator', ann, undelegate(ann, evil.operator, `3000001${denom}`));
  await one(
    'a redelegation from a tombstoned validator',
    cat,
    redelegate(cat, evil.operator, val1.operator, `5${denom}`),
  );

  // Two faults of one validator in a block, an unknown kind before them, and a tx in the same block.
  await world.tx('a delegation in the block of the evidence', {
    signers: [ben],
    messages: [delegate(ben, worse.operator, `1000000${denom}`)],
  });
  world.accuse(consensusAddress('worse'), 219n, world.height - 1n, UNKNOWN);
  world.accuse(consensusAddress('worse'), 219n, world.height - 1n, LIGHT_CLIENT_ATTACK);
  world.accuse(consensusAddress('worse'), 219n, world.height - 2n, DUPLICATE_VOTE);
  await world.block();
  await world.block();

  const third = world.fresh();
  await one('validator third', third, create(third, 'third', `300000000${denom}`));
  const old = world.height;
  for (let block = 0; block < 20; block++) await world.block();
  await world.block(172_900n);
  world.accuse(consensusAddress('third'), 300n, old);
  await world.block();
  await one('an unbonding below the own minimum', third, undelegate(third, third.operator, `300000000${denom}`));
  // Jailed by itself and unbonding: its stake still pays, with a power that it never had.
  await one('a delegation to the jailed', ann, delegate(ann, third.operator, `9000000${denom}`));
  world.accuse(consensusAddress('third'), 1n, world.height - 3n);
  await world.block();
  const fourth = world.fresh();
  await one('validator fourth', fourth, create(fourth, 'fourth', `400000000${denom}`));
  world.accuse(consensusAddress('fourth'), 1_000_000_000n, world.height);
  await world.block();
  await one('a delegation to nothing', ann, delegate(ann, fourth.operator, `1000000${denom}`));

  await world.block(1_814_500n);
  await world.block();
  // Unbonded by now: out of reach.
  world.accuse(consensusAddress('third'), 300n, world.height - 2n);
  await world.block();
  await one('an unbonding after all', cat, undelegate(cat, evil.operator, `1000000${denom}`));

  const service = '/cosmos.slashing.v1beta1.Query';
  await world.query('slashing: parameters', `${service}/Params`, new Uint8Array());
  const unknown = addresses.consensusText(consensusAddress('nobody'));
  for (const consAddress of ['', 'cosmosvalcons1', ann.text, unknown]) {
    const request = slashingQuery.QuerySigningInfoRequest.encode({ consAddress }).finish();
    await world.query(`slashing: who signs as ${consAddress}`, `${service}/SigningInfo`, request);
  }
  return { tombstoned: evil };
}
