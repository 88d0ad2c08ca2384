import type { ValueCodec } from '../../chain/collections/values.ts';
import { Dec } from '../../chain/math/dec.ts';
import { fromTimestamp, toTimestamp } from '../../chain/time.ts';
import { staking } from '../../sdk/codec/index.ts';

/** Addresses are Bech32, as in state; times are nanoseconds since the Unix epoch; amounts are tokens. */

export interface Delegation {
  readonly delegatorAddress: string;
  readonly validatorAddress: string;
  readonly shares: Dec;
}

export interface UnbondingEntry {
  readonly creationHeight: bigint;
  readonly completionTime: bigint;
  readonly initialBalance: bigint;
  /** What will be paid out: less than at first if it was slashed meanwhile. */
  readonly balance: bigint;
  readonly unbondingId: bigint;
  readonly unbondingOnHoldRefCount: bigint;
}

export interface UnbondingDelegation {
  readonly delegatorAddress: string;
  readonly validatorAddress: string;
  readonly entries: readonly UnbondingEntry[];
}

export interface RedelegationEntry {
  readonly creationHeight: bigint;
  readonly completionTime: bigint;
  readonly initialBalance: bigint;
  /** Shares of the destination. */
  readonly sharesDst: Dec;
  readonly unbondingId: bigint;
  readonly unbondingOnHoldRefCount: bigint;
}

export interface Redelegation {
  readonly delegatorAddress: string;
  readonly validatorSrcAddress: string;
  readonly validatorDstAddress: string;
  readonly entries: readonly RedelegationEntry[];
}

/** Whether an entry's time is over and nothing holds it back. */
export function isMature(entry: UnbondingEntry | RedelegationEntry, now: bigint): boolean {
  return entry.completionTime <= now && entry.unbondingOnHoldRefCount <= 0n;
}

export function delegationProto({ delegatorAddress, validatorAddress, shares }: Delegation): staking.Delegation {
  return { delegatorAddress, validatorAddress, shares: shares.toAtomsText() };
}

export function unbondingProto(unbonding: UnbondingDelegation): staking.UnbondingDelegation {
  return {
    ...unbonding,
    entries: unbonding.entries.map((entry) => ({
      ...entry,
      completionTime: toTimestamp(entry.completionTime),
      initialBalance: entry.initialBalance.toString(),
      balance: entry.balance.toString(),
    })),
  };
}

export function redelegationEntryProto(entry: RedelegationEntry): staking.RedelegationEntry {
  return {
    ...entry,
    completionTime: toTimestamp(entry.completionTime),
    initialBalance: entry.initialBalance.toString(),
    sharesDst: entry.sharesDst.toAtomsText(),
  };
}

export const delegationValue: ValueCodec<Delegation> = {
  write: (delegation) => staking.Delegation.encode(delegationProto(delegation)).finish(),
  read: (bytes) => {
    const proto = staking.Delegation.decode(bytes);
    return { ...proto, shares: Dec.parseAtoms(proto.shares) };
  },
};

export const unbondingValue: ValueCodec<UnbondingDelegation> = {
  write: (unbonding) => staking.UnbondingDelegation.encode(unbondingProto(unbonding)).finish(),
  read: (bytes) => {
    const proto = staking.UnbondingDelegation.decode(bytes);
    const entries = proto.entries.map((entry) => ({
      ...entry,
      completionTime: fromTimestamp(entry.completionTime),
      initialBalance: BigInt(entry.initialBalance),
      balance: BigInt(entry.balance),
    }));
    return { ...proto, entries };
  },
};

export const redelegationValue: ValueCodec<Redelegation> = {
  write: (redelegation) => {
    const entries = redelegation.entries.map(redelegationEntryProto);
    return staking.Redelegation.encode({ ...redelegation, entries }).finish();
  },
  read: (bytes) => {
    const proto = staking.Redelegation.decode(bytes);
    const entries = proto.entries.map((entry) => ({
      ...entry,
      completionTime: fromTimestamp(entry.completionTime),
      initialBalance: BigInt(entry.initialBalance),
      sharesDst: Dec.parseAtoms(entry.sharesDst),
    }));
    return { ...proto, entries };
  },
};
