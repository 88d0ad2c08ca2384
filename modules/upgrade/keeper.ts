import type { Context } from '../../chain/context.ts';
import { ensure, FatalError, sdkErrors } from '../../chain/errors.ts';
import type { Module } from '../../chain/module.ts';
import type { upgrade } from '../../sdk/codec/index.ts';
import { migrateModules, versionOf } from './migrate.ts';
import type { UpgradeState } from './state.ts';

/** A plan that is due, as `upgrade-info.json` names it for whoever swaps the software. */
export interface UpgradeInfo {
  readonly name: string;
  readonly height: bigint;
  readonly info: string;
}

/** What this software does for one upgrade before modules are migrated; most need nothing. */
export type UpgradeStep = (ctx: Context) => void;

export interface UpgradeKeeperDeps {
  readonly state: UpgradeState;
  /** All modules in the order of wiring. */
  readonly modules: () => readonly Module[];
  /** Upgrades that this software knows, past ones included, by name. */
  readonly upgrades: ReadonlyMap<string, UpgradeStep>;
  /** Tells the operator's tools which software is wanted, before the node stops. */
  readonly handOver: (info: UpgradeInfo) => void;
}

/** Go's zero time, which the SDK's plans hold. */
const zeroTime = { seconds: -62_135_596_800n, nanos: 0 };

/** The planned upgrade, those done, and the versions of modules. */
export class UpgradeKeeper {
  readonly #deps: UpgradeKeeperDeps;
  /** Whether this process has found that it is not older than the state. */
  #verified = false;

  constructor(deps: UpgradeKeeperDeps) {
    this.#deps = deps;
  }

  plan(ctx: Context): upgrade.Plan | undefined {
    return this.#deps.state.plan.get(ctx);
  }

  /** Replaces an earlier plan. Throws `sdk` 18 for a plan without name or height, in the past, done before, or by time. */
  schedule(ctx: Context, plan: upgrade.Plan): void {
    const { seconds, nanos } = plan.time;
    const isTimed = (seconds !== 0n && seconds !== zeroTime.seconds) || nanos !== 0;
    const { invalidRequest } = sdkErrors;
    ensure(!isTimed, invalidRequest, 'time-based upgrades have been deprecated in the SDK');
    const withoutClient = plan.upgradedClientState === undefined;
    ensure(withoutClient, invalidRequest, 'upgrade logic for IBC has been moved to the IBC module');
    ensure(plan.name.length > 0, invalidRequest, 'name cannot be empty');
    ensure(plan.height > 0n, invalidRequest, 'height must be greater than 0');
    ensure(plan.height >= ctx.block.height, invalidRequest, 'upgrade cannot be scheduled in the past');
    const done = this.doneHeight(ctx, plan.name) !== 0n;
    ensure(!done, invalidRequest, `upgrade with name ${plan.name} has already been completed`);
    this.#deps.state.plan.set(ctx, { ...plan, time: zeroTime });
  }

  /** Does nothing without a plan. */
  cancel(ctx: Context): void {
    if (this.plan(ctx) !== undefined) this.#deps.state.plan.remove(ctx);
  }

  /** Height at which an upgrade was done; 0 if it was not. */
  doneHeight(ctx: Context, name: string): bigint {
    for (const [[height, done]] of this.#deps.state.done.walk(ctx)) if (done === name) return height;
    return 0n;
  }

  /** Versions of all modules, by name. */
  versions(ctx: Context): (readonly [name: string, version: bigint])[] {
    return [...this.#deps.state.versions.walk(ctx)];
  }

  /** A new chain begins with the versions that its software has. */
  initVersions(ctx: Context): void {
    for (const module of this.#deps.modules()) this.#deps.state.versions.set(ctx, module.name, versionOf(module));
  }

  /**
   * Runs first in each block. When the plan is due, software that knows it migrates the state; software that does not
   * hands over and stops the node, before anything of the block is kept. Throws a `FatalError`, also for software that is
   * older than the state or comes too early.
   */
  preBlock(ctx: Context): void {
    const { upgrades, handOver } = this.#deps;
    const plan = this.plan(ctx);
    const isDue = plan !== undefined && plan.height <= ctx.block.height;
    if (!isDue) this.#verify(ctx);
    if (plan === undefined) return;
    const step = upgrades.get(plan.name);
    if (!isDue) {
      if (step === undefined) return;
      const what = `UPGRADE "${plan.name}" - in binary but not executed on chain. Downgrade your binary`;
      throw new FatalError(`BINARY UPDATED BEFORE TRIGGER! ${what}`);
    }
    if (step === undefined) {
      handOver({ name: plan.name, height: ctx.block.height, info: plan.info });
      throw new FatalError(`UPGRADE "${plan.name}" NEEDED at height: ${plan.height}: ${plan.info}`);
    }
    this.#apply(ctx, plan.name, step);
  }

  #verify(ctx: Context): void {
    if (this.#verified) return;
    const [last] = this.#deps.state.done.walk(ctx, { reverse: true });
    if (last !== undefined && !this.#deps.upgrades.has(last[0][1])) {
      throw new FatalError(`this software is older than the state: it does not know the upgrade ${last[0][1]}`);
    }
    this.#verified = true;
  }

  #apply(ctx: Context, name: string, step: UpgradeStep): void {
    const { state, modules } = this.#deps;
    step(ctx);
    migrateModules(ctx, state, modules());
    state.protocolVersion.set(ctx, (state.protocolVersion.get(ctx) ?? 0n) + 1n);
    state.plan.remove(ctx);
    state.done.set(ctx, [ctx.block.height, name], Uint8Array.of(1));
    this.#verified = true;
  }
}
