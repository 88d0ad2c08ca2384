import { registerErrors } from '../../chain/errors.ts';

/** Codespace `contribution`; numbers are only appended. */
export const contributionErrors = registerErrors('contribution', {
  objectiveNotFound: [2, 'objective not found'],
  contributionNotFound: [3, 'contribution not found'],
  wrongKind: [4, 'contribution is not of the kind that the objective asks for'],
  kindNotSubmittable: [5, 'contributions of this kind cannot be submitted'],
  commitmentNotFound: [6, 'no commitment opens with this root, sender and salt'],
  commitmentTooYoung: [7, 'commitment must be in an earlier block than its submission'],
  commitmentExpired: [8, 'commitment has expired'],
  commitmentExists: [9, 'commitment was made already'],
  duplicateRoot: [10, 'content root was contributed already'],
  parentNotFound: [11, 'parent contribution not found'],
  parentUnusable: [12, 'parent contribution was rejected or withdrawn'],
  depositTooSmall: [13, 'deposit is too small'],
  bondTooSmall: [14, 'bond of the objective is too small'],
  objectiveClosed: [15, 'objective takes no more contributions'],
  notContributor: [16, 'only the contributor may do this'],
  notCreator: [17, 'only the creator of the objective may do this'],
  wrongStatus: [18, 'not possible in this status'],
  objectiveInUse: [19, 'objective has contributions'],
  schemaMismatch: [20, 'schema hash is not that of the objective'],
  invalidManifest: [21, 'invalid manifest'],
  invalidObjective: [22, 'invalid objective'],
  invalidSubmission: [23, 'invalid submission'],
  invalidCommitment: [24, 'invalid commitment'],
  wrongDenom: [25, 'wrong denomination'],
});
