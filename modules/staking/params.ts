import type { ValueCodec } from '../../chain/collections/values.ts';
import { isDenom } from '../../chain/math/coins.ts';
import { Dec } from '../../chain/math/dec.ts';
import { staking } from '../../sdk/codec/index.ts';

export interface StakingParams {
  /** Nanoseconds. */
  readonly unbondingTime: bigint;
  /** Most validators in the active set. */
  readonly maxValidators: number;
  /** Most unbondings of one delegator from one validator at a time. */
  readonly maxEntries: number;
  readonly historicalEntries: number;
  readonly bondDenom: string;
  readonly minCommissionRate: Dec;
}

const nanosPerSecond = 1_000_000_000n;

export function paramsProto(params: StakingParams): staking.Params {
  const { unbondingTime } = params;
  return {
    ...params,
    unbondingTime: { seconds: unbondingTime / nanosPerSecond, nanos: Number(unbondingTime % nanosPerSecond) },
    minCommissionRate: params.minCommissionRate.toAtomsText(),
  };
}

/** Throws a `RangeError` on a malformed rate. */
export function readParams(proto: staking.Params): StakingParams {
  const { seconds, nanos } = proto.unbondingTime;
  return {
    ...proto,
    unbondingTime: seconds * nanosPerSecond + BigInt(nanos),
    minCommissionRate: Dec.parseAtoms(proto.minCommissionRate),
  };
}

export const paramsValue: ValueCodec<StakingParams> = {
  write: (params) => staking.Params.encode(paramsProto(params)).finish(),
  read: (bytes) => readParams(staking.Params.decode(bytes)),
};

/** Why the parameters are not valid, or undefined (x/staking/types/params.go). */
export function paramsProblem(params: StakingParams): string | undefined {
  const { unbondingTime, maxValidators, maxEntries, bondDenom, minCommissionRate } = params;
  if (unbondingTime <= 0n) return `unbonding time must be positive: ${unbondingTime}`;
  if (maxValidators === 0) return 'max validators must be positive: 0';
  if (maxEntries === 0) return 'max entries must be positive: 0';
  if (bondDenom.trim() === '') return 'bond denom cannot be blank';
  if (!isDenom(bondDenom)) return `invalid denom: ${bondDenom}`;
  if (minCommissionRate.isNegative) return `minimum commission rate cannot be negative: ${minCommissionRate}`;
  if (minCommissionRate.greaterThan(Dec.one)) {
    return `minimum commission rate cannot be greater than 100%: ${minCommissionRate}`;
  }
  return undefined;
}
