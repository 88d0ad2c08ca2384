import { registerErrors } from '../../chain/errors.ts';

/** Numbers and texts of cosmossdk.io/x/upgrade v0.1, types/errors.go. */
export const upgradeErrors = registerErrors('upgrade', {
  noModuleVersion: [2, 'module version not found'],
  noPlan: [3, 'upgrade plan not found'],
  noUpgradedClient: [4, 'upgraded client not found'],
  noUpgradedConsensusState: [5, 'upgraded consensus state not found'],
  wrongAuthority: [6, 'expected authority account as only signer for proposal message'],
});
