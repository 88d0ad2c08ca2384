import { describe, expect, test } from 'vitest';
import { lengthPrefixedKey, pairKey, tripleKey } from '../../chain/collections/keys.ts';
import { Dec } from '../../chain/math/dec.ts';
import { toTimestamp } from '../../chain/time.ts';
import { stakingTx } from '../../sdk/codec/index.ts';
import { account, accountText, addresses } from '../bank/fixture.ts';
import { delegationValue, redelegationValue, unbondingValue } from './delegations.ts';
import { createValidatorMessage, operatorText } from './fixture.ts';
import { commissionText } from './handlers/editValidator.ts';
import { addressThenRaw, powerKey, queueKey, timeKey } from './keys.ts';
import { paramsValue } from './params.ts';
import { BondStatus, type Validator, validatorValue } from './validator.ts';
import vectors from './vectors.json' with { type: 'json' };

const time = 1_700_000_000_120_000_000n;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const keyHex = (prefix: string, key: string) => prefix + Buffer.from(key, 'latin1').toString('hex');
const [validatorBytes, destinationBytes, delegatorBytes] = [account(1), account(2), account(5)];

const commission = {
  rate: Dec.parse('0.1'),
  maxRate: Dec.parse('0.2'),
  maxChangeRate: Dec.parse('0.01'),
  updateTime: time,
};
const validator: Validator = {
  operator: validatorBytes,
  operatorAddress: operatorText(1),
  consensusPubkey: createValidatorMessage(1, 1n).pubkey ?? { typeUrl: '', value: new Uint8Array() },
  jailed: false,
  status: BondStatus.BOND_STATUS_BONDED,
  tokens: 6_000_000n,
  delegatorShares: Dec.fromInt(6_000_000n),
  description: { moniker: 'node1', identity: '', website: 'web', securityContact: '', details: '' },
  unbondingHeight: 0n,
  unbondingTime: 0n,
  commission,
  minSelfDelegation: 1n,
  unbondingOnHoldRefCount: 0n,
  unbondingIds: [],
};

describe('bytes that the Go SDK makes', () => {
  test('validators, bonded and unbonding', () => {
    const codec = validatorValue(addresses);
    const unbonding = {
      ...validator,
      jailed: true,
      status: BondStatus.BOND_STATUS_UNBONDING,
      unbondingHeight: 7n,
      unbondingTime: time,
      unbondingIds: [1n, 300n],
    };
    expect(hex(codec.write(validator))).toBe(vectors.validator);
    expect(hex(codec.write(unbonding))).toBe(vectors.unbondingValidator);
    expect(codec.read(codec.write(unbonding))).toEqual(unbonding);
  });

  test('delegations, unbondings, redelegations, parameters', () => {
    const pair = { delegatorAddress: accountText(5), validatorAddress: operatorText(1) };
    const entry = { creationHeight: 3n, completionTime: time, initialBalance: 45n, unbondingOnHoldRefCount: 0n };
    expect(hex(delegationValue.write({ ...pair, shares: Dec.parse('100.5') }))).toBe(vectors.delegation);
    const unbonding = { ...pair, entries: [{ ...entry, balance: 45n, unbondingId: 1n }] };
    expect(hex(unbondingValue.write(unbonding))).toBe(vectors.unbonding);
    const redelegation = {
      delegatorAddress: accountText(5),
      validatorSrcAddress: operatorText(1),
      validatorDstAddress: operatorText(2),
      entries: [{ ...entry, sharesDst: Dec.parse('45'), unbondingId: 2n }],
    };
    expect(hex(redelegationValue.write(redelegation))).toBe(vectors.redelegation);
    const params = {
      unbondingTime: 100_000_000_000n,
      maxValidators: 3,
      maxEntries: 3,
      historicalEntries: 0,
      bondDenom: 'uinf',
      minCommissionRate: Dec.parse('0.01'),
    };
    expect(hex(paramsValue.write(params))).toBe(vectors.params);
    const response = { completionTime: toTimestamp(time), amount: { denom: 'uinf', amount: '5' } };
    expect(hex(stakingTx.MsgUndelegateResponse.encode(response).finish())).toBe(vectors.undelegateResponse);
  });

  test('keys', () => {
    const two = pairKey(lengthPrefixedKey, lengthPrefixedKey);
    const three = tripleKey(lengthPrefixedKey, lengthPrefixedKey, lengthPrefixedKey);
    expect({
      powerKey: keyHex('23', powerKey.write([6n, validatorBytes], true)),
      delegationKey: keyHex('31', two.write([delegatorBytes, validatorBytes], true)),
      delegationByValidatorKey: keyHex('71', addressThenRaw.write([validatorBytes, delegatorBytes], true)),
      unbondingKey: keyHex('32', two.write([delegatorBytes, validatorBytes], true)),
      unbondingByValidatorKey: keyHex('33', two.write([validatorBytes, delegatorBytes], true)),
      redelegationKey: keyHex('34', three.write([delegatorBytes, validatorBytes, destinationBytes], true)),
      redelegationBySourceKey: keyHex('35', three.write([validatorBytes, delegatorBytes, destinationBytes], true)),
      redelegationByDestinationKey: keyHex('36', three.write([destinationBytes, delegatorBytes, validatorBytes], true)),
      unbondingTimeKey: keyHex('41', timeKey.write(time, true)),
      validatorQueueKey: keyHex('43', queueKey.write([time, 7n], true)),
    }).toMatchObject(Object.fromEntries(Object.entries(vectors).filter(([name]) => name.endsWith('Key'))));
  });

  test('the commission in the event of an edit', () => {
    expect(commissionText(commission)).toBe(vectors.commissionText);
    expect(commissionText({ ...commission, rate: Dec.zero, updateTime: 1_700_000_000_000_000_000n })).toBe(
      vectors.commissionText0,
    );
  });
});
