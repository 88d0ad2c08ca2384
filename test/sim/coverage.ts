import type { ErrorKind } from '../../chain/errors.ts';
import * as bank from '../../modules/bank/errors.ts';
import * as beacon from '../../modules/beacon/errors.ts';
import * as consensus from '../../modules/consensus/errors.ts';
import * as contribution from '../../modules/contribution/errors.ts';
import * as feegrant from '../../modules/feegrant/errors.ts';
import * as oracle from '../../modules/oracle/errors.ts';
import * as rewards from '../../modules/rewards/errors.ts';
import * as slashing from '../../modules/slashing/errors.ts';
import * as staking from '../../modules/staking/errors.ts';
import * as upgrade from '../../modules/upgrade/errors.ts';
import * as verification from '../../modules/verification/errors.ts';
import { routedMessages } from './registry.ts';
import type { Summary } from './summary.ts';

const sdkOnly = 'the SDK declares it, and nothing here or there ends a tx with it';
const query = 'only a query answers it';
const vote = 'of a vote, never of a tx: modules/oracle/oracle.test.ts, modules/beacon/beacon.test.ts';

/** Codes that no simulated tx ends with, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  'bank 2': 'a message without inputs has no signer, which is refused before it is routed',
  'bank 6': query,
  'bank 7': sdkOnly,
  'bank 8': 'genesis',
  'beacon 6': query,
  'beacon 9': vote,
  'beacon 10': vote,
  'oracle 2': query,
  'oracle 3': query,
  ...Object.fromEntries([4, 5, 6, 7].map((code) => [`oracle ${code}`, vote])),
  'contribution 7': 'a commitment and its submission in one block: modules/contribution/submission.test.ts',
  'contribution 8': 'the end of a block removes what has expired: modules/contribution/submission.test.ts',
  'rewards 3': 'between modules: modules/rewards/rewards.test.ts',
  'rewards 4': 'between modules: modules/rewards/rewards.test.ts',
  'rewards 5': query,
  'rewards 6': query,
  'upgrade 2': query,
  'upgrade 3': sdkOnly,
  'upgrade 4': sdkOnly,
  'upgrade 5': sdkOnly,
  'staking 15': 'a day after the last change: modules/staking/messages.test.ts',
  'staking 44': 'an unknown source has no delegation, which is looked for first',
  'staking 30': 'shares worth less than a token: modules/staking/delegating.test.ts',
  'staking 34': 'a validator slashed to nothing: modules/staking/slashing.test.ts',
  'verification 18': 'a specification larger than the parameters: modules/verification/runs.test.ts',
  ...Object.fromEntries([2, 3, 6, 8, 9].map((code) => [`slashing ${code}`, sdkOnly])),
  'slashing 7': 'own stake below the minimum: modules/slashing/downtime.test.ts',
  ...Object.fromEntries(
    [2, 8, 18, 20, 21, 22, 23, 24, 25, 26, 28, 35, 36, 37, 38, 41, 42, 43, 45].map((code) => [
      `staking ${code}`,
      sdkOnly,
    ]),
  ),
};

const declared: readonly Readonly<Record<string, Readonly<Record<string, ErrorKind>>>>[] = [
  bank,
  beacon,
  consensus,
  contribution,
  feegrant,
  oracle,
  rewards,
  slashing,
  staking,
  upgrade,
  verification,
];

/** `codespace code` of every error that a module declares and a tx may end with, sorted. */
export const documentedErrors: readonly string[] = [
  ...new Set(
    declared
      .flatMap((module) => Object.values(module))
      .flatMap((errors) => Object.values(errors))
      .map(({ codespace, code }) => `${codespace} ${code}`)
      .filter((code) => elsewhere[code] === undefined),
  ),
].sort();

/** Message types that never succeeded: what such a run says about them is worth nothing. */
export function neverSucceeded({ carriedOut }: Summary): string[] {
  return routedMessages.filter((typeUrl) => !carriedOut.has(typeUrl));
}

export function neverRefused({ results }: Summary): string[] {
  return documentedErrors.filter((code) => !results.has(code));
}
