import type { Context } from '../../chain/context.ts';
import type { Module } from '../../chain/module.ts';
import type { UpgradeState } from './state.ts';

/** Versions of modules that say none. */
const firstVersion = 1n;

export function versionOf(module: Module): bigint {
  return module.version ?? firstVersion;
}

/**
 * Brings every module's state to the version that this software has, step by step in the order of wiring; a module that the
 * chain did not have begins with its default genesis. Throws where a step is missing or the state is ahead.
 */
export function migrateModules(ctx: Context, state: UpgradeState, modules: readonly Module[]): void {
  for (const module of modules) {
    const to = versionOf(module);
    const from = state.versions.get(ctx, module.name);
    if (from === undefined) module.initGenesis?.(ctx, {});
    else if (from > to) throw new Error(`the state of ${module.name} is of version ${from}, this software has ${to}`);
    for (let version = from ?? to; version < to; version++) {
      const step = module.migrations?.get(version);
      if (step === undefined) throw new Error(`module ${module.name} has no migration from version ${version}`);
      step(ctx);
    }
    state.versions.set(ctx, module.name, to);
  }
}
