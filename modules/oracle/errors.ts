import { registerErrors } from '../../chain/errors.ts';

export const oracleErrors = registerErrors('oracle', {
  unknownSymbol: [2, 'the oracle has no such symbol'],
  noPrice: [3, 'the symbol has no price yet'],
});
