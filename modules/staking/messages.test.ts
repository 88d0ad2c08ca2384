import { describe, expect, test } from 'vitest';
import { stakingTx } from '../../sdk/codec/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { account, accountText, addresses, broken, refusal, run } from '../bank/fixture.ts';
import {
  createFixture,
  createValidator,
  createValidatorMessage,
  type Fixture,
  later,
  operatorText,
} from './fixture.ts';
import { msgCreateValidator, msgEditValidator, msgUpdateParams } from './messages.ts';

const million = 1_000_000n;

function _problems(fixture: Fixture, height = 1n): string[] {
  return broken(later(fixture, height), fixture.bank.module, fixture.auth.module, fixture.staking.module);
}

describe('creating and editing validators', () => {
  const create = (fixture: Fixture, change: Partial<stakingTx.MsgCreateValidator>) =>
    refusal(() =>
      run(
        later(fixture, 1n),
        fixture.staking.module,
        msgCreateValidator.typeUrl,
        stakingTx.MsgCreateValidator.encode({ ...createValidatorMessage(1, 5n * million), ...change }).finish(),
      ),
    );
  const rates = createValidatorMessage(1, 1n).commission;
  const texts = createValidatorMessage(1, 1n).description;
  const none = { moniker: '', identity: '', website: '', securityContact: '', details: '' };

  test.each<[string, Partial<stakingTx.MsgCreateValidator>, string]>([
    ['without key', { pubkey: undefined }, 'staking 39: empty validator public key'],
    [
      'with a key that cannot sign blocks',
      { pubkey: { typeUrl: '/cosmos.crypto.secp256k1.PubKey', value: new Uint8Array() } },
      'staking 6: got: secp256k1, expected: [ed25519]: validator pubkey type is not supported',
    ],
    ['without name', { description: none }, 'sdk 18: empty description: invalid request'],
    [
      'with a long name',
      { description: { ...texts, moniker: 'ä'.repeat(36) } },
      'sdk 18: invalid moniker length; got: 72, max: 70: invalid request',
    ],
    ['without stake', { value: { denom: 'uinf', amount: '0' } }, 'sdk 18: invalid delegation amount: invalid request'],
    [
      'in another coin',
      { value: { denom: 'abc', amount: '5' } },
      'sdk 18: invalid coin denomination: got abc, expected uinf: invalid request',
    ],
    [
      'with less than its minimum',
      { minSelfDelegation: '5000001' },
      "staking 16: validator's self delegation must be greater than their minimum self delegation",
    ],
    [
      'without minimum',
      { minSelfDelegation: '' },
      'sdk 18: minimum self delegation must be a positive integer: invalid request',
    ],
    [
      'with too small a commission',
      { commission: { ...rates, rate: '1' } },
      'staking 40: cannot set validator commission to less than minimum rate of 0.010000000000000000: commission cannot be less than min rate',
    ],
    [
      'with a commission above its maximum',
      { commission: { ...rates, rate: '300000000000000000' } },
      'staking 11: commission cannot be more than the max rate',
    ],
    [
      'with a maximum above 1',
      { commission: { ...rates, maxRate: '1000000000000000001' } },
      'staking 10: commission cannot be more than 100%',
    ],
    ['with a negative commission', { commission: { ...rates, rate: '-1' } }, 'staking 9: commission must be positive'],
    [
      'with a step above the maximum',
      { commission: { ...rates, maxChangeRate: '200000000000000001' } },
      'staking 14: commission change rate cannot be more than the max rate',
    ],
    [
      'without commission',
      { commission: { rate: '', maxRate: '', maxChangeRate: '' } },
      'sdk 18: empty commission: invalid request',
    ],
    [
      'for an account address',
      { validatorAddress: accountText(1) },
      `sdk 7: invalid validator address: hrp does not match bech32 prefix: expected 'infinetvaloper' got 'infinet': internal logic error: invalid address`,
    ],
  ])('%s: %3$s', (_, change, expected) => {
    expect(create(createFixture(), change)).toBe(expected);
  });

  test('one operator and one key make one validator', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 5n * million);
    expect(create(fixture, {})).toMatch(/^staking 4: /);
    expect(create(fixture, { validatorAddress: operatorText(2) })).toMatch(/^staking 5: /);
  });

  test('the operator signs with its account', () => {
    const { messages } = createFixture().staking.module;
    const route = messages?.find(({ typeUrl }) => typeUrl === msgCreateValidator.typeUrl);
    const bytes = stakingTx.MsgCreateValidator.encode(createValidatorMessage(1, 1n)).finish();
    expect(route?.prepare(bytes).signers).toEqual([accountText(1)]);
  });

  test('a commission changes once a day, by its step at most', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 5n * million);
    const edit = (seconds: bigint, rate: string, moniker = '[do-not-modify]') =>
      refusal(() =>
        run(
          later(fixture, 2n, seconds),
          fixture.staking.module,
          msgEditValidator.typeUrl,
          stakingTx.MsgEditValidator.encode({
            description: { ...none, moniker },
            validatorAddress: operatorText(1),
            commissionRate: rate,
            minSelfDelegation: '',
          }).finish(),
        ),
      );
    expect(edit(60n, '110000000000000000')).toMatch(/^staking 12: /);
    expect(edit(86_400n, '120000000000000000')).toMatch(/^staking 15: /);
    expect(edit(86_400n, '110000000000000000', 'new name')).toBe('not refused');
    const validator = fixture.staking.keeper.validatorByOperator(later(fixture, 2n), account(1));
    expect(validator?.commission.rate.toString()).toBe('0.110000000000000000');
    expect(validator?.description.moniker).toBe('new name');
    expect(edit(200_000n, '', '')).toMatch(/^sdk 18: empty description/);
  });
});

test('parameters with a rate that is no number are refused with a code, not with a panic', () => {
  const fixture = createFixture();
  const update = (minCommissionRate: string) => {
    const message = stakingTx.MsgUpdateParams.fromPartial({
      authority: addresses.accountText(moduleAddress('gov')),
      params: {
        unbondingTime: { seconds: 60n, nanos: 0 },
        maxValidators: 5,
        maxEntries: 7,
        historicalEntries: 0,
        bondDenom: 'uinf',
        minCommissionRate,
      },
    });
    const bytes = stakingTx.MsgUpdateParams.encode(message).finish();
    return refusal(() => run(later(fixture, 1n), fixture.staking.module, msgUpdateParams.typeUrl, bytes));
  };
  expect(update('NaN')).toMatch(/^sdk 2: /);
  expect(update('')).toMatch(/^sdk 18: minimum commission rate cannot be nil/);
  expect(update('0')).toBe('not refused');
});
