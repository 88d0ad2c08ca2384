import { registerErrors } from '../../chain/errors.ts';

/** Numbers and texts of cosmos-sdk v0.50, x/slashing/types/errors.go. */
export const slashingErrors = registerErrors('slashing', {
  noValidatorForAddress: [2, 'address is not associated with any known validator'],
  badValidatorAddress: [3, 'validator does not exist for that address'],
  validatorJailed: [4, 'validator still jailed; cannot be unjailed'],
  validatorNotJailed: [5, 'validator not jailed; cannot be unjailed'],
  missingSelfDelegation: [6, 'validator has no self-delegation; cannot be unjailed'],
  selfDelegationTooLow: [7, "validator's self delegation less than minimum; cannot be unjailed"],
  noSigningInfo: [8, 'no validator signing info found'],
  validatorTombstoned: [9, 'validator already tombstoned'],
});

/** What staking and gov answer where the SDK's slashing passes their errors on. */
export const foreignErrors = {
  ...registerErrors('staking', {
    noValidator: [3, 'validator does not exist'],
    noDelegation: [19, 'no delegation for (address, validator) tuple'],
  }),
  ...registerErrors('gov', { invalidSigner: [13, 'expected gov account as only signer for proposal message'] }),
};
