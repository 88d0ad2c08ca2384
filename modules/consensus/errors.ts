import { registerErrors } from '../../chain/errors.ts';

/** What gov answers for every message that only governance may send (x/gov/types/errors.go). */
export const consensusErrors = registerErrors('gov', {
  wrongAuthority: [13, 'expected gov account as only signer for proposal message'],
});
