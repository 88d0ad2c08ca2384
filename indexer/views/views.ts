import { accountsView } from './accounts/view.ts';
import { auditView } from './audit/view.ts';
import { beaconView } from './beacon/view.ts';
import { contributionsView } from './contributions/view.ts';
import { disputesView } from './disputes/view.ts';
import { oracleView } from './oracle/view.ts';
import { rewardsView } from './rewards/view.ts';
import { transfersView } from './transfers/view.ts';
import { validatorsView } from './validators/view.ts';
import { valuationsView } from './valuations/view.ts';
import { verificationView } from './verification/view.ts';
import type { View } from './view.ts';

/** Everything that is made from the chain's blocks and events. */
export const views: readonly View[] = [
  accountsView,
  transfersView,
  validatorsView,
  contributionsView,
  verificationView,
  disputesView,
  valuationsView,
  rewardsView,
  oracleView,
  beaconView,
  auditView,
];
