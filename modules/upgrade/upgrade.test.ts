import { describe, expect, test } from 'vitest';
import type { Context } from '../../chain/context.ts';
import { FatalError } from '../../chain/errors.ts';
import type { Module } from '../../chain/module.ts';
import { upgrade, upgradeQuery, upgradeTx } from '../../sdk/codec/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { accountText, addresses, ask, blockContext, createFixture, dump, refusal, run } from '../bank/fixture.ts';
import { createUpgrade } from './index.ts';
import type { UpgradeInfo, UpgradeStep } from './keeper.ts';

const authority = addresses.accountText(moduleAddress('gov'));

/** Software with the given upgrades and modules over a state; a later one may run on the state of an earlier one. */
function software(state = createFixture().state, names: readonly string[] = [], others: readonly Module[] = []) {
  const handedOver: UpgradeInfo[] = [];
  const ran: string[] = [];
  const upgrades = new Map(names.map((name): [string, UpgradeStep] => [name, () => void ran.push(name)]));
  const { module, keeper } = createUpgrade({
    addresses,
    authority: moduleAddress('gov'),
    modules: () => [...others, module],
    upgrades,
    handOver: (info) => handedOver.push(info),
  });
  const ctx = (height: bigint) => blockContext(state, height);
  const plan = (change: Partial<upgrade.Plan>, at = 1n, sender = authority) => {
    const message = {
      authority: sender,
      plan: { ...upgrade.Plan.fromPartial({ name: 'v2', height: 10n }), ...change },
    };
    const bytes = upgradeTx.MsgSoftwareUpgrade.encode(message).finish();
    return run(ctx(at), module, '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade', bytes);
  };
  return { state, module, keeper, handedOver, ran, ctx, plan };
}

function versioned(name: string, version: bigint, log: string[], steps: readonly bigint[] = []): Module {
  const migrations = new Map(steps.map((from) => [from, (_ctx: Context) => void log.push(`${name} ${from}`)]));
  const initGenesis = () => {
    log.push(`${name} genesis`);
    return [];
  };
  return { name, stores: [], version, migrations, initGenesis };
}

describe('an upgrade', () => {
  test('stops software that does not know it at its height, and says which is wanted', () => {
    const old = software();
    old.plan({ info: 'https://example.org' });
    old.module.preBlock?.(old.ctx(9n));
    expect(old.handedOver).toEqual([]);
    const before = dump(old.state, 'upgrade');
    expect(() => old.module.preBlock?.(old.ctx(10n))).toThrow(
      new FatalError('UPGRADE "v2" NEEDED at height: 10: https://example.org'),
    );
    expect(old.handedOver).toEqual([{ name: 'v2', height: 10n, info: 'https://example.org' }]);
    expect(dump(old.state, 'upgrade')).toEqual(before);
  });

  test('migrates each module step by step in software that knows it, once', () => {
    const log: string[] = [];
    const old = software(undefined, [], [versioned('a', 1n, log), versioned('b', 2n, log)]);
    old.module.initGenesis?.(old.ctx(0n), {});
    old.plan({});
    const modules = [versioned('a', 3n, log, [1n, 2n]), versioned('b', 2n, log), versioned('c', 5n, log)];
    const next = software(old.state, ['v2'], modules);
    next.module.preBlock?.(next.ctx(10n));
    expect(next.ran).toEqual(['v2']);
    expect(log).toEqual(['a 1', 'a 2', 'c genesis']);
    expect(next.keeper.versions(next.ctx(10n))).toEqual([
      ['a', 3n],
      ['b', 2n],
      ['c', 5n],
      ['upgrade', 1n],
    ]);
    next.module.preBlock?.(next.ctx(11n));
    expect(next.ran).toEqual(['v2']);
    expect(next.keeper.plan(next.ctx(11n))).toBeUndefined();
    expect(refusal(() => next.plan({}, 5n))).toContain('upgrade with name v2 has already been completed');
    expect(dump(old.state, 'upgrade')[`01${'00'.repeat(7)}0a7632`]).toBe('01');
  });

  test('stops software that comes too early, or that lacks a migration', () => {
    const old = software(undefined, [], [versioned('a', 1n, [])]);
    old.module.initGenesis?.(old.ctx(0n), {});
    old.plan({});
    const early = software(old.state, ['v2']);
    expect(() => early.module.preBlock?.(early.ctx(9n))).toThrow('BINARY UPDATED BEFORE TRIGGER! UPGRADE "v2"');
    const lacking = software(old.state, ['v2'], [versioned('a', 2n, [])]);
    expect(() => lacking.module.preBlock?.(lacking.ctx(10n))).toThrow('module a has no migration from version 1');
  });

  test('keeps older software from running on its state', () => {
    const old = software();
    old.plan({});
    const next = software(old.state, ['v2']);
    next.module.preBlock?.(next.ctx(10n));
    const again = software(old.state);
    expect(() => again.module.preBlock?.(again.ctx(11n))).toThrow('does not know the upgrade v2');
  });

  test('is planned and cancelled by governance alone', () => {
    const { plan, keeper, module, ctx } = software();
    expect(refusal(() => plan({}, 1n, accountText(1)))).toMatch(/^upgrade 6: expected infinet1/);
    plan({});
    const cancel = (sender: string) => {
      const bytes = upgradeTx.MsgCancelUpgrade.encode({ authority: sender }).finish();
      return run(ctx(2n), module, '/cosmos.upgrade.v1beta1.MsgCancelUpgrade', bytes);
    };
    expect(refusal(() => cancel(accountText(1)))).toMatch(/^upgrade 6/);
    cancel(authority);
    expect(keeper.plan(ctx(2n))).toBeUndefined();
    cancel(authority);
  });

  test.each([
    ['without a name', { name: '' }, 'name cannot be empty'],
    ['without a height', { height: 0n }, 'height must be greater than 0'],
    ['in the past', { height: 1n }, 'upgrade cannot be scheduled in the past'],
    ['by time', { time: { seconds: 5n, nanos: 0 } }, 'time-based upgrades have been deprecated'],
    [
      'of an IBC client',
      { upgradedClientState: { typeUrl: '/x.Y', value: new Uint8Array() } },
      'upgrade logic for IBC has been moved to the IBC module',
    ],
  ])('is not planned %s', (_name, change: Partial<upgrade.Plan>, text) => {
    expect(refusal(() => software().plan(change, 2n))).toMatch(new RegExp(`^sdk 18: ${text}`));
  });

  test('is stored as the SDK stores it, with its zero time', () => {
    const { plan, state } = software();
    plan({ info: 'x' });
    expect(dump(state, 'upgrade')).toEqual({ '00': '0a027632120b088092b8c398feffffff01180a220178' });
  });
});

test('queries tell the plan, what was done and the versions of modules', () => {
  const { plan, module, ctx } = software();
  module.initGenesis?.(ctx(0n), {});
  plan({});
  const path = '/cosmos.upgrade.v1beta1.Query';
  const current = ask(ctx(1n), module, `${path}/CurrentPlan`, new Uint8Array());
  expect(upgradeQuery.QueryCurrentPlanResponse.decode(current).plan).toMatchObject({ name: 'v2', height: 10n });
  const versions = ask(ctx(1n), module, `${path}/ModuleVersions`, new Uint8Array());
  expect(upgradeQuery.QueryModuleVersionsResponse.decode(versions).moduleVersions).toEqual([
    { name: 'upgrade', version: 1n },
  ]);
  const other = upgradeQuery.QueryModuleVersionsRequest.encode({ moduleName: 'ibc' }).finish();
  expect(refusal(() => ask(ctx(1n), module, `${path}/ModuleVersions`, other))).toMatch(/^upgrade 2: /);
  const applied = upgradeQuery.QueryAppliedPlanRequest.encode({ name: 'v2' }).finish();
  expect(
    upgradeQuery.QueryAppliedPlanResponse.decode(ask(ctx(1n), module, `${path}/AppliedPlan`, applied)).height,
  ).toBe(0n);
});
