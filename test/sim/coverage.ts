import type { ErrorKind } from '../../chain/errors.ts';
import * as auth from '../../modules/auth/errors.ts';
import * as bank from '../../modules/bank/errors.ts';
import * as beacon from '../../modules/beacon/errors.ts';
import * as consensus from '../../modules/consensus/errors.ts';
import * as contribution from '../../modules/contribution/errors.ts';
import * as feegrant from '../../modules/feegrant/errors.ts';
import * as rewards from '../../modules/rewards/errors.ts';
import * as staking from '../../modules/staking/errors.ts';
import * as upgrade from '../../modules/upgrade/errors.ts';
import * as verification from '../../modules/verification/errors.ts';
import { routedMessages } from './registry.ts';
import type { Summary } from './summary.ts';

/** Codes that no tx can end with, and why. */
const unreachable: Readonly<Record<string, string>> = {};

const declared: readonly Readonly<Record<string, Readonly<Record<string, ErrorKind>>>>[] = [
  auth,
  bank,
  beacon,
  consensus,
  contribution,
  feegrant,
  rewards,
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
      .filter((code) => unreachable[code] === undefined),
  ),
].sort();

/** Message types that never succeeded: what such a run says about them is worth nothing. */
export function neverSucceeded({ carriedOut }: Summary): string[] {
  return routedMessages.filter((typeUrl) => !carriedOut.has(typeUrl));
}

export function neverRefused({ results }: Summary): string[] {
  return documentedErrors.filter((code) => !results.has(code));
}
