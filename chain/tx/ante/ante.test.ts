import { describe, expect, it } from 'vitest';
import { ed25519Keys, multisigKeys } from '../../../sdk/codec/index.ts';
import { check, initChain, nextBlock, type ToyChain, type ToyOptions, toyChain } from '../../app/testing/toyChain.ts';
import { addresses, alice, bob, keyOf, makeTx, publicKeyOf, stranger, type TxSpec } from '../../app/testing/txs.ts';
import { fail, sdkErrors } from '../../errors.ts';
import type { FeeGrants } from '../accounts.ts';

function started(options: ToyOptions = {}, maxGas = -1n): ToyChain {
  const chain = toyChain(options);
  initChain(chain, 0n, {}, maxGas);
  nextBlock(chain);
  return chain;
}

/** The order of secp256k1: a signature with n - s instead of s is as valid, and malleable. */
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

function highS(signature: Uint8Array): Uint8Array {
  const s = order - BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  return Uint8Array.from(
    Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]),
  );
}

function flipBit(signature: Uint8Array): Uint8Array {
  return signature.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
}

const multisig = {
  typeUrl: '/cosmos.crypto.multisig.LegacyAminoPubKey',
  value: multisigKeys.LegacyAminoPubKey.encode({ threshold: 1, publicKeys: [publicKeyOf(alice)] }).finish(),
};
const ed25519 = {
  typeUrl: '/cosmos.crypto.ed25519.PubKey',
  value: ed25519Keys.PubKey.encode({ key: new Uint8Array(32) }).finish(),
};

const refusals: readonly [name: string, spec: TxSpec, code: number, log: string][] = [
  ['a signature with one bit wrong', { tamper: flipBit }, 4, 'please verify account number (7) and chain-id (toy-1)'],
  ['a signature with a high S', { tamper: highS }, 4, 'unable to verify single signer signature'],
  ['a signature of 63 bytes', { tamper: (signature) => signature.subarray(1) }, 4, 'signature verification failed'],
  ['a signature for another chain', { chainId: 'toy-2' }, 4, 'signature verification failed'],
  ['a signature for another account number', { accountNumber: 8n }, 4, 'signature verification failed'],
  ['a sequence that is too high', { sequence: 1n }, 32, 'account sequence mismatch, expected 0, got 1'],
  ['the key of somebody else', { publicKey: publicKeyOf(bob) }, 8, 'pubKey does not match signer address'],
  ['no key from an account that has none', { publicKey: null }, 8, 'unrecognized public key type: <nil>'],
  ['an Ed25519 key', { publicKey: ed25519 }, 8, 'pubKey does not match signer address'],
  ['the multisignature key of somebody else', { publicKey: multisig }, 8, 'pubKey does not match signer address'],
  ['a signature made for another sign mode', { mode: 127 }, 4, 'account number (7), sequence (0) and chain-id (toy-1)'],
  ['sign mode TEXTUAL', { mode: 2 }, 4, 'unsupported sign mode SIGN_MODE_TEXTUAL'],
  ['a signer without an account', { signer: stranger }, 9, 'does not exist'],
  ['a fee above the balance', { fee: [{ denom: 'uinf', amount: '1000001' }] }, 5, 'insufficient funds'],
  ['a negative fee', { fee: [{ denom: 'uinf', amount: '-1' }] }, 13, 'invalid fee provided: -1uinf'],
  [
    'fee coins out of order',
    { fee: ['uinf', 'atom'].map((denom) => ({ denom, amount: '1' })) },
    13,
    'invalid fee amount: 1uinf,1atom',
  ],
  ['an impossible fee denom', { fee: [{ denom: '!', amount: '1' }] }, 13, 'invalid fee amount: 1!'],
  ['a fee granter', { granter: bob.text }, 18, 'fee grants are not enabled'],
  ['a memo of 257 bytes', { memo: 'x'.repeat(257) }, 12, 'maximum number of characters is 256 but received 257'],
  ['a memo of 129 characters in 258 bytes', { memo: 'é'.repeat(129) }, 12, 'but received 258 characters'],
  ['too little gas for its size', { gasLimit: 1000n }, 11, 'out of gas in location: txSize; gasWanted: 1000'],
  ['no gas', { gasLimit: 0n }, 11, 'out of gas in location'],
  ['gas over 2^63', { gasLimit: 1n << 63n }, 18, 'invalid gas supplied'],
  ['a signer that is no address', { payer: 'infinet1x' }, 7, 'Invalid fee payer address'],
  ['a fee payer that does not sign', { payer: bob.text }, 4, 'wrong number of signers; expected 2, got 1'],
  ['no message', { messages: [] }, 18, 'must contain at least one message'],
];

describe('the ante handler', () => {
  it.each(refusals)('refuses %s with its SDK code, in the mempool and in a block', (_name, spec, code, log) => {
    const chain = started();
    const bytes = makeTx(spec);
    const checked = check(chain, bytes);
    expect([checked.code, checked.codespace, checked.log]).toEqual([code, 'sdk', expect.stringContaining(log)]);
    const [result] = nextBlock(chain, [bytes]).txResults;
    expect([result?.code, result?.codespace, result?.log]).toEqual([code, 'sdk', checked.log]);
  });

  it('refuses a tx past its timeout height', () => {
    const chain = started();
    expect(check(chain, makeTx({ timeoutHeight: 1n })).code).toBe(0);
    const [result] = nextBlock(chain, [makeTx({ timeoutHeight: 1n })]).txResults;
    expect([result?.code, result?.log]).toEqual([30, 'block height: 2, timeout height: 1: tx timeout height']);
  });

  it('refuses fees below the node price in the mempool only, rounding up', () => {
    const chain = started({ minimumGasPrices: '0.000501uinf,1atom' });
    const refused = check(chain, makeTx({ fee: [{ denom: 'uinf', amount: '100' }] }));
    expect(refused.code).toBe(13);
    expect(refused.log).toBe('insufficient fees; got: 100uinf required: 101uinf,200000atom: insufficient fee');
    expect(check(chain, makeTx({ fee: [{ denom: 'uinf', amount: '101' }] })).code).toBe(0);
    expect(nextBlock(chain, [makeTx({ fee: [{ denom: 'uinf', amount: '100' }] })]).txResults[0]?.code).toBe(0);
  });

  it('refuses fees below the chain price everywhere', () => {
    const chain = toyChain();
    initChain(chain, 0n, { infinet: { bech32_prefix: 'infinet', min_gas_prices: '0.001uinf' } });
    nextBlock(chain);
    expect(check(chain, makeTx()).code).toBe(13);
    expect(nextBlock(chain, [makeTx()]).txResults[0]?.code).toBe(13);
    expect(nextBlock(chain, [makeTx({ fee: [{ denom: 'uinf', amount: '200' }] })]).txResults[0]?.code).toBe(0);
  });

  it('refuses more gas than a block holds', () => {
    const chain = started({}, 150_000n);
    expect(check(chain, makeTx())).toMatchObject({ code: 41, log: expect.stringContaining('exceeds block max gas') });
  });

  it('answers what makes Go panic with code 111222 of codespace undefined', () => {
    const chain = started();
    const shortKey = { typeUrl: publicKeyOf(alice).typeUrl, value: Uint8Array.of(0x0a, 1, 2) };
    expect(check(chain, makeTx({ publicKey: shortKey }))).toMatchObject({ code: 111222, codespace: 'undefined' });
    nextBlock(chain, [makeTx()]);
    expect(check(chain, makeTx({ publicKey: null, sequence: 1n }))).toMatchObject({ code: 111222 });
  });

  it('takes several txs of one account into one block, and starts anew after it', () => {
    const chain = started();
    const txs = [0n, 1n, 2n].map((sequence) => makeTx({ sequence }));
    for (const tx of txs) expect(check(chain, tx).code).toBe(0);
    expect(check(chain, makeTx({ sequence: 2n })).code).toBe(32);
    expect(nextBlock(chain, txs.slice(0, 2)).txResults.map(({ code }) => code)).toEqual([0, 0]);
    expect(check(chain, txs[2] ?? new Uint8Array(), 1).code).toBe(0);
    expect(check(chain, makeTx({ sequence: 4n })).code).toBe(32);
  });

  it('drops a tx at recheck whose sequence a block has used', () => {
    const chain = started();
    const tx = makeTx();
    expect(check(chain, tx).code).toBe(0);
    nextBlock(chain, [makeTx({ memo: 'another one' })]);
    expect(check(chain, tx, 1).code).toBe(32);
  });

  it('uses the same gas whether the signature was seen before or not', () => {
    const [seen, unseen] = [started(), started()];
    const tx = makeTx();
    check(seen, tx);
    expect(nextBlock(seen, [tx])).toEqual(nextBlock(unseen, [tx]));
  });

  it('emits fee, sequence and signature events in the order of the SDK', () => {
    const chain = started();
    const types = nextBlock(chain, [makeTx()]).txResults[0]?.events.map(({ type, attributes }) => [
      type,
      attributes.map(({ key }) => key).join(),
    ]);
    expect(types?.slice(0, 4)).toEqual([
      ['toy_fee', 'to'],
      ['tx', 'fee,fee_payer'],
      ['tx', 'acc_seq'],
      ['tx', 'signature'],
    ]);
  });

  it('takes the fee from a granter that allows it, and from nobody else', () => {
    const used: string[] = [];
    const feeGrants: FeeGrants = {
      use: (_ctx, granter, grantee, fee, messages) => {
        used.push([...[granter, grantee].map(addresses.accountText), fee[0]?.amount, messages[0]?.typeUrl].join(' '));
        if (fee[0]?.amount !== '100') fail(sdkErrors.notFound, 'fee-grant not found');
      },
    };
    const chain = started({ feeGrants });
    const payer = (tx: Uint8Array) => {
      const attributes = nextBlock(chain, [tx]).txResults[0]?.events.flatMap((event) => event.attributes);
      return attributes?.find(({ key }) => key === 'fee_payer')?.value;
    };
    expect(payer(makeTx({ granter: bob.text }))).toBe(bob.text);
    expect(used).toEqual([`${bob.text} ${alice.text} 100 /cosmos.bank.v1beta1.MsgSend`]);
    expect(
      check(chain, makeTx({ granter: bob.text, sequence: 1n, fee: [{ denom: 'uinf', amount: '99' }] })),
    ).toMatchObject({
      code: 38,
      log: `${bob.text} does not allow to pay fees for ${alice.text}: fee-grant not found: not found`,
    });
    // Who pays its own fee needs no grant.
    expect(payer(makeTx({ granter: alice.text, sequence: 1n }))).toBe(alice.text);
    expect(used).toHaveLength(2);
  });

  it('lets a second account pay the fee when it signs too', () => {
    expect(keyOf('alice').text).toBe(alice.text);
    const chain = started();
    const tx = makeTx({ signer: bob, accountNumber: 8n, payer: bob.text });
    expect(check(chain, tx).code).toBe(0);
  });
});
