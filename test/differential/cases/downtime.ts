import { createHash } from 'node:crypto';
import { toTimestamp } from '../../../chain/time.ts';
import { evidence, evidenceQuery, slashingQuery, slashingTx } from '../../../sdk/codec/index.ts';
import { addresses, consensusAddress, consensusKeyAny, denom, type Key, keyOf } from '../keys.ts';
import { createValidator, delegate, redelegate, type send, undelegate, unjail } from '../messages.ts';
import type { World } from '../world.ts';

type Message = ReturnType<typeof send>;

/** Validators that do not vote, go to jail for it and come back; the record of evidence. */
export async function downtimeCases(world: World, tombstoned: Key): Promise<void> {
  const [sleepy, drowsy, ann, ben] = [world.fresh(), world.fresh(), world.fresh(), world.fresh()];
  const one = async (name: string, signer: Key, ...messages: Message[]) => {
    await world.send(name, { signers: [signer], messages });
    await world.block();
  };
  const blocks = async (count: number) => {
    for (let block = 0; block < count; block++) await world.block();
  };
  const sleep = (...names: string[]) => world.asleep(names.map(consensusAddress));
  await one(
    'validator sleepy',
    sleepy,
    createValidator({ key: sleepy, pubkey: consensusKeyAny('sleepy'), value: `100000000${denom}` }),
  );
  await one(
    'validator drowsy',
    drowsy,
    createValidator({ key: drowsy, pubkey: consensusKeyAny('drowsy'), value: `200000007${denom}` }),
  );
  await one('a delegation to sleepy', ann, delegate(ann, sleepy.operator, `33333333${denom}`));
  await one('a delegation to sleepy again', ben, delegate(ben, sleepy.operator, `7777777${denom}`));

  // Five of ten may be missed, and a block that is signed again takes its miss away.
  await blocks(12);
  sleep('sleepy');
  await blocks(4);
  sleep('drowsy');
  await blocks(3);
  sleep();
  await blocks(9);
  sleep('sleepy', 'drowsy');
  await blocks(3);
  await one('an unbonding while it is away', ann, undelegate(ann, sleepy.operator, `1234567${denom}`));
  await one(
    'a redelegation while it is away',
    ben,
    redelegate(ben, sleepy.operator, keyOf('val1').operator, `777777${denom}`),
  );
  await blocks(4);
  sleep();
  await blocks(2);
  await infos(world, 'in jail');

  await one('freedom too early', sleepy, unjail(sleepy.operator));
  await one('freedom for who is free', keyOf('val1'), unjail(keyOf('val1').operator));
  await one('freedom for nobody', ann, unjail(ann.operator));
  await one('freedom for another', ann, unjail(sleepy.operator));
  await one('freedom for no address', sleepy, unjail('val'));
  await one('freedom for the empty address', sleepy, unjail(''));
  await world.block(600n);
  await one('freedom', sleepy, unjail(sleepy.operator));
  await world.send('freedom by amino JSON', { signers: [drowsy], messages: [unjail(drowsy.operator)], amino: true });
  await blocks(3);
  await infos(world, 'free again');

  // The window begins when it is back, and a bitmap of one life says nothing in the next.
  sleep('sleepy');
  await blocks(12);
  sleep();
  await world.block(600n);
  await one('an unbonding of the own stake', sleepy, undelegate(sleepy, sleepy.operator, `99000000${denom}`));
  await one('freedom without much', sleepy, unjail(sleepy.operator));
  await one('an unbonding of all own stake', sleepy, undelegate(sleepy, sleepy.operator, `980000${denom}`));
  await one('freedom with too little', sleepy, unjail(sleepy.operator));
  await one('an unbonding of most', drowsy, undelegate(drowsy, drowsy.operator, `1${denom}`));
  await one('a delegation to drowsy', ann, delegate(ann, drowsy.operator, `3000000${denom}`));
  await one('freedom for the tombstoned', tombstoned, unjail(tombstoned.operator));
  await infos(world, 'in the end');
  await evidenceRecord(world);
  await world.send('parameters of slashing by a stranger', {
    signers: [ann],
    messages: [
      {
        typeUrl: '/cosmos.slashing.v1beta1.MsgUpdateParams',
        value: slashingTx.MsgUpdateParams.encode(
          slashingTx.MsgUpdateParams.fromPartial({ authority: ann.text, params: { signedBlocksWindow: 5n } }),
        ).finish(),
      },
    ],
  });
}

async function infos(world: World, when: string): Promise<void> {
  const service = '/cosmos.slashing.v1beta1.Query';
  for (const name of ['val0', 'sleepy', 'drowsy', 'evil']) {
    const consAddress = addresses.consensusText(consensusAddress(name));
    const request = slashingQuery.QuerySigningInfoRequest.encode({ consAddress }).finish();
    await world.query(`slashing: ${name} ${when}`, `${service}/SigningInfo`, request);
    const key = Buffer.concat([Buffer.of(2, 20), consensusAddress(name), Buffer.alloc(8)]);
    await world.query(`slashing: window of ${name} ${when}`, '/store/slashing/key', key);
  }
  const pages = [
    {},
    { limit: 2n },
    { limit: 2n, offset: 1n, countTotal: true },
    { limit: 1n, reverse: true },
    { offset: 99n },
  ];
  for (const [index, page] of pages.entries()) {
    const pagination = { key: new Uint8Array(), offset: 0n, limit: 0n, countTotal: false, reverse: false, ...page };
    const request = slashingQuery.QuerySigningInfosRequest.encode({ pagination }).finish();
    await world.query(`slashing: page ${index} of all ${when}`, `${service}/SigningInfos`, request);
  }
}

async function evidenceRecord(world: World): Promise<void> {
  const service = '/cosmos.evidence.v1beta1.Query';
  const pages = [{}, { limit: 1n }, { limit: 1n, offset: 1n, countTotal: true }, { limit: 2n, reverse: true }];
  for (const [index, page] of pages.entries()) {
    const pagination = { key: new Uint8Array(), offset: 0n, limit: 0n, countTotal: false, reverse: false, ...page };
    const request = evidenceQuery.QueryAllEvidenceRequest.encode({ pagination }).finish();
    await world.query(`evidence: page ${index}`, `${service}/AllEvidence`, request);
  }
  const all = await world.query('evidence: all', `${service}/AllEvidence`, new Uint8Array());
  const [known] = evidenceQuery.QueryAllEvidenceResponse.decode(all.value).evidence;
  const digest = createHash('sha256').update(known?.value ?? new Uint8Array());
  const equivocation = evidence.Equivocation.encode({
    height: 1n,
    time: toTimestamp(world.time),
    power: 1n,
    consensusAddress: addresses.consensusText(consensusAddress('val0')),
  }).finish();
  const unknown = createHash('sha256').update(equivocation).digest('hex');
  const hash = digest.digest('hex');
  for (const text of [hash, hash.toUpperCase(), unknown, '', 'xyz', 'abc', hash.slice(2)]) {
    const request = evidenceQuery.QueryEvidenceRequest.fromPartial({ hash: text });
    const data = evidenceQuery.QueryEvidenceRequest.encode(request).finish();
    await world.query(`evidence: ${text === '' ? 'no hash' : text.slice(0, 8)}`, `${service}/Evidence`, data);
  }
}
