import type { Delegating } from '../delegating.ts';
import type { StakingSigners } from '../expected.ts';
import type { Redelegating } from '../redelegating.ts';
import type { StakingState } from '../state.ts';
import type { MessageReader } from './reading.ts';

/** What staking's handlers work with. */
export interface StakingParts {
  readonly state: StakingState;
  readonly delegating: Delegating;
  readonly redelegating: Redelegating;
  readonly reader: MessageReader;
  readonly signers: StakingSigners | undefined;
  /** Bech32 address of the governance account. */
  readonly authority: string;
}
