import type { Context } from '../../../chain/context.ts';
import { ensure, fail } from '../../../chain/errors.ts';
import type {
  MsgRegisterVerifier,
  MsgRegisterVerifierResponse,
} from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { equalBytes } from '../../../training/merkle.ts';
import { addressText, type Env } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';
import { verifierRegistered } from '../events.ts';
import { requireVrfKey, requireWorkerProof } from '../keyProof.ts';
import { verifiers, workers } from '../state.ts';

/** A bonded validator's operator becomes a verifier; it may be drawn for tasks whose beacon round is chosen from now on. */
export function registerVerifier(env: Env, ctx: Context, message: MsgRegisterVerifier): MsgRegisterVerifierResponse {
  const operator = env.addresses.account(message.operator);
  requireBonded(env, ctx, operator, message.operator);
  ensure(!verifiers.has(ctx, operator), errors.alreadyRegistered, message.operator);
  const worker = requireFreeWorker(env, ctx, message.worker);
  requireWorkerProof(ctx, operator, worker, message.proof);
  requireVrfKey(env, ctx, operator, message.vrfPublicKey, message.proof);
  const operatorText = env.addresses.accountText(operator);
  const keys = {
    worker: addressText(env, message.worker),
    vrfPublicKey: message.vrfPublicKey,
    backend: message.backend,
  };
  verifiers.set(ctx, operator, {
    operator: operatorText,
    keys,
    keysHeight: ctx.block.height,
    nextKeys: undefined,
    nextHeight: 0n,
    paused: false,
    assigned: 0n,
    agreed: 0n,
    disagreed: 0n,
    missed: 0n,
    slashed: 0n,
  });
  workers.set(ctx, worker, operator);
  ctx.log.emit(
    verifierRegistered.encode({
      operator: operatorText,
      worker: keys.worker,
      vrf_public_key: message.vrfPublicKey,
      backend: message.backend,
    }),
  );
  return {};
}

function requireBonded(env: Env, ctx: Context, operator: Uint8Array, text: string): void {
  const bonded = env.staking.bondedValidators(ctx).some((validator) => equalBytes(validator.operator, operator));
  ensure(bonded, errors.notBonded, text);
}

/** Address bytes of a worker that acts for nobody yet. */
export function requireFreeWorker(env: Env, ctx: Context, text: string): Uint8Array {
  const worker = orInvalid(() => env.addresses.account(text));
  ensure(!workers.has(ctx, worker), errors.workerTaken, text);
  return worker;
}

/** Turns the complaint about a worker's address into this module's error. */
export function orInvalid<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return fail(errors.invalidField, `worker: ${error instanceof Error ? error.message : error}`);
  }
}
