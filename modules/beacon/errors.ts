import { registerErrors } from '../../chain/errors.ts';

export const beaconErrors = registerErrors('beacon', {
  notValidator: [2, 'only the operator of a validator can register a key'],
  invalidKey: [3, 'the key is not an Ed25519 point of large order'],
  keyTaken: [4, 'the key was registered before'],
  rotationTooSoon: [5, 'the key was rotated too recently'],
  unknownRound: [6, 'the round is not open yet, or no longer kept'],
  unprovenKey: [7, 'the proof does not show that the operator has the key'],
  invalidParams: [8, 'no such parameters can be'],
  foreignProof: [9, 'the proof is for another round'],
  invalidProof: [10, 'the proof does not hold'],
});

/** What gov answers for every message that only governance may send (x/gov/types/errors.go). */
export const authorityErrors = registerErrors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
});
