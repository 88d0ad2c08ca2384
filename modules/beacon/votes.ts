import type { Context } from '../../chain/context.ts';
import { CodedError, ensure, fail } from '../../chain/errors.ts';
import type { ExtendedVote } from '../../chain/module.ts';
import type { Output } from '../../proto/generated/infinet/beacon/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { toByteString } from '../../sdk/codec/byteString.ts';
import { readExtension } from '../oracle/extension.ts';
import { verify } from './ecvrf.ts';
import { beaconErrors } from './errors.ts';
import { proofRefused } from './events.ts';
import type { BeaconStaking } from './expected.ts';
import { activeKey } from './keys.ts';
import { conductOf, conducts, currentRound, outputs, params } from './state.ts';

/**
 * Takes the proofs for the open round out of the last block's votes. Each validator is verified once a window: what it
 * repeats costs nothing. After a bad proof it may try again a window later, should the round still be open: a function has
 * one output for an input, so a second try chooses nothing, and without one a third of the power that once sent bad proofs
 * would hold the round open for ever. Proofs for closed rounds and of unknown validators are dropped.
 */
export function takeOutputs(
  ctx: Context,
  votes: readonly ExtendedVote[],
  staking: BeaconStaking,
  addresses: AddressCodec,
): void {
  const { round, alpha } = currentRound(ctx);
  const proofs = votes.flatMap(({ validator, extension }) => {
    const said = readExtension(extension);
    // Late ones are no fault: who signed the block before the round closed could not know that it would.
    return said?.beaconRound === round && said.vrfProof.length > 0 ? [{ validator, proof: said.vrfProof }] : [];
  });
  if (proofs.length === 0) return;
  const operators = new Map(
    staking.bondedValidators(ctx).map(({ consensusAddress, operator }) => [toByteString(consensusAddress), operator]),
  );
  for (const { validator, proof } of proofs) {
    const operator = operators.get(toByteString(validator));
    if (operator === undefined || !mayTry(ctx, outputs.get(ctx, [round, operator]))) continue;
    const publicKey = activeKey(ctx, operator, round);
    if (publicKey === undefined) continue;
    const valid = refusalOf(() => checkProof({ round, alpha, publicKey }, { round, proof })) === undefined;
    outputs.set(ctx, [round, operator], { publicKey, proof, valid, height: ctx.block.height });
    if (valid) continue;
    const conduct = conductOf(ctx, operator);
    conducts.set(ctx, operator, { ...conduct, badProofs: conduct.badProofs + 1n });
    ctx.log.emit(proofRefused.encode({ round, operator: addresses.accountText(operator) }));
  }
}

/** What a proof has to be over, and by which key. */
export interface Owed {
  readonly round: bigint;
  readonly alpha: Uint8Array;
  readonly publicKey: Uint8Array;
}

/**
 * The output of 64 bytes that a proof shows. Throws `beacon` 9 for a proof that says it is for another round, and 10 for one that does
 * not hold, as one made for another round's input does not.
 */
export function checkProof(owed: Owed, said: { readonly round: bigint; readonly proof: Uint8Array }): Uint8Array {
  ensure(said.round === owed.round, beaconErrors.foreignProof, `round ${said.round}, not ${owed.round}`);
  return verify(owed.publicKey, owed.alpha, said.proof) ?? fail(beaconErrors.invalidProof, `round ${owed.round}`);
}

function refusalOf(check: () => unknown): CodedError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

/** Whether a validator with this output in the open round is heard in this block. */
export function mayTry(ctx: Context, output: Output | undefined, height = ctx.block.height): boolean {
  if (output === undefined) return true;
  return !output.valid && height >= output.height + params.require(ctx).windowBlocks;
}
