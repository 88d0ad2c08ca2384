import { createHash } from 'node:crypto';
import { txService, tx as txTypes } from '../../../sdk/codec/index.ts';
import { consensusKeyAny, denom, type Key, keyOf } from '../keys.ts';
import { multiSend, part, send } from '../messages.ts';
import { buildTx, concat, lengthField, type TxSpec, varintField } from '../tx.ts';
import type { World } from '../world.ts';

/** What one chain takes and the other refuses: these come last, since the chains' states differ after them. */
const apart: ReadonlySet<string> = new Set(['the body twice', 'a field twice', 'a tip']);

const a = (index: number): Key => keyOf(`a${index}`);
const pay = (from: Key, amount = `5${denom}`): TxSpec => ({ signers: [from], messages: [send(from, a(1), amount)] });

/** Everything around the messages: encoding, fees, signatures, limits. With `onlyApart` the cases that set the chains apart. */
export async function anteCases(world: World, onlyApart = false): Promise<void> {
  const many = async (cases: (bad: Key, victim: Key) => Readonly<Record<string, Partial<TxSpec>>>) => {
    const names = Object.keys(cases(a(2), a(3))).filter((name) => apart.has(name) === onlyApart);
    const pairs = names.map(() => [world.fresh(), world.fresh()] as const);
    for (const key of pairs.flat()) await world.tx('an account sends for the first time', pay(key));
    await world.block();
    for (const [index, name] of names.entries()) {
      const [bad, victim] = pairs[index] ?? [a(2), a(3)];
      const spec = { ...pay(bad), ...cases(bad, victim)[name] };
      const tx = buildTx(spec, await Promise.all(spec.signers.map((key) => world.account(key))));
      const request = txService.SimulateRequest.encode({ tx: undefined, txBytes: tx }).finish();
      await world.query(`simulate: ${name}`, simulatePath, request);
      await world.query(`app/simulate: ${name}`, '/app/simulate', tx);
      await world.sendRaw(name, tx);
      // Takes the fee away, so that a chain that refused the tx does not differ in the next.
      await world.block();
    }
  };

  await world.send('the first tx of an account', pay(a(2)));
  await world.send('the second tx of an account', pay(a(2)));
  await many((bad, victim) => ({
    'no fee at all': { fee: null },
    'an empty fee': { fee: [] },
    'a zero fee': { fee: [{ denom, amount: '0' }] },
    'a negative fee': { fee: [{ denom, amount: '-5' }] },
    'a fee of two coins': {
      fee: [
        { denom: 'aaa', amount: '5' },
        { denom, amount: '5' },
      ],
    },
    'a fee of unsorted coins': {
      fee: [
        { denom, amount: '5' },
        { denom: 'aaa', amount: '5' },
      ],
    },
    'a fee with the same coin twice': {
      fee: [
        { denom, amount: '5' },
        { denom, amount: '6' },
      ],
    },
    'a fee in an invalid denom': { fee: [{ denom: '1', amount: '5' }] },
    'a fee in an empty denom': { fee: [{ denom: '', amount: '5' }] },
    'a fee in a coin that nobody has': { fee: [{ denom: 'nothing', amount: '5' }] },
    'a fee in a locked coin': { fee: [{ denom: 'locked', amount: '5' }] },
    'a fee beyond the balance': { fee: [{ denom, amount: '999999999999999999' }] },
    'a fee with a plus sign': { fee: [{ denom, amount: '+5' }] },
    'a fee with leading zeros': { fee: [{ denom, amount: '005' }] },
    'a fee that is no number': { fee: [{ denom, amount: 'five' }] },
    'a fee without amount': { fee: [{ denom, amount: '' }] },
    'a fee of 2^255': { fee: [{ denom, amount: (1n << 255n).toString() }] },
    'a fee of 2^256': { fee: [{ denom, amount: (1n << 256n).toString() }] },
    'a fee of 2^300': { fee: [{ denom, amount: (1n << 300n).toString() }] },
    'gas 0': { gas: 0n },
    'gas 1': { gas: 1n },
    'gas that ends in the ante handler': { gas: 3000n },
    'gas that ends at the signature': { gas: 12_000n },
    'gas that ends in the message': { gas: 60_000n },
    'gas of 2^31': { gas: 1n << 31n },
    'gas of 2^32-1': { gas: (1n << 32n) - 1n },
    'gas of 2^63-1': { gas: (1n << 63n) - 1n },
    'gas of 2^63': { gas: 1n << 63n },
    'gas of 2^64-1': { gas: (1n << 64n) - 1n },
    'a wrong chain id': { chainId: 'other-1' },
    'a wrong account number': { accountNumber: 999n },
    'a sequence too low': { sequence: 0n },
    'a sequence too high': { sequence: 1000n },
    'a sequence of 2^64-1': { sequence: (1n << 64n) - 1n },
    'a signature of another': { signature: () => new Uint8Array(64).fill(1) },
    'an empty signature': { signature: () => new Uint8Array() },
    'a short signature': { signature: (bytes) => bytes.subarray(0, 63) },
    'a long signature': { signature: (bytes) => concat(bytes, Uint8Array.of(0)) },
    'a signature with high S': { signature: highS },
    'no signatures': { signatures: () => [] },
    'two signatures for one signer': { signatures: ([first = new Uint8Array()]) => [first, first] },
    'two signers for one message': { signers: [bad, victim] },
    'no signers': { signers: [] },
    'the wrong signer': { signers: [victim] },
    'a public key of another': { publicKey: victim.publicKey },
    'no public key though the account has one': { publicKey: null },
    'a public key of no type': { publicKey: { typeUrl: '', value: bad.publicKey.value } },
    'a public key of unknown type': { publicKey: { typeUrl: '/x.PubKey', value: bad.publicKey.value } },
    'a public key of 32 bytes': { publicKey: shortKey(bad, 32) },
    'a public key of 34 bytes': { publicKey: shortKey(bad, 34) },
    'an empty public key': { publicKey: { typeUrl: bad.publicKey.typeUrl, value: new Uint8Array() } },
    'a public key that is no point': {
      publicKey: { typeUrl: bad.publicKey.typeUrl, value: concat(Uint8Array.of(10, 33), new Uint8Array(33)) },
    },
    'an Ed25519 public key': { publicKey: consensusKeyAny('x') },
    'an unknown field in the public key': {
      publicKey: { typeUrl: bad.publicKey.typeUrl, value: concat(bad.publicKey.value, varintField(9, 1)) },
    },
    'sign mode 0': { mode: 0 },
    'sign mode textual': { mode: 2 },
    'sign mode direct aux': { mode: 3 },
    'sign mode amino over direct bytes': { mode: 127 },
    'sign mode 191': { mode: 191 },
    'sign mode 99': { mode: 99 },
    'no mode info': { noMode: true },
    'an empty mode info': { noMode: true, authInfo: emptyModeInfo },
    'a memo of 256 bytes': { memo: 'm'.repeat(256) },
    'a memo of 257 bytes': { memo: 'm'.repeat(257) },
    'a memo of 129 characters of 2 bytes': { memo: 'é'.repeat(129) },
    'a memo with control characters': { memo: '\u0000\u0001"\\<&>\u2028' },
    'a timeout at the last height': { timeoutHeight: 1n },
    'a timeout far ahead': { timeoutHeight: 1_000_000n },
    'a fee payer who does not sign': { payer: victim.text },
    'a fee payer who signs': { payer: victim.text, signers: [bad, victim] },
    'the signer as fee payer': { payer: bad.text },
    'a fee payer of another prefix': { payer: bad.text.replace('cosmos', 'osmo') },
    'a fee payer that is no address': { payer: 'payer' },
    'a fee payer in upper case': { payer: bad.text.toUpperCase() },
    'a fee granter without grant': { granter: victim.text },
    'the signer as fee granter': { granter: bad.text },
    'a fee granter that is no address': { granter: 'granter' },
    'no messages': { messages: [] },
    'a message of unknown type': { messages: [{ typeUrl: '/x.MsgX', value: new Uint8Array() }] },
    'a message without type': { messages: [{ typeUrl: '', value: new Uint8Array() }] },
    'a message type without slash': {
      messages: [{ ...send(bad, a(1), `1${denom}`), typeUrl: 'cosmos.bank.v1beta1.MsgSend' }],
    },
    'a message type with a host': {
      messages: [{ ...send(bad, a(1), `1${denom}`), typeUrl: 'type.googleapis.com/cosmos.bank.v1beta1.MsgSend' }],
    },
    'a response as message': {
      messages: [{ typeUrl: '/cosmos.bank.v1beta1.MsgSendResponse', value: new Uint8Array() }],
    },
    'a query as message': {
      messages: [{ typeUrl: '/cosmos.bank.v1beta1.QueryBalanceRequest', value: new Uint8Array() }],
    },
    'an empty message': { messages: [{ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: new Uint8Array() }] },
    'a broken message': { messages: [{ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: Uint8Array.of(10, 200) }] },
    'an unknown field in a message': {
      messages: [changed(send(bad, a(1), `1${denom}`), (bytes) => concat(bytes, varintField(9, 1)))],
    },
    'an unknown non-critical field in a message': {
      messages: [changed(send(bad, a(1), `1${denom}`), (bytes) => concat(bytes, varintField(1024, 1)))],
    },
    'an unknown non-critical field in a coin': {
      messages: [
        changed(send(bad, a(1), ''), (bytes) =>
          concat(
            bytes,
            lengthField(
              3,
              concat(lengthField(1, Buffer.from(denom)), lengthField(2, Buffer.from('1')), varintField(1030, 5)),
            ),
          ),
        ),
      ],
    },
    'an unknown field in a coin': {
      messages: [
        changed(send(bad, a(1), ''), (bytes) =>
          concat(
            bytes,
            lengthField(
              3,
              concat(lengthField(1, Buffer.from(denom)), lengthField(2, Buffer.from('1')), varintField(3, 5)),
            ),
          ),
        ),
      ],
    },
    'a field of the wrong wire type': {
      messages: [changed(send(bad, a(1), `1${denom}`), (bytes) => concat(varintField(1, 1), bytes))],
    },
    'a field twice': {
      messages: [
        changed(send(bad, a(1), `1${denom}`), (bytes) => concat(lengthField(1, Buffer.from(victim.text)), bytes)),
      ],
    },
    'three messages': { messages: [1, 2, 3].map((amount) => send(bad, a(1), `${amount}${denom}`)) },
    'the second of two messages fails': {
      messages: [send(bad, a(1), `1${denom}`), send(bad, a(1), '9000000000000000stake')],
    },
    'messages of two signers': {
      signers: [bad, victim],
      messages: [send(bad, a(1), `1${denom}`), send(victim, a(1), `2${denom}`)],
    },
    'two signers in the wrong order': {
      signers: [victim, bad],
      messages: [send(bad, a(1), `1${denom}`), send(victim, a(1), `2${denom}`)],
    },
    'eight signers': eightSigners(),
    'an extension option': { extensionOptions: [{ typeUrl: '/x.Y', value: new Uint8Array() }] },
    'an extension option that is a message': { extensionOptions: [send(bad, a(1), `1${denom}`)] },
    'a non-critical extension option': { nonCriticalExtensionOptions: [{ typeUrl: '/x.Y', value: new Uint8Array() }] },
    'a non-critical extension option that is a message': {
      nonCriticalExtensionOptions: [send(bad, a(1), `1${denom}`)],
    },
    'an unknown critical field in the body': { body: (bytes) => concat(bytes, varintField(9, 1)) },
    'an unknown non-critical field in the body': { body: (bytes) => concat(bytes, varintField(1025, 1)) },
    'an unknown critical field in the auth info': { authInfo: (bytes) => concat(bytes, varintField(9, 1)) },
    'an unknown non-critical field in the auth info': { authInfo: (bytes) => concat(bytes, varintField(1025, 1)) },
    'an unknown field in the raw tx': { raw: (bytes) => concat(bytes, varintField(9, 1)) },
    'an unknown non-critical field in the raw tx': { raw: (bytes) => concat(bytes, varintField(1025, 1)) },
    'the body twice': { raw: (bytes) => concat(lengthField(1, bodyOf(bytes)), bytes) },
    'fields of the raw tx out of order': { raw: outOfOrder },
    'an empty raw tx': { raw: () => new Uint8Array() },
    'bytes that are no tx': { raw: () => Buffer.from('not a tx') },
    'a tx cut short': { raw: (bytes) => bytes.subarray(0, bytes.length - 10) },
    'a tx with a trailing zero': { raw: (bytes) => concat(bytes, Uint8Array.of(0)) },
    'a long varint for a length': {
      raw: (bytes) =>
        concat(
          Uint8Array.of(10, (bodyOf(bytes).length & 127) | 128, (bodyOf(bytes).length >> 7) | 128, 0),
          bytes.subarray(lengthField(1, bodyOf(bytes)).length - bodyOf(bytes).length),
        ),
    },
    'a body that is empty': { body: () => new Uint8Array() },
    'an auth info that is empty': { authInfo: () => new Uint8Array() },
    'a body that is broken': { body: () => Uint8Array.of(255, 255) },
    'an auth info that is broken': { authInfo: () => Uint8Array.of(255, 255) },
    'a tip': { authInfo: (bytes) => concat(bytes, lengthField(3, lengthField(2, Buffer.from(bad.text)))) },
    'a signer of another prefix': { messages: [send(bad.text.replace('cosmos', 'osmo'), a(1), `1${denom}`)] },
    'a signer that is no address': { messages: [send('nobody', a(1), `1${denom}`)] },
    'a signer with a wrong checksum': { messages: [send(`${bad.text.slice(0, -1)}q`, a(1), `1${denom}`)] },
    'a signer in upper case': { messages: [send(bad.text.toUpperCase(), a(1), `1${denom}`)] },
    'a signer in mixed case': { messages: [send(`C${bad.text.slice(1)}`, a(1), `1${denom}`)] },
    'a signer with a blank': { messages: [send(`${bad.text} `, a(1), `1${denom}`)] },
    'a signer of an operator address': { messages: [send(bad.operator, a(1), `1${denom}`)] },
  }));
  if (onlyApart) return;
  const [bad, victim] = [a(2), a(3)];

  const fresh = keyOf('fresh');
  await world.send('a tx of an account that does not exist', pay(fresh));
  await world.send('coins for a new account', { signers: [a(4)], messages: [send(a(4), fresh, `5000${denom}`)] });
  await world.send('a new account without public key', { ...pay(fresh), publicKey: null });
  await world.send('a new account with the key of another', { ...pay(fresh), publicKey: bad.publicKey });
  await world.send('the first tx of a new account', pay(fresh));
  await world.send('a new account that cannot pay the fee', { ...pay(fresh), fee: [{ denom, amount: '5000' }] });
  await world.send('a new account that spends all but the fee', pay(fresh, `4895${denom}`));

  await world.tx('the first of two txs in one block', pay(bad));
  await world.tx('the second of two txs in one block', pay(bad));
  const same = buildTx(pay(bad), [{ ...(await world.account(bad)) }]);
  await world.rawTx('a tx', same);
  await world.rawTx('the same tx again', same);
  await world.block();
  await world.sendRaw('the same tx in a later block', same);

  await world.tx('a first tx whose message fails', pay(bad, '99999999999999stake'));
  await world.tx('a second tx after one that failed', pay(bad));
  await world.tx('a tx that is refused between two', { ...pay(bad), chainId: 'other-1' });
  await world.tx('a third tx after one that was refused', pay(bad));
  await world.block();

  await world.send('a multi-send with two signers', {
    signers: [bad, victim],
    messages: [multiSend([part(bad, `1${denom}`), part(victim, `1${denom}`)], [part(a(1), `2${denom}`)])],
  });
}

const simulatePath = '/cosmos.tx.v1beta1.Service/Simulate';

const order = BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141');

function highS(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  return concat(signature.subarray(0, 32), Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex'));
}

function shortKey(key: Key, length: number) {
  const point = createHash('sha512').update(key.text).digest().subarray(0, length);
  return { typeUrl: key.publicKey.typeUrl, value: lengthField(1, point) };
}

function emptyModeInfo(bytes: Uint8Array): Uint8Array {
  const info = txTypes.AuthInfo.decode(bytes);
  return txTypes.AuthInfo.encode({
    ...info,
    signerInfos: info.signerInfos.map((signer) => ({ ...signer, modeInfo: { single: undefined, multi: undefined } })),
  }).finish();
}

function changed<T extends { value: Uint8Array }>(message: T, change: (bytes: Uint8Array) => Uint8Array): T {
  return { ...message, value: change(message.value) };
}

function bodyOf(raw: Uint8Array): Uint8Array {
  return txTypes.TxRaw.decode(raw).bodyBytes;
}

function outOfOrder(raw: Uint8Array): Uint8Array {
  const { bodyBytes, authInfoBytes, signatures } = txTypes.TxRaw.decode(raw);
  return concat(
    lengthField(2, authInfoBytes),
    lengthField(1, bodyBytes),
    ...signatures.map((bytes) => lengthField(3, bytes)),
  );
}

function eightSigners(): Partial<TxSpec> {
  const signers = Array.from({ length: 8 }, (_, index) => a(20 + index));
  return { signers, messages: signers.map((key) => send(key, a(1), `1${denom}`)) };
}
