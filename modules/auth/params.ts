import type { auth } from '../../sdk/codec/index.ts';

/** The SDK's defaults (x/auth/types/params.go). */
export const defaultParams: auth.Params = {
  maxMemoCharacters: 256n,
  txSigLimit: 7n,
  txSizeCostPerByte: 10n,
  sigVerifyCostEd25519: 590n,
  sigVerifyCostSecp256k1: 1000n,
};

/** Why the parameters are not valid, or undefined. */
export function paramsProblem(params: auth.Params): string | undefined {
  if (params.txSigLimit === 0n) return 'invalid tx signature limit: 0';
  if (params.sigVerifyCostEd25519 === 0n) return 'invalid ED25519 signature verification cost: 0';
  if (params.sigVerifyCostSecp256k1 === 0n) return 'invalid SECK256k1 signature verification cost: 0';
  if (params.maxMemoCharacters === 0n) return 'invalid max memo characters: 0';
  if (params.txSizeCostPerByte === 0n) return 'invalid tx size cost per byte: 0';
  return undefined;
}
