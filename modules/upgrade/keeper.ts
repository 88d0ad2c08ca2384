import type { Context } from '../../chain/context.ts';
import { ensure, HaltError, sdkErrors } from '../../chain/errors.ts';
import type { Module } from '../../chain/module.ts';
import type { SoftwareUpgrade } from '../../chain/software.ts';
import type { upgrade } from '../../sdk/codec/index.ts';
import { migrateModules, versionOf } from './migrate.ts';
import type { UpgradeState } from './state.ts';

/** A plan that is due, as `upgrade-info.json` names it for whoever swaps the software. */
export interface UpgradeInfo {
  readonly name: string;
  readonly height: bigint;
  readonly info: string;
}

export interface UpgradeKeeperDeps {
  readonly state: UpgradeState;
  /** All modules in the order of wiring. */
  readonly modules: () => readonly Module[];
  /** Upgrades that this software knows, past ones included, by name. */
  readonly upgrades: ReadonlyMap<string, SoftwareUpgrade>;
  /** The consensus parameters' version of the application, which an error names. */
  readonly appVersion: (ctx: Context) => bigint;
  /** Heights at which this operator goes on with the software that runs, as all operators have agreed. */
  readonly skipHeights: ReadonlySet<bigint>;
  /** Tells the operator's tools which software is wanted, before the node stops. */
  readonly handOver: (info: UpgradeInfo) => void;
  /** Hears of an upgrade that is done or skipped. */
  readonly report: (text: string) => void;
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
   * hands over and stops the node, before anything of the block is kept. Throws a `HaltError`, also for software that is
   * older than the state or comes too early. The words are the SDK's, which tools look for.
   */
  preBlock(ctx: Context): void {
    const { upgrades, skipHeights, handOver, report } = this.#deps;
    const { height } = ctx.block;
    const plan = this.plan(ctx);
    const isDue = plan !== undefined && plan.height <= height;
    const isSkipped = skipHeights.has(height);
    if (!isDue || isSkipped) this.#requireKnown(ctx);
    if (plan === undefined) return;
    const step = upgrades.get(plan.name);
    if (!isDue) {
      if (step !== undefined) throw tooEarly(plan.name);
      return;
    }
    if (isSkipped) {
      report(`UPGRADE "${plan.name}" SKIPPED at ${plan.height}: ${plan.info}`);
      this.#deps.state.plan.remove(ctx);
      return;
    }
    if (step === undefined) {
      handOver({ name: plan.name, height, info: plan.info });
      throw new HaltError(`UPGRADE "${plan.name}" NEEDED at height: ${plan.height}: ${plan.info}`);
    }
    report(`applying upgrade "${plan.name}" at height: ${plan.height}`);
    this.#apply(ctx, plan.name, step);
  }

  /**
   * What the upgrade of the next block does to the set of stores, asked when the state has other stores than this software; undefined
   * where none is due. Throws a `HaltError` for software that comes too early or is older than the state.
   *
   * @param ctx the last committed state
   * @param height of the next block
   */
  storeUpgrade(
    ctx: Context,
    height: bigint,
  ): { readonly height: bigint; readonly added: readonly string[]; readonly deleted: readonly string[] } | undefined {
    const plan = this.plan(ctx);
    const step = plan === undefined ? undefined : this.#deps.upgrades.get(plan.name);
    if (plan === undefined || step === undefined) this.#requireKnown(ctx);
    if (plan === undefined || step === undefined) return undefined;
    if (plan.height > height) throw tooEarly(plan.name);
    return { height, added: step.addedStores ?? [], deleted: step.deletedStores ?? [] };
  }

  /** Throws when the last upgrade that was done is none of this software. */
  #requireKnown(ctx: Context): void {
    if (this.#verified) return;
    const [last] = this.#deps.state.done.walk(ctx, { reverse: true });
    if (last !== undefined && !this.#deps.upgrades.has(last[0][1])) {
      const version = this.#deps.appVersion(ctx);
      const what = `wrong app version ${version}, upgrade handler is missing for ${last[0][1]} upgrade plan`;
      throw new HaltError(`${what}: this software is older than the state`);
    }
    this.#verified = true;
  }

  #apply(ctx: Context, name: string, { step }: SoftwareUpgrade): void {
    const { state, modules } = this.#deps;
    step?.(ctx);
    migrateModules(ctx, state, modules());
    state.protocolVersion.set(ctx, (state.protocolVersion.get(ctx) ?? 0n) + 1n);
    state.plan.remove(ctx);
    state.done.set(ctx, [ctx.block.height, name], Uint8Array.of(1));
    this.#verified = true;
  }
}

function tooEarly(name: string): HaltError {
  const what = `UPGRADE "${name}" - in binary but not executed on chain. Downgrade your binary`;
  return new HaltError(`BINARY UPDATED BEFORE TRIGGER! ${what}`);
}
