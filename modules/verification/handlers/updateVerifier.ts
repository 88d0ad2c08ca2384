import type { Context } from '../../../chain/context.ts';
import { ensure, fail } from '../../../chain/errors.ts';
import type {
  MsgUpdateVerifier,
  MsgUpdateVerifierResponse,
} from '../../../proto/generated/infinet/verification/v1/tx.ts';
import type { VerifierKeys } from '../../../proto/generated/infinet/verification/v1/types.ts';
import { equalBytes } from '../../../training/merkle.ts';
import { addressText, type Env } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';
import { verifierUpdated } from '../events.ts';
import { requireVrfKey, requireWorkerProof } from '../keyProof.ts';
import { paramsItem, present, verifiers, workers } from '../state.ts';
import { promoteKeys } from '../verifiers.ts';
import { orInvalid, requireFreeWorker } from './registerVerifier.ts';

/** Pausing counts at once; other keys count `key_delay` blocks later, so that no draw that is under way can be met. */
export function updateVerifier(env: Env, ctx: Context, message: MsgUpdateVerifier): MsgUpdateVerifierResponse {
  const operator = env.addresses.account(message.operator);
  const verifier = verifiers.get(ctx, operator) ?? fail(errors.notRegistered, message.operator);
  promoteKeys(env, ctx, verifier);
  verifier.paused = message.paused;
  const worker = orInvalid(() => addressText(env, message.worker));
  const keys = { worker, vrfPublicKey: message.vrfPublicKey, backend: message.backend };
  const current = present(verifier.keys, 'keys of a verifier');
  let effective = verifier.nextKeys === undefined ? ctx.block.height : verifier.nextHeight;
  if (!sameKeys(keys, verifier.nextKeys ?? current)) {
    ensure(verifier.nextKeys === undefined, errors.keysPending, `until height ${verifier.nextHeight}`);
    if (keys.worker !== current.worker) {
      const free = requireFreeWorker(env, ctx, keys.worker);
      requireWorkerProof(ctx, operator, free, message.proof);
      workers.set(ctx, free, operator);
    }
    if (!equalBytes(keys.vrfPublicKey, current.vrfPublicKey)) {
      requireVrfKey(env, ctx, operator, keys.vrfPublicKey, message.proof);
    }
    effective = ctx.block.height + paramsItem.require(ctx).keyDelay;
    verifier.nextKeys = keys;
    verifier.nextHeight = effective;
  }
  verifiers.set(ctx, operator, verifier);
  ctx.log.emit(
    verifierUpdated.encode({
      operator: verifier.operator,
      worker: keys.worker,
      vrf_public_key: keys.vrfPublicKey,
      backend: keys.backend,
      paused: verifier.paused,
      effective_height: effective,
    }),
  );
  return { effectiveHeight: effective };
}

function sameKeys(a: VerifierKeys, b: VerifierKeys): boolean {
  return a.worker === b.worker && a.backend === b.backend && equalBytes(a.vrfPublicKey, b.vrfPublicKey);
}
