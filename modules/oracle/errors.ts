import { registerErrors } from '../../chain/errors.ts';

export const oracleErrors = registerErrors('oracle', {
  unknownSymbol: [2, 'the oracle has no such symbol'],
  noPrice: [3, 'the symbol has no price yet'],
  zeroPrice: [4, 'a price cannot be zero'],
  negativePrice: [5, 'a price cannot be negative'],
  futurePrice: [6, 'the price is from the future'],
  stalePrice: [7, 'the price is too old'],
  invalidParams: [8, 'no such parameters can be'],
});

/** What gov answers for every message that only governance may send (x/gov/types/errors.go). */
export const authorityErrors = registerErrors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
});
