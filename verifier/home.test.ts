import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import secp256k1 from 'secp256k1/bindings.js';
import { expect, test } from 'vitest';
import { verify } from '../modules/beacon/ecvrf.ts';
import { keyProofDigest } from '../modules/verification/formulas.ts';
import { describeVerifierHome, initVerifierHome, openVerifierHome, proveVerifierKeys } from './home.ts';

test('a worker’s home proves both its keys, for one operator on one chain', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-verifier-'));
  try {
    initVerifierHome(folder);
    const home = openVerifierHome(folder);
    const { vrfPublicKey } = await describeVerifierHome(home, 'infinet');
    const [own, other] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
    const { vrfProof, workerPublicKey, workerSignature } = proveVerifierKeys(home, 'a-1', own);
    const shown = (chainId: string, operator: Uint8Array) => [
      verify(vrfPublicKey, keyProofDigest('vrf', chainId, operator), vrfProof) !== undefined,
      secp256k1.ecdsaVerify(workerSignature, keyProofDigest('worker', chainId, operator), workerPublicKey),
    ];
    expect(shown('a-1', own)).toEqual([true, true]);
    expect(shown('a-1', other)).toEqual([false, false]);
    expect(shown('a-2', own)).toEqual([false, false]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
