import { registerErrors } from '../../chain/errors.ts';

/** Numbers and texts of cosmossdk.io/x/feegrant v0.1, errors.go. */
export const feegrantErrors = registerErrors('feegrant', {
  limitExceeded: [2, 'fee limit exceeded'],
  limitExpired: [3, 'fee allowance expired'],
  invalidDuration: [4, 'invalid duration'],
  noAllowance: [5, 'no allowance'],
  noMessages: [6, 'allowed messages are empty'],
  messageNotAllowed: [7, 'message not allowed'],
});
