import { describe, expect, test } from 'vitest';
import type { Misbehavior } from '../../chain/module.ts';
import { slashingQuery, stakingTx } from '../../sdk/codec/index.ts';
import { account, accountText, addresses, ask, dump, refusal, run } from '../bank/fixture.ts';
import {
  createValidator,
  createValidatorMessage,
  delegate,
  endBlock,
  fortune,
  later,
  operatorText,
  unbondingSeconds,
  undelegate,
} from '../staking/fixture.ts';
import { msgBeginRedelegate, msgCreateValidator } from '../staking/messages.ts';
import { createFixture, doubleVote, type Fixture, maxAge, problems, withoutKeys } from './fixture.ts';

const million = 1_000_000n;
const one = addresses.consensusText(doubleVote(1, 1n, 1n).validator);

/** Two validators of 10 and 20 from block 1 on; account 5 has 4 of the first's. */
function start(): Fixture {
  const fixture = createFixture();
  const ctx = later(fixture, 1n);
  createValidator(ctx, fixture, 1, 6n * million);
  createValidator(ctx, fixture, 2, 20n * million);
  delegate(ctx, fixture, 5, 1, (4n * million).toString());
  endBlock(ctx, fixture);
  return fixture;
}

/** Gives evidence at a height; returns the events and checks every invariant afterwards. */
function accuse(fixture: Fixture, height: bigint, faults: readonly Misbehavior[], seconds = 0n) {
  const ctx = later(fixture, height, seconds);
  fixture.slashing.module.misbehavior?.(ctx, faults);
  expect(problems(ctx, fixture)).toEqual([]);
  return ctx.log.events;
}

function supply(fixture: Fixture): bigint {
  return fixture.bank.keeper.supply(later(fixture, 99n), 'uinf');
}

describe('signing twice', () => {
  test('burns 5 % of the stake that signed, jails, and tombstones for good', () => {
    const fixture = start();
    const events = accuse(fixture, 5n, [doubleVote(1, 4n, 10n)]);
    expect(events.filter(({ type }) => type === 'slash')).toEqual([
      {
        type: 'slash',
        attributes: [
          { key: 'address', value: one },
          { key: 'power', value: '10' },
          { key: 'reason', value: 'double_sign' },
          { key: 'burned_coins', value: '500000' },
        ],
      },
      { type: 'slash', attributes: [{ key: 'jailed', value: one }] },
    ]);
    expect(supply(fixture)).toBe(9n * fortune - 500_000n);
    expect(endBlock(later(fixture, 5n), fixture)).toEqual([[1, 0n]]);
    expect(fixture.slashing.keeper.isTombstoned(later(fixture, 6n), doubleVote(1, 1n, 1n).validator)).toBe(true);
    expect(fixture.said).toHaveLength(1);
  });

  test('is punished once, however often and for whatever heights it is told', () => {
    const fixture = start();
    const fault = doubleVote(1, 4n, 10n);
    accuse(fixture, 5n, [fault, fault, { ...fault, kind: 'light_client_attack' }, doubleVote(1, 3n, 10n)]);
    accuse(fixture, 6n, [fault]);
    expect(supply(fixture)).toBe(9n * fortune - 500_000n);
    expect(fixture.said.filter((text) => text.startsWith('ignored'))).toHaveLength(4);
  });

  test('costs the stake of then, also what has been unbonded or moved to another validator since', () => {
    const fixture = start();
    for (const byte of [6, 7, 8]) delegate(later(fixture, 2n), fixture, byte, 1, (10n * million).toString());
    endBlock(later(fixture, 2n), fixture);
    undelegate(later(fixture, 6n), fixture, 6, 1, (10n * million).toString());
    const moved = {
      delegatorAddress: accountText(7),
      validatorSrcAddress: operatorText(1),
      validatorDstAddress: operatorText(2),
      amount: { denom: 'uinf', amount: (10n * million).toString() },
    };
    const bytes = stakingTx.MsgBeginRedelegate.encode(moved).finish();
    run(later(fixture, 6n), fixture.staking.module, msgBeginRedelegate.typeUrl, bytes);
    // It leaves its new validator as well: the fault follows it there.
    undelegate(later(fixture, 7n), fixture, 7, 2, (10n * million).toString());
    endBlock(later(fixture, 7n), fixture);
    accuse(fixture, 8n, [doubleVote(1, 5n, 40n)]);
    // 5 % of 40 tokens, a quarter of it each from account 6's unbonding and account 7's, the rest from the validator.
    expect(supply(fixture)).toBe(9n * fortune - 2n * million);
    endBlock(later(fixture, 9n, unbondingSeconds + 1n), fixture);
    const balance = (byte: number) => fixture.bank.keeper.balance(later(fixture, 9n), account(byte), 'uinf');
    expect([6, 7].map(balance)).toEqual([fortune - 500_000n, fortune - 500_000n]);
  });

  test('does not touch what had left before', () => {
    const fixture = start();
    undelegate(later(fixture, 2n), fixture, 5, 1, (4n * million).toString());
    endBlock(later(fixture, 2n), fixture);
    accuse(fixture, 8n, [doubleVote(1, 6n, 6n)]);
    expect(supply(fixture)).toBe(9n * fortune - 300_000n);
    endBlock(later(fixture, 9n, unbondingSeconds), fixture);
    expect(fixture.bank.keeper.balance(later(fixture, 9n), account(5), 'uinf')).toBe(fortune);
  });

  test('reaches a validator that is jailed or unbonding, and none that has unbonded', () => {
    const fixture = start();
    fixture.staking.keeper.jail(later(fixture, 2n), account(1));
    endBlock(later(fixture, 2n), fixture);
    const events = accuse(fixture, 3n, [doubleVote(1, 2n, 10n)]);
    expect(events.filter(({ type }) => type === 'slash')).toHaveLength(1);
    expect(supply(fixture)).toBe(9n * fortune - 500_000n);

    const other = start();
    other.staking.keeper.jail(later(other, 2n), account(1));
    endBlock(later(other, 2n), other);
    endBlock(later(other, 3n, unbondingSeconds), other);
    accuse(other, 4n, [doubleVote(1, 2n, 10n)], unbondingSeconds);
    expect(supply(other)).toBe(9n * fortune);
    expect(other.said).toEqual([expect.stringContaining('the validator has unbonded')]);
  });

  test('by everyone at once leaves a chain: the last ones stay until somebody else can validate', () => {
    const fixture = start();
    accuse(fixture, 5n, [doubleVote(1, 4n, 10n), doubleVote(2, 4n, 20n)]);
    expect(supply(fixture)).toBe(9n * fortune - 1_500_000n);
    expect(endBlock(later(fixture, 5n), fixture)).toEqual([]);
    createValidator(later(fixture, 6n), fixture, 3, 2n * million);
    expect(endBlock(later(fixture, 6n), fixture)).toEqual([
      [3, 2n],
      [1, 0n],
      [2, 0n],
    ]);
    expect(problems(later(fixture, 6n), fixture)).toEqual([]);
  });

  test('with a key bars that key for ever, also after its validator is gone', () => {
    const fixture = start();
    accuse(fixture, 5n, [doubleVote(1, 4n, 10n)]);
    endBlock(later(fixture, 5n), fixture);
    for (const [byte, amount] of [
      [1, '5700000'],
      [5, '3800000'],
    ] as const) {
      undelegate(later(fixture, 6n), fixture, byte, 1, amount);
    }
    endBlock(later(fixture, 7n, 2n * unbondingSeconds), fixture);
    const ctx = later(fixture, 8n, 2n * unbondingSeconds);
    expect(fixture.staking.keeper.validatorByOperator(ctx, account(1))).toBeUndefined();
    const again = (byte: number) => {
      const message = { ...createValidatorMessage(1, million), validatorAddress: operatorText(byte) };
      run(
        ctx,
        fixture.staking.module,
        msgCreateValidator.typeUrl,
        stakingTx.MsgCreateValidator.encode(message).finish(),
      );
    };
    expect(refusal(() => again(1))).toMatch(/^staking 5: /);
    expect(refusal(() => again(9))).toMatch(/^staking 5: /);
    accuse(fixture, 9n, [doubleVote(1, 4n, 10n)], 2n * unbondingSeconds);
    expect(fixture.said.at(-1)).toMatch(/nobody validates with this key$/);
  });
});

describe('evidence', () => {
  const fault = doubleVote(1, 4n, 10n);
  const odd: Readonly<Record<string, Misbehavior>> = {
    'of the future': { ...fault, height: 100n },
    'of no height': { ...fault, height: 0n },
    'of a negative height': { ...fault, height: -5n },
    'of a negative power': { ...fault, power: -1n },
    'of a power beyond 64 bits': { ...fault, power: 1n << 63n },
    'about nobody': { ...fault, validator: new Uint8Array() },
    'about a key that nobody validates with': doubleVote(77, 4n, 10n),
    'about an address that is too long': { ...fault, validator: new Uint8Array(300) },
  };
  test.each(Object.entries(odd))('%s is passed over with a line in the log, and never halts', (_, wrong) => {
    const fixture = start();
    const events = accuse(fixture, 5n, [wrong]);
    expect(events).toEqual([]);
    expect(fixture.said).toEqual([expect.stringMatching(/^ignored evidence of duplicate_vote at height /)]);
    expect(supply(fixture)).toBe(9n * fortune);
    // What is wrong with one does not save another.
    accuse(fixture, 6n, [wrong, fault]);
    expect(supply(fixture)).toBe(9n * fortune - 500_000n);
  });

  test('counts until it is too old by blocks and by time, as CometBFT judges', () => {
    const [blocks, seconds] = [4n + maxAge.blocks, maxAge.seconds];
    const outcomes = [
      [blocks + 1n, seconds + 1n],
      [blocks + 1n, seconds],
      [blocks, seconds + 1n],
    ] as const;
    const burned = outcomes.map(([height, age]) => {
      const fixture = start();
      accuse(fixture, height, [fault], age);
      return 9n * fortune - supply(fixture);
    });
    expect(burned).toEqual([0n, 500_000n, 500_000n]);
  });

  test('of a power that the validator never had burns no more than it has', () => {
    const fixture = start();
    accuse(fixture, 5n, [{ ...fault, power: (1n << 63n) - 1n }]);
    expect(supply(fixture)).toBe(9n * fortune - 10n * million);
    expect(endBlock(later(fixture, 5n), fixture)).toEqual([[1, 0n]]);
  });
});

describe('the state', () => {
  test('has the bytes of x/slashing: parameters and who signs since when', () => {
    const fixture = start();
    const bytes = dump(fixture.state, 'slashing');
    const address = Buffer.from(fault().validator).toString('hex');
    expect(Object.keys(bytes).map((key) => key.slice(0, 4))).toEqual(['00', '0114', '0114', '0314', '0314']);
    expect(Object.keys(bytes)).toEqual(expect.arrayContaining([`0114${address}`, `0314${address}`]));
    const text = (digits: string) => Buffer.from(digits).toString('hex');
    expect(bytes['00']).toBe(
      `0864${'1212'}${text('500000000000000000')}${'1a03'}08d804${'2211'}${text('50000000000000000')}${'2a11'}${text('10000000000000000')}`,
    );
  });

  test('answers the SDK’s queries', () => {
    const fixture = start();
    accuse(fixture, 5n, [fault()]);
    const ctx = later(fixture, 6n);
    const service = '/cosmos.slashing.v1beta1.Query';
    const info = (consAddress: string) => {
      const request = slashingQuery.QuerySigningInfoRequest.encode({ consAddress }).finish();
      const answer = ask(ctx, fixture.slashing.module, `${service}/SigningInfo`, request);
      return slashingQuery.QuerySigningInfoResponse.decode(answer).valSigningInfo;
    };
    expect(info(one)).toMatchObject({
      address: one,
      startHeight: 1n,
      tombstoned: true,
      jailedUntil: { seconds: 253_402_300_799n, nanos: 0 },
    });
    expect(refusal(() => info(''))).toMatch(/InvalidArgument/);
    expect(refusal(() => info(accountText(1)))).toMatch(/^sdk 18: /);
    expect(refusal(() => info(addresses.consensusText(account(99))))).toMatch(/NotFound/);
    const all = ask(ctx, fixture.slashing.module, `${service}/SigningInfos`, new Uint8Array());
    expect(slashingQuery.QuerySigningInfosResponse.decode(all).info).toHaveLength(2);
    const params = ask(ctx, fixture.slashing.module, `${service}/Params`, new Uint8Array());
    expect(slashingQuery.QueryParamsResponse.decode(params).params.signedBlocksWindow).toBe(100n);
  });

  test('is the same after export and import, tombstones too', () => {
    const fixture = start();
    accuse(fixture, 5n, [fault()]);
    const exported: unknown = JSON.parse(JSON.stringify(fixture.slashing.module.exportGenesis?.(later(fixture, 6n))));
    const other = createFixture(exported);
    expect(withoutKeys(other)).toEqual(withoutKeys(fixture));
    expect(other.slashing.module.exportGenesis?.(later(other, 6n))).toEqual(exported);
  });

  test.each([
    [
      'a fraction above 1',
      { slash_fraction_double_sign: '1.5' },
      'slash_fraction_double_sign: must be between 0 and 1',
    ],
    ['a negative fraction', { min_signed_per_window: '-0.1' }, 'min_signed_per_window: must be between 0 and 1'],
    ['an empty window', { signed_blocks_window: '0' }, 'signed_blocks_window: must be positive'],
    ['no time in jail', { downtime_jail_duration: '0s' }, 'downtime_jail_duration: must be positive'],
  ])('a genesis with %s is refused by name', (_, wrong, problem) => {
    const params = {
      signed_blocks_window: '100',
      min_signed_per_window: '0.5',
      downtime_jail_duration: '600s',
      slash_fraction_double_sign: '0.05',
      slash_fraction_downtime: '0.01',
    };
    expect(() => createFixture({ params: { ...params, ...wrong } })).toThrow(`app_state.slashing.params.${problem}`);
  });
});

function fault(): Misbehavior {
  return doubleVote(1, 4n, 10n);
}
