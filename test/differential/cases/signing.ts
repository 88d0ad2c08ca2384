import { secp256k1Url } from '../../../chain/tx/keys.ts';
import { txService } from '../../../sdk/codec/index.ts';
import { type Group, type GroupTx, groupKey, groupText, groupTx } from '../group.ts';
import { consensusKeyAny, denom, type Key, keyOf } from '../keys.ts';
import { delegate, multiSend, part, send } from '../messages.ts';
import { concat, lengthField, type TxSpec, varintField } from '../tx.ts';
import type { World } from '../world.ts';

const to = keyOf('a1');
const k = (index: number): Key => keyOf(`member${index}`);

/** Amino JSON and multisignature accounts. */
export async function signingCases(world: World): Promise<void> {
  await aminoCases(world);
  await groupCases(world);
}

async function aminoCases(world: World): Promise<void> {
  const cases: Readonly<Record<string, (who: Key) => Partial<TxSpec>>> = {
    'amino: a send': () => ({}),
    'amino: a memo that JSON escapes': () => ({ memo: 'a & b < c > "d" \\ \n é' }),
    'amino: a timeout height': () => ({ timeoutHeight: 1_000_000n }),
    'amino: three messages': (who) => ({ messages: [1, 2, 3].map((amount) => send(who, to, `${amount}${denom}`)) }),
    'amino: a multi-send': (who) => ({ messages: [multiSend([part(who, '5aaa')], [part(to, '5aaa')])] }),
    'amino: a delegation': (who) => ({ messages: [delegate(who, keyOf('val0').operator, `5${denom}`)] }),
    'amino: a fee payer': (who) => ({ payer: who.text }),
    'amino: no fee': () => ({ fee: [] }),
    'amino: two coins as fee': () => ({
      fee: [
        { denom: 'aaa', amount: '5' },
        { denom, amount: '5' },
      ],
    }),
    'amino: a wrong chain id': () => ({ chainId: 'other-1' }),
    'amino: a wrong account number': () => ({ accountNumber: 9999n }),
    'amino: a wrong sequence': () => ({ sequence: 77n }),
    'amino: signed as direct': () => ({ mode: 1 }),
    'amino: an unknown field that may be ignored': () => ({ body: (bytes) => concat(bytes, varintField(1025, 1)) }),
    'amino: two signers': (who) => ({
      signers: [who, keyOf('a6')],
      messages: [send(who, to, `1${denom}`), send(keyOf('a6'), to, `2${denom}`)],
    }),
    'one signature of two signers': (who) => ({
      signers: [who],
      messages: [send(who, to, `1${denom}`), send(keyOf('a6'), to, `2${denom}`)],
    }),
    'one signer info of two signers': (who) => ({
      signers: [who],
      messages: [send(who, to, `1${denom}`), send(keyOf('a6'), to, `2${denom}`)],
      signatures: ([first = new Uint8Array()]) => [first, first],
    }),
  };
  for (const [name, make] of Object.entries(cases)) {
    const who = world.fresh();
    const base: TxSpec = { signers: [who], messages: [send(who, to, `5${denom}`)], amino: !name.startsWith('one ') };
    await world.send(name, { ...base, ...make(who) });
    await world.block();
  }
}

async function groupCases(world: World): Promise<void> {
  const two: Group = { threshold: 2, members: [k(0), k(1), k(2)] };
  const nested: Group = { threshold: 2, members: [k(3), { threshold: 1, members: [k(4), k(5)] }] };
  const nine: Group = { threshold: 1, members: Array.from({ length: 9 }, (_, index) => k(20 + index)) };
  const seven: Group = { threshold: 3, members: Array.from({ length: 7 }, (_, index) => k(30 + index)) };
  const zero: Group = { threshold: 0, members: [k(6), k(7)] };
  const twice: Group = { threshold: 2, members: [k(8), k(8)] };
  const edwards: Group = { threshold: 1, members: [k(9), { ...k(10), publicKey: consensusKeyAny('member') }] };
  const short: Group = { threshold: 1, members: [k(11), { ...k(12), publicKey: pointOf(32) }] };
  const long: Group = { threshold: 1, members: [k(13), { ...k(14), publicKey: pointOf(65) }] };
  const alien: Group = { threshold: 1, members: [k(15), { ...k(16), publicKey: send(to, to, '') }] };
  const deep: Group = { threshold: 1, members: [deepGroup(6)] };
  const none: Group = { threshold: 0, members: [] };
  const cases: Readonly<Record<string, readonly [Group, Partial<GroupTx>]>> = {
    'the first and the last of three': [two, { signed: [0, 2] }],
    'all of three': [two, { signed: [0, 1, 2] }],
    'too few signatures': [two, { signed: [1] }],
    'no signatures of members': [two, { signed: [] }],
    'signatures in the wrong order': [two, { signed: [0, 1], order: (all) => [...all].reverse() }],
    'a signature more than bits': [
      two,
      { signed: [0, 1, 2], bits: { extraBitsStored: 3, elems: Uint8Array.of(0xc0) } },
    ],
    'a bit more than signatures': [two, { signed: [0, 1], bits: { extraBitsStored: 3, elems: Uint8Array.of(0xe0) } }],
    'other bits than signed': [two, { signed: [0, 1], bits: { extraBitsStored: 3, elems: Uint8Array.of(0x60) } }],
    'a bit array of four': [two, { signed: [0, 1], bits: { extraBitsStored: 4, elems: Uint8Array.of(0xc0) } }],
    'a bit array of two': [two, { signed: [0, 1], bits: { extraBitsStored: 2, elems: Uint8Array.of(0xc0) } }],
    'a bit array without bytes': [two, { signed: [0, 1], bits: { extraBitsStored: 3, elems: new Uint8Array() } }],
    'a bit array of nothing': [two, { signed: [0, 1], bits: { extraBitsStored: 0, elems: new Uint8Array() } }],
    'a bit array of 300 bits': [two, { signed: [0, 1], bits: { extraBitsStored: 300, elems: Uint8Array.of(0xc0) } }],
    'a bit array with a byte too many': [
      two,
      { signed: [0, 1], bits: { extraBitsStored: 3, elems: Uint8Array.of(0xc0, 0) } },
    ],
    'bits set beyond the count': [two, { signed: [0, 1], bits: { extraBitsStored: 3, elems: Uint8Array.of(0xdf) } }],
    'members that sign the bytes': [two, { signed: [0, 1], mode: 1 }],
    'members in textual mode': [two, { signed: [0, 1], mode: 2 }],
    'members in no mode': [two, { signed: [0, 1], mode: 0 }],
    'a wrong sequence': [two, { signed: [0, 1], sequence: 99n }],
    'a single signature': [two, { signed: [0, 1], wrapped: () => new Uint8Array(64).fill(1) }],
    'an empty signature': [two, { signed: [0, 1], wrapped: () => new Uint8Array() }],
    'an unknown field in the signature': [
      two,
      { signed: [0, 1], wrapped: (bytes) => concat(bytes, varintField(9, 1)) },
    ],
    'a missing signature': [two, { signed: [0, 1], order: ([first = new Uint8Array()]) => [first] }],
    'a key of another group': [two, { signed: [0, 1], publicKey: groupKey(nested) }],
    'the key in another order': [
      two,
      { signed: [0, 1], publicKey: groupKey({ threshold: 2, members: [k(1), k(0), k(2)] }) },
    ],
    'gas that ends at the second signature': [two, { signed: [0, 1], gas: 35_000n }],
    'a group within a group': [nested, { signed: [0, 1] }],
    'a group within a group alone': [nested, { signed: [1] }],
    'more members than signatures are allowed': [nine, { signed: [8] }],
    'as many members as signatures are allowed': [seven, { signed: [0, 3, 6] }],
    'a threshold of zero, one signs': [zero, { signed: [1] }],
    'a threshold of zero, none signs': [zero, { signed: [] }],
    'the same member twice': [twice, { signed: [0, 1] }],
    'an Ed25519 member that does not sign': [edwards, { signed: [0] }],
    'an Ed25519 member that signs': [edwards, { signed: [1] }],
    'a member of 32 bytes that does not sign': [short, { signed: [0] }],
    'a member of 32 bytes that signs': [short, { signed: [1] }],
    'an uncompressed member that does not sign': [long, { signed: [0] }],
    'an uncompressed member that signs': [long, { signed: [1] }],
    'a member that is a message': [alien, { signed: [0] }],
    'groups eight deep': [deep, { signed: [0] }],
    'a group of nobody': [none, { signed: [] }],
  };
  const groups = [two, nested, nine, seven, zero, twice, edwards, short, long, deep, none];
  const texts = [...new Set(groups.map(groupText))];
  await world.send('coins for groups', {
    signers: [keyOf('a4')],
    messages: texts.map((text) => send(keyOf('a4'), text, `50000${denom}`)),
    gas: 3_000_000n,
  });
  for (const [name, [group, spec]] of Object.entries(cases)) {
    const from = group === alien ? groupText(two) : groupText(group);
    const state = await world.accountOf(from);
    const tx = groupTx(group, { messages: [send(from, to, `5${denom}`)], signed: [], ...spec }, state);
    const simulation = txService.SimulateRequest.encode({ tx: undefined, txBytes: tx }).finish();
    await world.query(`simulate: group: ${name}`, '/cosmos.tx.v1beta1.Service/Simulate', simulation);
    await world.sendRaw(`group: ${name}`, tx);
    await world.block();
  }
  // What a wallet asks before anybody has signed.
  const state = await world.accountOf(groupText(two));
  const open = { messages: [send(groupText(two), to, `5${denom}`)], signed: [0, 1], wrapped: () => new Uint8Array() };
  const txBytes = groupTx(two, open, state);
  await world.query(
    'simulate: group: without signatures',
    '/cosmos.tx.v1beta1.Service/Simulate',
    txService.SimulateRequest.encode({ tx: undefined, txBytes }).finish(),
  );
}

function deepGroup(depth: number): Group {
  return { threshold: 1, members: [depth === 0 ? k(40) : deepGroup(depth - 1)] };
}

function pointOf(length: number) {
  return { typeUrl: secp256k1Url, value: lengthField(1, new Uint8Array(length).fill(4)) };
}
