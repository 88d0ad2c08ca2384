import { describe, expect, test } from 'vitest';
import type { Context } from '../../chain/context.ts';
import { HaltError } from '../../chain/errors.ts';
import type { Module } from '../../chain/module.ts';
import type { SoftwareUpgrade } from '../../chain/software.ts';
import { upgrade, upgradeQuery, upgradeTx } from '../../sdk/codec/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { accountText, addresses, ask, blockContext, createFixture, dump, refusal, run } from '../bank/fixture.ts';
import { createUpgrade } from './index.ts';
import type { UpgradeInfo } from './keeper.ts';

const authority = addresses.accountText(moduleAddress('gov'));

/** Software with the given upgrades and modules over a state; a later one may run on the state of an earlier one. */
function software(
  state = createFixture().state,
  names: readonly string[] = [],
  others: readonly Module[] = [],
  skipped: readonly bigint[] = [],
) {
  const handedOver: UpgradeInfo[] = [];
  const ran: string[] = [];
  const reports: string[] = [];
  const upgrades = new Map(
    names.map((name): [string, SoftwareUpgrade] => [
      name,
      { step: () => void ran.push(name), addedStores: ['new'], deletedStores: ['old'] },
    ]),
  );
  const { module, keeper } = createUpgrade({
    addresses,
    authority: moduleAddress('gov'),
    modules: () => [...others, module],
    upgrades,
    appVersion: () => 3n,
    skipHeights: new Set(skipped),
    report: (text) => reports.push(text),
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
  return { state, module, keeper, handedOver, ran, reports, ctx, plan };
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
      new HaltError('UPGRADE "v2" NEEDED at height: 10: https://example.org'),
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
    expect(next.reports).toEqual(['applying upgrade "v2" at height: 10']);
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
    const words = 'wrong app version 3, upgrade handler is missing for v2 upgrade plan';
    expect(() => again.module.preBlock?.(again.ctx(11n))).toThrow(words);
    expect(() => again.keeper.storeUpgrade(again.ctx(10n), 11n)).toThrow(words);
  });

  test('is skipped by operators who agree on its height, with the software that they have', () => {
    const old = software(undefined, [], [], [10n, 20n]);
    old.plan({ info: 'x' });
    old.module.preBlock?.(old.ctx(9n));
    expect(old.keeper.plan(old.ctx(9n))).toMatchObject({ name: 'v2' });
    old.module.preBlock?.(old.ctx(10n));
    expect(old.reports).toEqual(['UPGRADE "v2" SKIPPED at 10: x']);
    expect(old.keeper.plan(old.ctx(10n))).toBeUndefined();
    expect([old.keeper.doneHeight(old.ctx(10n), 'v2'), old.handedOver]).toEqual([0n, []]);
    old.module.preBlock?.(old.ctx(11n));
    // A plan of another height is not skipped.
    old.plan({ name: 'v3', height: 15n }, 11n);
    expect(() => old.module.preBlock?.(old.ctx(15n))).toThrow('UPGRADE "v3" NEEDED at height: 15');
  });

  test('changes the set of stores with its own block alone', () => {
    const old = software();
    const next = software(old.state, ['v2']);
    expect(next.keeper.storeUpgrade(next.ctx(1n), 2n)).toBeUndefined();
    old.plan({});
    expect(old.keeper.storeUpgrade(old.ctx(9n), 10n)).toBeUndefined();
    expect(() => next.keeper.storeUpgrade(next.ctx(8n), 9n)).toThrow('BINARY UPDATED BEFORE TRIGGER! UPGRADE "v2"');
    expect(next.keeper.storeUpgrade(next.ctx(9n), 10n)).toEqual({ height: 10n, added: ['new'], deleted: ['old'] });
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
