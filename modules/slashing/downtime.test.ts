import { describe, expect, test } from 'vitest';
import type { CommitVote } from '../../chain/module.ts';
import { slashingTx, type slashing as slashingTypes } from '../../sdk/codec/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { account, accountText, addresses, dump, refusal, run } from '../bank/fixture.ts';
import { createValidator, delegate, endBlock, fortune, later, operatorText, undelegate } from '../staking/fixture.ts';
import { createFixture, doubleVote, type Fixture, problems, withoutKeys } from './fixture.ts';
import { msgUnjail, msgUpdateParams } from './messages.ts';

const million = 1_000_000n;
const jailSeconds = 600n;
const addressOf = (byte: number): Uint8Array => doubleVote(byte, 1n, 1n).validator;
const textOf = (byte: number): string => addresses.consensusText(addressOf(byte));

const genesis = {
  params: {
    signed_blocks_window: '10',
    min_signed_per_window: '0.5',
    downtime_jail_duration: `${jailSeconds}s`,
    slash_fraction_double_sign: '0.05',
    slash_fraction_downtime: '0.01',
  },
};

/** Two validators of 10 and 20 from block 1 on; 5 has 4 of the first's. Block after block with its votes. */
function start(state: unknown = genesis) {
  const fixture = createFixture(state);
  const ctx = later(fixture, 1n);
  createValidator(ctx, fixture, 1, 6n * million);
  createValidator(ctx, fixture, 2, 20n * million);
  delegate(ctx, fixture, 5, 1, (4n * million).toString());
  endBlock(ctx, fixture);
  let height = 1n;
  let seconds = 0n;
  const power = (byte: number) => (byte === 1 ? 10n : 20n);
  const block = (...absent: number[]) => {
    height++;
    const now = later(fixture, height, seconds);
    const votes = [1, 2].map(
      (byte): CommitVote => ({ validator: addressOf(byte), power: power(byte), absent: absent.includes(byte) }),
    );
    fixture.slashing.module.lastCommit?.(now, votes);
    const events = [...now.log.events];
    endBlock(now, fixture);
    expect(problems(now, fixture)).toEqual([]);
    return events;
  };
  const blocks = (count: number, ...absent: number[]) => Array.from({ length: count }, () => block(...absent)).flat();
  const here = () => later(fixture, height, seconds);
  const wait = (more: bigint) => {
    seconds += more;
  };
  const unjail = (byte: number) =>
    run(
      here(),
      fixture.slashing.module,
      msgUnjail.typeUrl,
      slashingTx.MsgUnjail.encode({ validatorAddr: operatorText(byte) }).finish(),
    );
  return { fixture, block, blocks, here, wait, unjail };
}

const validatorOf = (fixture: Fixture, byte: number) =>
  fixture.staking.keeper.validatorByOperator(later(fixture, 99n), account(byte));
const supply = (fixture: Fixture) => fixture.bank.keeper.supply(later(fixture, 99n), 'uinf');
const slashes = (events: readonly { readonly type: string }[]) => events.filter(({ type }) => type === 'slash');

describe('absence', () => {
  test('from half of the window is borne; one block more burns 1 % and jails, with one event that says both', () => {
    const { fixture, blocks, block } = start();
    blocks(10);
    expect(slashes(blocks(5, 1))).toEqual([]);
    expect(slashes(block(1))).toEqual([
      {
        type: 'slash',
        attributes: [
          { key: 'address', value: textOf(1) },
          { key: 'power', value: '10' },
          { key: 'reason', value: 'missing_signature' },
          { key: 'jailed', value: textOf(1) },
          { key: 'burned_coins', value: '100000' },
        ],
      },
    ]);
    expect(supply(fixture)).toBe(9n * fortune - 100_000n);
    expect(validatorOf(fixture, 1)).toMatchObject({ jailed: true });
    expect(validatorOf(fixture, 2)).toMatchObject({ jailed: false });
  });

  test('is told block by block with the count of misses, and presence takes the oldest away', () => {
    const { blocks, block, fixture, here } = start();
    blocks(12);
    const [first] = block(1);
    expect(first).toMatchObject({
      type: 'liveness',
      attributes: [
        { key: 'address', value: textOf(1) },
        { key: 'missed_blocks', value: '1' },
        { key: 'height', value: '14' },
      ],
    });
    blocks(4, 1);
    blocks(10);
    const exported: unknown = fixture.slashing.module.exportGenesis?.(here());
    expect(JSON.stringify(exported)).toContain('"missed_blocks_counter":"0"');
    expect(slashes(blocks(5, 1))).toEqual([]);
  });

  test('does not count before a whole window has passed since a validator entered', () => {
    const { blocks } = start();
    // It entered in block 1: the eleventh block after may jail, as in the SDK.
    expect(slashes(blocks(10, 1))).toEqual([]);
    expect(slashes(blocks(1, 1))).toHaveLength(1);
  });

  test('costs what was unbonded since, too, but for what left before', () => {
    const { blocks, fixture, here } = start();
    blocks(15);
    undelegate(here(), fixture, 5, 1, (2n * million).toString());
    blocks(6, 1);
    // Power 10 signed: 1 % of 10 million, of which the unbonding began long before the fault.
    expect(supply(fixture)).toBe(9n * fortune - 100_000n);
  });

  test('of a validator that is jailed or unknown is not counted', () => {
    const { blocks, fixture, here } = start();
    blocks(11);
    blocks(6, 1);
    const before = dump(fixture.state, 'slashing');
    blocks(20, 1);
    const stays = Object.entries(dump(fixture.state, 'slashing')).filter(([key]) => key.includes(hexOf(addressOf(1))));
    expect(stays).toEqual(Object.entries(before).filter(([key]) => key.includes(hexOf(addressOf(1)))));
    const stranger: CommitVote = { validator: new Uint8Array(20).fill(9), power: 5n, absent: true };
    expect(() => fixture.slashing.module.lastCommit?.(here(), [stranger])).not.toThrow();
    expect(supply(fixture)).toBe(9n * fortune - 100_000n);
  });

  test('is kept over export and import, bit by bit', () => {
    const { blocks, block, fixture, here } = start({
      params: { ...genesis.params, signed_blocks_window: '3000' },
    });
    blocks(3, 1);
    blocks(2);
    block(1, 2);
    const exported: unknown = JSON.parse(JSON.stringify(fixture.slashing.module.exportGenesis?.(here())));
    expect(exported).toMatchObject({
      missed_blocks: expect.arrayContaining([
        {
          address: textOf(1),
          missed_blocks: ['0', '1', '2', '5'].map((index) => ({ index, missed: true })),
        },
      ]),
    });
    const other = createFixture(exported);
    expect(withoutKeys(other)).toEqual(withoutKeys(fixture));
  });
});

describe('MsgUnjail', () => {
  function jailed() {
    const world = start();
    world.blocks(11);
    world.blocks(6, 1);
    return world;
  }

  test('lets a validator back in when its time is over, and its window begins anew', () => {
    const { wait, unjail, block, blocks, fixture } = jailed();
    wait(jailSeconds - 1n);
    expect(refusal(() => unjail(1))).toMatch(/^slashing 4: /);
    wait(1n);
    unjail(1);
    block();
    expect(validatorOf(fixture, 1)).toMatchObject({ jailed: false, status: 3 });
    expect(slashes(blocks(10, 1))).toEqual([]);
    expect(slashes(blocks(1, 1))).toHaveLength(1);
  });

  test('is refused to who is free, to strangers, to who has too little of its own, and to the tombstoned', () => {
    const { wait, unjail, fixture, here } = jailed();
    wait(jailSeconds);
    expect(refusal(() => unjail(2))).toMatch(/^slashing 5: /);
    expect(refusal(() => unjail(7))).toMatch(/^staking 3: /);
    undelegate(here(), fixture, 1, 1, (5_940_000n - 1n).toString());
    expect(refusal(() => unjail(1))).toBe('not refused');
    const other = jailed();
    other.wait(jailSeconds);
    undelegate(other.here(), other.fixture, 1, 1, 5_940_000n.toString());
    expect(refusal(() => other.unjail(1))).toMatch(/^(staking 19|slashing 7): /);
    const evil = jailed();
    evil.fixture.slashing.module.misbehavior?.(evil.here(), [doubleVote(1, 5n, 10n)]);
    evil.wait(1_000_000n);
    expect(refusal(() => evil.unjail(1))).toMatch(/^slashing 4: /);
  });

  test('waits for the longer one of two sentences', () => {
    const { fixture, here, wait, unjail, blocks } = start();
    blocks(2);
    const penalty = { fractionMicro: 1_000n, reason: 'withheld', jailNanos: 50n * 1_000_000_000n };
    fixture.slashing.keeper.punish(here(), account(1), penalty);
    expect(supply(fixture)).toBe(9n * fortune - 10_000n);
    // In jail already: punished once.
    fixture.slashing.keeper.punish(here(), account(1), penalty);
    expect(supply(fixture)).toBe(9n * fortune - 10_000n);
    expect(refusal(() => unjail(1))).toMatch(/^slashing 4: /);
    wait(50n);
    unjail(1);
  });
});

describe('parameters of slashing', () => {
  const authority = addresses.accountText(moduleAddress('gov'));
  const bytes = (digits: string) => Uint8Array.from(Buffer.from(digits, 'latin1'));
  const half = bytes('500000000000000000');
  const params: slashingTypes.Params = {
    signedBlocksWindow: 20n,
    minSignedPerWindow: half,
    downtimeJailDuration: { seconds: 5n, nanos: 0 },
    slashFractionDoubleSign: half,
    slashFractionDowntime: half,
  };
  const update = (world: ReturnType<typeof start>, change: Partial<slashingTypes.Params>, sender = authority) =>
    run(
      world.here(),
      world.fixture.slashing.module,
      msgUpdateParams.typeUrl,
      slashingTx.MsgUpdateParams.encode({ authority: sender, params: { ...params, ...change } }).finish(),
    );

  test('are changed by governance alone, and a new window counts from now', () => {
    const world = start();
    world.blocks(11);
    world.blocks(5, 1);
    expect(refusal(() => update(world, {}, accountText(3)))).toMatch(/^gov 13: invalid authority/);
    update(world, {});
    expect(slashes(world.blocks(10, 1))).toEqual([]);
  });

  test.each([
    ['an empty window', { signedBlocksWindow: 0n }, 'signed blocks window must be positive: 0'],
    [
      'a fraction above 1',
      { slashFractionDowntime: bytes('1000000000000000001') },
      'downtime slash fraction too large',
    ],
    ['a negative fraction', { minSignedPerWindow: bytes('-1') }, 'min signed per window cannot be negative'],
    ['no time in jail', { downtimeJailDuration: { seconds: 0n, nanos: 0 } }, 'downtime jail duration must be positive'],
    ['no number', { slashFractionDoubleSign: bytes('x') }, 'sdk 2: '],
  ])('with %s are refused, and the old ones hold', (_, change: Partial<slashingTypes.Params>, problem) => {
    const world = start();
    const before = dump(world.fixture.state, 'slashing');
    expect(refusal(() => update(world, change))).toContain(problem);
    expect(dump(world.fixture.state, 'slashing')).toEqual(before);
  });
});

function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
