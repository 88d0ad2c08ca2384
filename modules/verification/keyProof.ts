import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import { secp256k1Address } from '../../chain/tx/keys.ts';
import { isEcdsa } from '../../chain/tx/verifySignature.ts';
import type { KeyProof } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { equalBytes } from '../../training/merkle.ts';
import { type Env, gasCosts } from './env.ts';
import { verificationErrors as errors } from './errors.ts';
import { keyProofDigest } from './formulas.ts';

/** Holds the VRF key to be a good one that the operator has. Throws 6 or 38. */
export function requireVrfKey(
  env: Env,
  ctx: Context,
  operator: Uint8Array,
  key: Uint8Array,
  proof: KeyProof | undefined,
): void {
  ensure(env.vrf.isValidPublicKey(key), errors.invalidVrfKey, Buffer.from(key).toString('hex'));
  ctx.gas.consume(gasCosts.vrfVerify, 'vrf proof');
  const alpha = keyProofDigest('vrf', ctx.block.chainId, operator);
  const shown = env.vrf.verify(key, alpha, proof?.vrfProof ?? new Uint8Array());
  ensure(shown !== undefined, errors.unprovenKey, 'vrf_proof');
}

/** Holds the worker to have agreed to work for this operator. Throws 38. */
export function requireWorkerProof(
  ctx: Context,
  operator: Uint8Array,
  worker: Uint8Array,
  proof: KeyProof | undefined,
): void {
  ctx.gas.consume(gasCosts.workerSignature, 'worker signature');
  const { workerPublicKey, workerSignature } = proof ?? { workerPublicKey: new Uint8Array(), workerSignature: worker };
  const digest = keyProofDigest('worker', ctx.block.chainId, operator);
  ensure(equalBytes(secp256k1Address(workerPublicKey), worker), errors.unprovenKey, 'worker_public_key');
  ensure(isEcdsa(workerSignature, digest, workerPublicKey), errors.unprovenKey, 'worker_signature');
}
