import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stakingTx, staking as stakingTypes } from '../../sdk/codec/index.ts';
import { account, accountText, addresses, broken, dump, refusal, run } from '../bank/fixture.ts';
import {
  createFixture,
  createValidator,
  createValidatorMessage,
  delegate,
  endBlock,
  type Fixture,
  fortune,
  later,
  operatorText,
  unbondingSeconds,
  undelegate,
} from './fixture.ts';
import { msgBeginRedelegate, msgCancelUnbonding, msgCreateValidator, msgEditValidator } from './messages.ts';

const million = 1_000_000n;

function problems(fixture: Fixture, height = 1n): string[] {
  return broken(later(fixture, height), fixture.bank.module, fixture.auth.module, fixture.staking.module);
}

describe('the active set', () => {
  test('a new validator is told to CometBFT at the end of the block, best first, and only changes afterwards', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 5n * million);
    createValidator(ctx, fixture, 2, 9n * million);
    expect(endBlock(ctx, fixture)).toEqual([
      [2, 9n],
      [1, 5n],
    ]);
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([]);
    delegate(later(fixture, 3n), fixture, 5, 1, '999999');
    expect(endBlock(later(fixture, 3n), fixture)).toEqual([]);
    delegate(later(fixture, 4n), fixture, 5, 1, '1');
    expect(endBlock(later(fixture, 4n), fixture)).toEqual([[1, 6n]]);
    expect(problems(fixture)).toEqual([]);
  });

  test('holds the best three of four; who falls out is sent with power 0, once', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    for (const byte of [1, 2, 3]) createValidator(ctx, fixture, byte, BigInt(byte) * million);
    endBlock(ctx, fixture);
    const next = later(fixture, 2n);
    createValidator(next, fixture, 4, 4n * million);
    expect(endBlock(next, fixture)).toEqual([
      [4, 4n],
      [1, 0n],
    ]);
    expect(endBlock(later(fixture, 3n), fixture)).toEqual([]);
    expect(fixture.staking.keeper.bondedValidators(later(fixture, 3n)).map(({ power }) => power)).toEqual([4n, 3n, 2n]);
    expect(fixture.staking.keeper.totalBondedPower(later(fixture, 3n))).toBe(9n);
    expect(problems(fixture)).toEqual([]);
  });

  test('equal stakes rank by operator address', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    for (const byte of [3, 1, 2]) createValidator(ctx, fixture, byte, 2n * million);
    expect(endBlock(ctx, fixture).map(([byte]) => byte)).toEqual([1, 2, 3]);
  });

  test('a validator with less than one unit of power is never sent', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, million - 1n);
    expect(endBlock(ctx, fixture)).toEqual([]);
    expect(problems(fixture)).toEqual([]);
  });

  test('a jailed one leaves, and comes back when it is let out', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 5n * million);
    endBlock(later(fixture, 1n), fixture);
    fixture.staking.keeper.jail(later(fixture, 2n), account(1));
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([[1, 0n]]);
    fixture.staking.keeper.unjail(later(fixture, 3n), account(1));
    expect(endBlock(later(fixture, 3n), fixture)).toEqual([[1, 5n]]);
    expect(problems(fixture)).toEqual([]);
  });

  test('an unbonded validator without delegations is forgotten when its time is over', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 5n * million);
    createValidator(ctx, fixture, 2, 5n * million);
    endBlock(ctx, fixture);
    undelegate(later(fixture, 2n), fixture, 1, 1, (5n * million).toString());
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([[1, 0n]]);
    endBlock(later(fixture, 3n, unbondingSeconds - 1n), fixture);
    expect(fixture.staking.keeper.validatorByOperator(later(fixture, 3n), account(1))).toBeDefined();
    endBlock(later(fixture, 4n, unbondingSeconds), fixture);
    expect(fixture.staking.keeper.validatorByOperator(later(fixture, 4n), account(1))).toBeUndefined();
    expect(fixture.bank.keeper.balance(later(fixture, 4n), account(1), 'uinf')).toBe(fortune);
    expect(problems(fixture)).toEqual([]);
  });
});

describe('delegations', () => {
  function withValidators() {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 5n * million);
    createValidator(ctx, fixture, 2, 9n * million);
    endBlock(ctx, fixture);
    return fixture;
  }

  test('tell of themselves in the SDK’s events and order', () => {
    const fixture = withValidators();
    const ctx = later(fixture, 2n);
    delegate(ctx, fixture, 5, 1, '250');
    undelegate(ctx, fixture, 5, 1, '50');
    expect(ctx.log.events.map(({ type, attributes }) => [type, ...attributes.map(({ key }) => key)])).toEqual([
      ['coin_spent', 'spender', 'amount'],
      ['coin_received', 'receiver', 'amount'],
      ['delegate', 'validator', 'delegator', 'amount', 'new_shares'],
      ['coin_spent', 'spender', 'amount'],
      ['coin_received', 'receiver', 'amount'],
      ['transfer', 'recipient', 'sender', 'amount'],
      ['message', 'sender'],
      ['unbond', 'validator', 'delegator', 'amount', 'completion_time'],
    ]);
    expect(ctx.log.events[2]?.attributes[3]?.value).toBe('250.000000000000000000');
    expect(ctx.log.events[7]?.attributes[3]?.value).toBe('2023-11-14T22:15:00Z');
  });

  test('are paid back when the unbonding time is over, not a second before', () => {
    const fixture = withValidators();
    delegate(later(fixture, 2n), fixture, 5, 1, '1000');
    undelegate(later(fixture, 3n), fixture, 5, 1, '400');
    endBlock(later(fixture, 4n, unbondingSeconds - 1n), fixture);
    expect(fixture.bank.keeper.balance(later(fixture, 4n), account(5), 'uinf')).toBe(fortune - 1000n);
    const end = later(fixture, 5n, unbondingSeconds);
    endBlock(end, fixture);
    expect(fixture.bank.keeper.balance(end, account(5), 'uinf')).toBe(fortune - 600n);
    expect(end.log.events.at(-1)).toEqual({
      type: 'complete_unbonding',
      attributes: [
        { key: 'amount', value: '400uinf' },
        { key: 'validator', value: operatorText(1) },
        { key: 'delegator', value: accountText(5) },
      ],
    });
    expect(problems(fixture)).toEqual([]);
  });

  test.each([
    ['zero', '0', 'sdk 18: invalid delegation amount: invalid request'],
    ['negative', '-1', 'sdk 18: invalid delegation amount: invalid request'],
    ['absent', '', 'sdk 18: invalid delegation amount: invalid request'],
    [
      '2^256-1',
      ((1n << 256n) - 1n).toString(),
      'sdk 5: failed to delegate; 1000000000000uinf is smaller than 115792089237316195423570985008687907853269984665640564039457584007913129639935uinf: insufficient funds',
    ],
    ['no number', 'much', 'sdk 2: amount of uinf: not an integer: "much": tx parse error'],
  ])('of %s tokens are refused', (_, amount, expected) => {
    const fixture = withValidators();
    const before = dump(fixture.state, 'staking');
    expect(refusal(() => delegate(later(fixture, 2n), fixture, 5, 1, amount))).toBe(expected);
    expect(dump(fixture.state, 'staking')).toEqual(before);
  });

  test('to nobody, and more than there is back, are refused', () => {
    const fixture = withValidators();
    const ctx = later(fixture, 2n);
    expect(refusal(() => delegate(ctx, fixture, 5, 8, '1'))).toBe('staking 3: validator does not exist');
    expect(refusal(() => undelegate(ctx, fixture, 5, 1, '1'))).toBe(
      'staking 19: no delegation for (address, validator) tuple',
    );
    delegate(ctx, fixture, 5, 1, '100');
    expect(refusal(() => undelegate(ctx, fixture, 5, 1, '101'))).toBe('sdk 18: invalid shares amount: invalid request');
  });

  test('a fourth unbonding at a time is refused; two in one block are one', () => {
    const fixture = withValidators();
    delegate(later(fixture, 2n), fixture, 5, 1, '100');
    for (const height of [3n, 3n, 4n, 5n]) undelegate(later(fixture, height, height), fixture, 5, 1, '1');
    expect(refusal(() => undelegate(later(fixture, 6n, 6n), fixture, 5, 1, '1'))).toMatch(/^staking 27: /);
  });

  test('an unbonding can be called off', () => {
    const fixture = withValidators();
    delegate(later(fixture, 2n), fixture, 5, 1, '100');
    undelegate(later(fixture, 3n), fixture, 5, 1, '100');
    const cancel = (amount: string, creationHeight: bigint) =>
      run(
        later(fixture, 4n),
        fixture.staking.module,
        msgCancelUnbonding.typeUrl,
        stakingTx.MsgCancelUnbondingDelegation.encode({
          delegatorAddress: accountText(5),
          validatorAddress: operatorText(1),
          amount: { denom: 'uinf', amount },
          creationHeight,
        }).finish(),
      );
    expect(refusal(() => cancel('101', 3n))).toMatch(/^sdk 18: amount is greater/);
    expect(refusal(() => cancel('1', 2n))).toMatch(/^sdk 38: /);
    cancel('40', 3n);
    cancel('60', 3n);
    expect(problems(fixture)).toEqual([]);
    endBlock(later(fixture, 9n, unbondingSeconds), fixture);
    expect(fixture.bank.keeper.balance(later(fixture, 9n), account(5), 'uinf')).toBe(fortune - 100n);
  });

  test('below its own minimum a validator is jailed', () => {
    const fixture = withValidators();
    undelegate(later(fixture, 2n), fixture, 1, 1, (5n * million).toString());
    delegate(later(fixture, 2n), fixture, 5, 2, '1');
    expect(fixture.staking.keeper.validatorByOperator(later(fixture, 2n), account(1))?.jailed).toBe(true);
    expect(problems(fixture)).toEqual([]);
  });

  test('move to another validator at once, but not on from there', () => {
    const fixture = withValidators();
    createValidator(later(fixture, 2n), fixture, 3, 2n * million);
    endBlock(later(fixture, 2n), fixture);
    delegate(later(fixture, 3n), fixture, 5, 1, (3n * million).toString());
    const move = (from: number, to: number) =>
      run(
        later(fixture, 4n),
        fixture.staking.module,
        msgBeginRedelegate.typeUrl,
        stakingTx.MsgBeginRedelegate.encode({
          delegatorAddress: accountText(5),
          validatorSrcAddress: operatorText(from),
          validatorDstAddress: operatorText(to),
          amount: { denom: 'uinf', amount: million.toString() },
        }).finish(),
      );
    move(1, 2);
    expect(endBlock(later(fixture, 4n), fixture)).toEqual([
      [2, 10n],
      [1, 7n],
    ]);
    expect(refusal(() => move(2, 3))).toMatch(/^staking 32: /);
    expect(refusal(() => move(1, 1))).toMatch(/^staking 29: /);
    expect(refusal(() => move(1, 8))).toMatch(/^staking 31: /);
    const end = later(fixture, 5n, unbondingSeconds);
    endBlock(end, fixture);
    expect(end.log.events.at(-1)?.type).toBe('complete_redelegation');
    move(2, 3);
    expect(problems(fixture)).toEqual([]);
  });
});

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
      'staking 6: got: /cosmos.crypto.secp256k1.PubKey, expected: [ed25519]: validator pubkey type is not supported',
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
      `sdk 7: invalid validator address: invalid Bech32 prefix; expected infinetvaloper, got infinet: invalid address`,
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
    expect(msgCreateValidator.signers(createValidatorMessage(1, 1n))).toEqual([accountText(1)]);
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

describe('slashing', () => {
  test('burns the fraction of the stake, and everyone’s shares are worth less', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 6n * million);
    delegate(later(fixture, 1n), fixture, 5, 1, (4n * million).toString());
    endBlock(later(fixture, 1n), fixture);
    const ctx = later(fixture, 2n);
    expect(fixture.staking.keeper.slash(ctx, account(1), 50_000n, 'wrong attestation')).toBe(500_000n);
    expect(ctx.log.events.at(-1)).toEqual({
      type: 'slash',
      attributes: [
        {
          key: 'address',
          value: addresses.consensusText(
            fixture.staking.keeper.bondedValidators(ctx)[0]?.consensusAddress ?? account(0),
          ),
        },
        { key: 'power', value: '10' },
        { key: 'reason', value: 'wrong attestation' },
        { key: 'burned_coins', value: '500000' },
      ],
    });
    expect(fixture.bank.keeper.supply(ctx, 'uinf')).toBe(9n * fortune - 500_000n);
    expect(endBlock(ctx, fixture)).toEqual([[1, 9n]]);
    undelegate(later(fixture, 3n), fixture, 5, 1, '3800000');
    endBlock(later(fixture, 4n, unbondingSeconds), fixture);
    expect(fixture.bank.keeper.balance(later(fixture, 4n), account(5), 'uinf')).toBe(fortune - 200_000n);
    expect(problems(fixture)).toEqual([]);
  });

  test('reaches what was unbonded or moved after the fault, and nothing that left before', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 6n * million);
    createValidator(ctx, fixture, 2, 6n * million);
    for (const byte of [5, 6, 7]) delegate(ctx, fixture, byte, 1, million.toString());
    endBlock(ctx, fixture);
    undelegate(later(fixture, 2n), fixture, 5, 1, million.toString());
    undelegate(later(fixture, 4n), fixture, 6, 1, million.toString());
    run(
      later(fixture, 5n),
      fixture.staking.module,
      msgBeginRedelegate.typeUrl,
      stakingTx.MsgBeginRedelegate.encode({
        delegatorAddress: accountText(7),
        validatorSrcAddress: operatorText(1),
        validatorDstAddress: operatorText(2),
        amount: { denom: 'uinf', amount: million.toString() },
      }).finish(),
    );
    const before = fixture.bank.keeper.supply(later(fixture, 6n), 'uinf');
    expect(fixture.staking.keeper.slash(later(fixture, 6n), account(1), 100_000n, 'fraud', 3n)).toBe(600_000n);
    expect(fixture.bank.keeper.supply(later(fixture, 6n), 'uinf')).toBe(before - 800_000n);
    expect(problems(fixture, 6n)).toEqual([]);
    endBlock(later(fixture, 7n, unbondingSeconds), fixture);
    expect([5, 6].map((byte) => fixture.bank.keeper.balance(later(fixture, 7n), account(byte), 'uinf'))).toEqual([
      fortune,
      fortune - 100_000n,
    ]);
  });

  test('of everything leaves a validator that no one can delegate to', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 5n * million);
    createValidator(later(fixture, 1n), fixture, 2, 5n * million);
    endBlock(later(fixture, 1n), fixture);
    fixture.staking.keeper.slash(later(fixture, 2n), account(1), million, 'all');
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([[1, 0n]]);
    expect(refusal(() => delegate(later(fixture, 3n), fixture, 5, 1, '1'))).toMatch(/^staking 34: /);
    expect(fixture.staking.keeper.slash(later(fixture, 3n), account(1), million, 'again')).toBe(0n);
    expect(fixture.staking.keeper.slash(later(fixture, 3n), account(9), million, 'nobody')).toBe(0n);
    expect(problems(fixture)).toEqual([]);
  });
});

test('whatever is delegated, taken back and slashed: tokens are conserved and every invariant holds', () => {
  const who = fc.integer({ min: 5, max: 7 });
  const where = fc.integer({ min: 1, max: 3 });
  const step = fc.oneof(
    fc.record({
      kind: fc.constantFrom('delegate' as const, 'undelegate' as const),
      who,
      where,
      amount: fc.bigInt(1n, 4n * million),
    }),
    fc.record({ kind: fc.constant('redelegate' as const), who, where, to: where, amount: fc.bigInt(1n, 4n * million) }),
    fc.record({ kind: fc.constant('slash' as const), where, micro: fc.bigInt(0n, 300_000n), ago: fc.bigInt(0n, 5n) }),
    fc.record({ kind: fc.constantFrom('jail' as const, 'unjail' as const), where }),
    fc.record({ kind: fc.constant('block' as const), seconds: fc.bigInt(1n, 60n) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const fixture = createFixture();
      const { bank, staking } = fixture;
      let height = 1n;
      let seconds = 0n;
      for (const byte of [1, 2, 3]) createValidator(later(fixture, height), fixture, byte, BigInt(byte) * 2n * million);
      endBlock(later(fixture, height), fixture);
      for (const now of steps) {
        const ctx = later(fixture, height, seconds);
        if (now.kind === 'block') {
          endBlock(ctx, fixture);
          height += 1n;
          seconds += now.seconds;
        } else if (now.kind === 'delegate')
          refusal(() => delegate(ctx, fixture, now.who, now.where, now.amount.toString()));
        else if (now.kind === 'undelegate')
          refusal(() => undelegate(ctx, fixture, now.who, now.where, now.amount.toString()));
        else if (now.kind === 'redelegate') {
          refusal(() =>
            run(
              ctx,
              staking.module,
              msgBeginRedelegate.typeUrl,
              stakingTx.MsgBeginRedelegate.encode({
                delegatorAddress: accountText(now.who),
                validatorSrcAddress: operatorText(now.where),
                validatorDstAddress: operatorText(now.to),
                amount: { denom: 'uinf', amount: now.amount.toString() },
              }).finish(),
            ),
          );
        } else if (now.kind === 'slash') {
          const fault = height > now.ago ? height - now.ago : 1n;
          staking.keeper.slash(ctx, account(now.where), now.micro, 'test', fault);
        } else staking.keeper[now.kind](ctx, account(now.where));
        expect(broken(later(fixture, height, seconds), bank.module, fixture.auth.module, staking.module)).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});

test('statuses are written as the SDK names them', () => {
  expect(stakingTypes.bondStatusToJSON(stakingTypes.BondStatus.BOND_STATUS_BONDED)).toBe('BOND_STATUS_BONDED');
});
