import { describe, expect, test } from 'vitest';
import { staking, stakingQuery } from './index.ts';

const validator = staking.Validator.fromPartial({ operatorAddress: 'x', tokens: '1' });

describe('the mended validator', () => {
  test('has no bytes for an empty list of unbonding ids', () => {
    const bytes = staking.Validator.encode(validator).finish();
    expect(Buffer.from(bytes).toString('hex')).toBe('0a01782a01313a004a0052040a001200');
    expect(staking.Validator.decode(bytes)).toEqual(validator);
  });

  test('is written as before when there are some, and inside other messages', () => {
    const busy = { ...validator, unbondingIds: [1n, 300n] };
    expect(staking.Validator.decode(staking.Validator.encode(busy).finish())).toEqual(busy);
    for (const found of [validator, busy]) {
      const bytes = stakingQuery.QueryValidatorsResponse.encode({
        validators: [found, found],
        pagination: undefined,
      }).finish();
      expect(stakingQuery.QueryValidatorsResponse.decode(bytes).validators).toEqual([found, found]);
    }
  });
});
