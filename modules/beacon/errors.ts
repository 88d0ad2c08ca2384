import { registerErrors } from '../../chain/errors.ts';

export const beaconErrors = registerErrors('beacon', {
  notValidator: [2, 'only the operator of a validator can register a key'],
  invalidKey: [3, 'the key is not an Ed25519 point of large order'],
  keyTaken: [4, 'the key was registered before'],
  rotationTooSoon: [5, 'the key was rotated too recently'],
  unknownRound: [6, 'the round is not open yet, or no longer kept'],
  unprovenKey: [7, 'the proof does not show that the operator has the key'],
});
