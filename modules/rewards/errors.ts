import { registerErrors } from '../../chain/errors.ts';

export const rewardsErrors = registerErrors('rewards', {
  nothingToClaim: [2, 'there are no rewards to claim'],
  weightTaken: [3, 'the contribution was weighed before'],
  invalidWeight: [4, 'the weight cannot be taken'],
  unknownEpoch: [5, 'the epoch has not closed'],
  unknownContribution: [6, 'the contribution has no weight'],
  invalidParams: [7, 'no such parameters can be'],
});

/** What gov answers for every message that only governance may send (x/gov/types/errors.go). */
export const authorityErrors = registerErrors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
});
