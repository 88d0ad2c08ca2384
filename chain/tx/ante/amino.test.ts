import {
  createMultisigThresholdPubkey,
  type MultisigThresholdPubkey,
  type Pubkey,
  pubkeyToRawAddress,
  Secp256k1HdWallet,
  Secp256k1Wallet,
} from '@cosmjs/amino';
import { type EncodeObject, encodePubkey } from '@cosmjs/proto-signing';
import { makeMultisignedTxBytes, SigningStargateClient } from '@cosmjs/stargate';
import { describe, expect, it } from 'vitest';
import { multisig, tx as txTypes } from '../../../sdk/codec/index.ts';
import { check, initChain, nextBlock, type ToyChain, toyChain } from '../../app/testing/toyChain.ts';
import { addresses, alice, bob, chainId, keyOf, makeTx, stranger } from '../../app/testing/txs.ts';
import { addressOfKey, readPublicKey } from '../keys.ts';

const fee = { amount: [{ denom: 'uinf', amount: '100' }], gas: '400000' };

/** A chain that knows these addresses after alice (7) and bob (8), from account number 9 on. */
function chainWith(...accounts: readonly Uint8Array[]): ToyChain {
  const chain = toyChain();
  const toy = { accounts: accounts.map((address) => Buffer.from(address).toString('base64')) };
  initChain(chain, 0n, { toy });
  nextBlock(chain);
  return chain;
}

function send(from: string, amount = '5'): EncodeObject {
  return {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: from, toAddress: bob.text, amount: [{ denom: 'uinf', amount }] },
  };
}

async function offline(wallet: Secp256k1Wallet | Secp256k1HdWallet): Promise<SigningStargateClient> {
  return SigningStargateClient.offline(wallet);
}

const walletOf = (name: string) => Secp256k1Wallet.fromKey(keyOf(name).privateKey, 'infinet');

describe('a tx that CosmJS signs in amino JSON', () => {
  it.each([
    ['a plain text', 'hello', {}],
    ['text that JSON escapes', 'a & b < c > d "e" \\ \n é 漢 😀', {}],
    ['a timeout height', '', { timeoutHeight: 99n }],
  ])('is good with %s', async (_name, memo, { timeoutHeight }: { timeoutHeight?: bigint }) => {
    const wallet = await Secp256k1HdWallet.generate(12, { prefix: 'infinet' });
    const [account] = await wallet.getAccounts();
    if (account === undefined) throw new Error('the wallet is empty');
    const chain = chainWith(addresses.account(account.address));
    const client = await offline(wallet);
    const signer = { accountNumber: 9n, sequence: 0, chainId };
    const raw = await client.sign(account.address, [send(account.address)], fee, memo, signer, timeoutHeight);
    const bytes = txTypes.TxRaw.encode(raw).finish();
    const mode = txTypes.AuthInfo.decode(raw.authInfoBytes).signerInfos[0]?.modeInfo?.single?.mode;
    expect(mode).toBe(127);
    expect(check(chain, bytes)).toMatchObject({ code: 0, log: '' });
    expect(nextBlock(chain, [bytes]).txResults[0]).toMatchObject({ code: 0 });
  });

  it('is refused when anything of it was changed, or holds a field that amino JSON cannot show', async () => {
    const client = await offline(await walletOf('alice'));
    const raw = await client.sign(alice.text, [send(alice.text)], fee, '', {
      accountNumber: 7n,
      sequence: 0,
      chainId,
    });
    const chain = chainWith();
    expect(check(chain, txTypes.TxRaw.encode(raw).finish()).code).toBe(0);
    const bad = (bodyBytes: Uint8Array) => check(chainWith(), txTypes.TxRaw.encode({ ...raw, bodyBytes }).finish());
    const body = txTypes.TxBody.decode(raw.bodyBytes);
    expect(bad(txTypes.TxBody.encode({ ...body, memo: 'x' }).finish())).toMatchObject({
      code: 4,
      log: expect.stringContaining('account number (7), sequence (0) and chain-id (toy-1)'),
    });
    expect(bad(Uint8Array.from([...raw.bodyBytes, 0xf0, 0x41, 1])).code).toBe(4);
  });

  it('is good without a fee and with a payer', async () => {
    const client = await offline(await walletOf('alice'));
    const free = await client.sign(
      alice.text,
      [send(alice.text)],
      { amount: [], gas: '400000', payer: alice.text },
      '',
      { accountNumber: 7n, sequence: 0, chainId },
    );
    expect(check(chainWith(), txTypes.TxRaw.encode(free).finish())).toMatchObject({ code: 0 });
  });
});

const members = ['alice', 'bob', 'carol'];
const publicKeys = members.map(
  (name): Pubkey => ({ type: 'tendermint/PubKeySecp256k1', value: Buffer.from(keyOf(name).point).toString('base64') }),
);
const twoOfThree = createMultisigThresholdPubkey([...publicKeys], 2, true);

/** A send of the multisignature account, signed by some of its members. */
async function multisigned(key: MultisigThresholdPubkey, names: readonly string[], accountNumber = 9n) {
  const address = addresses.accountText(pubkeyToRawAddress(key));
  const signatures = new Map<string, Uint8Array>();
  let bodyBytes = new Uint8Array();
  for (const name of names) {
    // Members sign the multisignature account's document with their own key.
    const wallet = await walletOf(name);
    const [account] = await wallet.getAccounts();
    if (account === undefined) throw new Error('the wallet is empty');
    const client = await offline(wallet);
    const signer = { accountNumber, sequence: 0, chainId };
    const raw = await client.sign(account.address, [send(address)], fee, 'ours', signer);
    bodyBytes = Uint8Array.from(raw.bodyBytes);
    const [signature] = raw.signatures;
    if (signature !== undefined) signatures.set(account.address, signature);
  }
  return { address: pubkeyToRawAddress(key), bytes: makeMultisignedTxBytes(key, 0, fee, bodyBytes, signatures) };
}

describe('a multisignature account', () => {
  it('has the address that CosmJS derives, also when members nest', () => {
    const nested = createMultisigThresholdPubkey([twoOfThree, ...publicKeys.slice(0, 1)], 1, true);
    for (const key of [twoOfThree, nested]) {
      expect(addressOfKey(readPublicKey(encodePubkey(key)))).toEqual(pubkeyToRawAddress(key));
    }
  });

  it('signs with as many members as its threshold, and keeps its key', async () => {
    const { address, bytes } = await multisigned(twoOfThree, ['alice', 'carol']);
    const chain = chainWith(address);
    expect(check(chain, bytes)).toMatchObject({ code: 0, log: '' });
    const [result] = nextBlock(chain, [bytes]).txResults;
    expect(result).toMatchObject({ code: 0 });
    const signatures = result?.events.filter(({ attributes }) => attributes[0]?.key === 'signature');
    expect(signatures).toHaveLength(3);
    const [raw] = txTypes.TxRaw.decode(bytes).signatures;
    expect(signatures?.[2]?.attributes[0]?.value).toBe(Buffer.from(raw ?? []).toString('base64'));
  });

  it('pays gas for each member that signed', async () => {
    const two = await multisigned(twoOfThree, ['alice', 'carol']);
    const three = await multisigned(twoOfThree, members);
    const gas = [two, three].map(({ address, bytes }) => check(chainWith(address), bytes).gasUsed);
    const bytes = BigInt(three.bytes.length - two.bytes.length);
    expect((gas[1] ?? 0n) - (gas[0] ?? 0n)).toBe(1000n + bytes * 10n);
  });

  it('is refused with too few members, or with members in the wrong places', async () => {
    const { address, bytes } = await multisigned(twoOfThree, ['alice']);
    expect(check(chainWith(address), bytes)).toMatchObject({ code: 4, codespace: 'sdk' });
    const good = await multisigned(twoOfThree, ['alice', 'carol']);
    const change = (bits: number, signatures?: (list: Uint8Array[]) => Uint8Array[], extraBits = 3) => {
      const raw = txTypes.TxRaw.decode(good.bytes);
      const auth = txTypes.AuthInfo.decode(raw.authInfoBytes);
      const info = auth.signerInfos[0]?.modeInfo?.multi;
      if (info === undefined) throw new Error('no multisignature');
      info.bitarray = { extraBitsStored: extraBits, elems: Uint8Array.of(bits) };
      const list = multisig.MultiSignature.decode(raw.signatures[0] ?? new Uint8Array()).signatures;
      const changed = multisig.MultiSignature.encode({ signatures: signatures?.(list) ?? list }).finish();
      const authInfoBytes = txTypes.AuthInfo.encode(auth).finish();
      const tx = txTypes.TxRaw.encode({ ...raw, authInfoBytes, signatures: [changed] }).finish();
      const { code, codespace } = check(chainWith(good.address), tx);
      return [code, codespace];
    };
    expect(change(0b1010_0000)).toEqual([0, '']);
    expect(change(0b1100_0000)).toEqual([4, 'sdk']);
    expect(change(0b1000_0000)).toEqual([4, 'sdk']);
    expect(change(0b1010_0000, undefined, 4)).toEqual([4, 'sdk']);
    expect(change(0b1010_0000, (list) => list.toReversed())).toEqual([4, 'sdk']);
    // What the SDK panics on: more bits than signatures, signatures without modes, bits beyond the array.
    expect(change(0b1110_0000)).toEqual([111222, 'undefined']);
    expect(change(0b1010_0000, (list) => list.slice(1))).toEqual([111222, 'undefined']);
    expect(change(0b1010_0000, undefined, 4_000_000_000)).toEqual([111222, 'undefined']);
  });

  it('is refused when its signature has fields that nothing reads', async () => {
    const { address, bytes } = await multisigned(twoOfThree, ['alice', 'carol']);
    const raw = txTypes.TxRaw.decode(bytes);
    const signatures = raw.signatures.map((signature) => Uint8Array.from([...signature, 0x12, 0]));
    const bloated = txTypes.TxRaw.encode({ ...raw, signatures }).finish();
    expect(check(chainWith(address), bloated)).toMatchObject({
      code: 1,
      codespace: 'undefined',
      log: 'rejecting unrecognized fields found in MultiSignature',
    });
  });

  it('counts all its keys against the limit of signatures', async () => {
    const many = createMultisigThresholdPubkey([...publicKeys, ...publicKeys, ...publicKeys.slice(0, 2)], 2, true);
    const { address, bytes } = await multisigned(many, ['alice', 'bob']);
    expect(check(chainWith(address), bytes)).toMatchObject({ code: 14, log: expect.stringContaining('limit: 7') });
  });

  it('cannot sign alone with a single signature', async () => {
    const address = pubkeyToRawAddress(twoOfThree);
    const chain = chainWith(address);
    const signer = { ...stranger, address, text: addresses.accountText(address) };
    const tx = makeTx({ signer, publicKey: encodePubkey(twoOfThree), accountNumber: 9n });
    expect(check(chain, tx)).toMatchObject({ code: 1, codespace: 'undefined' });
  });
});
