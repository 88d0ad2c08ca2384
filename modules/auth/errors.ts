import { registerErrors } from '../../chain/errors.ts';

/** auth registers no codespace in the SDK; a wrong authority answers with the unregistered code 1. */
export const authErrors = registerErrors('undefined', {
  wrongAuthority: [1, 'expected gov account as only signer for proposal message'],
});
