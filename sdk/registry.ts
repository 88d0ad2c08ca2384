import { type GeneratedType, Registry } from '@cosmjs/proto-signing';
import { defaultRegistryTypes } from '@cosmjs/stargate';
import * as beacon from '../proto/generated/infinet/beacon/v1/tx.ts';
import * as contribution from '../proto/generated/infinet/contribution/v1/tx.ts';
import * as oracle from '../proto/generated/infinet/oracle/v1/tx.ts';
import * as rewards from '../proto/generated/infinet/rewards/v1/tx.ts';
import * as verification from '../proto/generated/infinet/verification/v1/tx.ts';

/** Every message of AI Infinet's own modules, for a CosmJS `Registry`. */
export const infinetTypes: ReadonlyArray<[typeUrl: string, type: GeneratedType]> = [
  ['/infinet.beacon.v1.MsgRegisterVrfKey', beacon.MsgRegisterVrfKey],
  ['/infinet.beacon.v1.MsgUpdateParams', beacon.MsgUpdateParams],
  ['/infinet.contribution.v1.MsgAppeal', contribution.MsgAppeal],
  ['/infinet.contribution.v1.MsgAppendRecords', contribution.MsgAppendRecords],
  ['/infinet.contribution.v1.MsgOpenShard', contribution.MsgOpenShard],
  ['/infinet.contribution.v1.MsgSetStreamDevices', contribution.MsgSetStreamDevices],
  ['/infinet.contribution.v1.MsgCreateObjective', contribution.MsgCreateObjective],
  ['/infinet.contribution.v1.MsgCancelObjective', contribution.MsgCancelObjective],
  ['/infinet.contribution.v1.MsgCommitContribution', contribution.MsgCommitContribution],
  ['/infinet.contribution.v1.MsgSubmitContribution', contribution.MsgSubmitContribution],
  ['/infinet.contribution.v1.MsgUpdateManifest', contribution.MsgUpdateManifest],
  ['/infinet.contribution.v1.MsgWithdrawContribution', contribution.MsgWithdrawContribution],
  ['/infinet.oracle.v1.MsgUpdateParams', oracle.MsgUpdateParams],
  ['/infinet.rewards.v1.MsgUpdateParams', rewards.MsgUpdateParams],
  ['/infinet.rewards.v1.MsgClaimRewards', rewards.MsgClaimRewards],
  ['/infinet.verification.v1.MsgRegisterVerifier', verification.MsgRegisterVerifier],
  ['/infinet.verification.v1.MsgUpdateVerifier', verification.MsgUpdateVerifier],
  ['/infinet.verification.v1.MsgAckData', verification.MsgAckData],
  ['/infinet.verification.v1.MsgCommitAttestation', verification.MsgCommitAttestation],
  ['/infinet.verification.v1.MsgRevealAttestation', verification.MsgRevealAttestation],
  ['/infinet.verification.v1.MsgRegisterRun', verification.MsgRegisterRun],
  ['/infinet.verification.v1.MsgCommitRun', verification.MsgCommitRun],
  ['/infinet.verification.v1.MsgOpenDispute', verification.MsgOpenDispute],
  ['/infinet.verification.v1.MsgRevealNodes', verification.MsgRevealNodes],
  ['/infinet.verification.v1.MsgSelectNode', verification.MsgSelectNode],
  ['/infinet.verification.v1.MsgProveLeaf', verification.MsgProveLeaf],
];

/** CosmJS' standard messages and ours. */
export function createRegistry(): Registry {
  return new Registry([...defaultRegistryTypes, ...infinetTypes]);
}
