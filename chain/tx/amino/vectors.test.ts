import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Module } from '../../module.ts';
import { decodeTx } from '../decode.ts';
import { readPublicKey } from '../keys.ts';
import { MessageRouter } from '../router.ts';
import { readSignature } from '../signatureData.ts';
import { txMessages } from '../testing/arbitrary.ts';
import { verifySignature } from '../verifySignature.ts';

/** Txs that simd signed in amino JSON: what it shows to a Ledger is what this chain verifies. */
const vectors = z
  .object({
    chain_id: z.string(),
    account_number: z.number(),
    sequence: z.number(),
    txs: z.array(z.object({ name: z.string(), tx: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../test/vectors/amino/simd.json', import.meta.url), 'utf8')));

/** Lets every message through whose type is known. */
const anything: Module = {
  name: 'anything',
  stores: [],
  messages: txMessages().map(({ typeName }) => ({
    typeUrl: `/${typeName}`,
    prepare: () => ({ typeUrl: `/${typeName}`, signers: [], validate: () => {}, handle: () => new Uint8Array() }),
  })),
};
const router = new MessageRouter([anything]);

const signer = {
  chainId: vectors.chain_id,
  accountNumber: BigInt(vectors.account_number),
  sequence: BigInt(vectors.sequence),
};

describe('a tx that simd signed in amino JSON', () => {
  test.each(vectors.txs.map(({ name, tx }) => [name, tx] as const))('is good: %s', (_name, text) => {
    const tx = decodeTx(Uint8Array.from(Buffer.from(text, 'base64')), router);
    const [info] = tx.signerInfos;
    if (info?.publicKey === undefined) throw new Error('the tx has no key');
    const data = readSignature(info.mode, tx.signatures[0] ?? new Uint8Array());
    const key = readPublicKey(info.publicKey);
    expect(verifySignature(tx, signer, key, data)).toBeUndefined();
    expect(verifySignature(tx, { ...signer, sequence: 4n }, key, data)).toMatch(/^unable to verify/);
    expect(verifySignature(tx, { ...signer, accountNumber: 8n }, key, data)).toMatch(/^unable to verify/);
  });
});
