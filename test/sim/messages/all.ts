import type { Act } from '../view.ts';
import { bankActs } from './bank.ts';
import { beaconActs } from './beacon.ts';
import { contributionActs } from './contribution.ts';
import { feegrantActs } from './feegrant.ts';
import { governanceActs } from './governance.ts';
import { refusalActs } from './refusals.ts';
import { rewardsActs } from './rewards.ts';
import { slashingActs } from './slashing.ts';
import { stakingActs } from './staking.ts';
import { verificationActs } from './verification.ts';

interface ModuleActs {
  readonly list: readonly Act[];
  /** The most txs of this module in a block. */
  readonly perBlock: number;
}

/** Oracle and valuation have no messages: prices come with votes, values from verdicts. */
export const acts: readonly ModuleActs[] = [
  { list: governanceActs, perBlock: 1 },
  { list: bankActs, perBlock: 4 },
  { list: feegrantActs, perBlock: 2 },
  { list: stakingActs, perBlock: 4 },
  { list: slashingActs, perBlock: 1 },
  { list: beaconActs, perBlock: 1 },
  { list: contributionActs, perBlock: 4 },
  { list: verificationActs, perBlock: 16 },
  { list: rewardsActs, perBlock: 1 },
  { list: refusalActs, perBlock: 2 },
];
