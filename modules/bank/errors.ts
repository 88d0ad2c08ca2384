import { registerErrors } from '../../chain/errors.ts';

/** Numbers and texts of cosmos-sdk v0.50, x/bank/types/errors.go. */
export const bankErrors = registerErrors('bank', {
  noInputs: [2, 'no inputs to send transaction'],
  noOutputs: [3, 'no outputs to send transaction'],
  inputOutputMismatch: [4, 'sum inputs != sum outputs'],
  sendDisabled: [5, 'send transactions are disabled'],
  denomMetadataNotFound: [6, 'client denom metadata not found'],
  invalidKey: [7, 'invalid key'],
  duplicateEntry: [8, 'duplicate entry'],
  multipleSenders: [9, 'multiple senders not allowed'],
});

/** What gov answers for every message that only governance may send (x/gov/types/errors.go). */
export const authorityErrors = registerErrors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
});
