import type { Context } from './context.ts';
import type { Module } from './module.ts';

/** What a software does in the block of an upgrade that it knows, besides the migrations of its modules. */
export interface SoftwareUpgrade {
  /** Runs before modules are migrated; most need nothing. */
  readonly step?: (ctx: Context) => void;
  /** Committed stores that this software has and the one before has not: they begin empty with that block. */
  readonly addedStores?: readonly string[];
  /** Committed stores that the one before has and this software has not: they are gone with that block. */
  readonly deletedStores?: readonly string[];
}

/**
 * What one version of the software has otherwise than `chain/main.ts` says by itself: upgrades and modules of a network that is not
 * ours, or of a test. `runInfinetd` takes one.
 *
 * @typeParam Wired all modules of the chain by name, as `wireModules` makes them
 */
export interface Software<Wired> {
  /** Upgrades that it knows by the names of their plans; past ones stay. */
  readonly upgrades?: ReadonlyMap<string, SoftwareUpgrade>;
  /** Modules behind the chain's own, which they may use. */
  readonly modules?: (wired: Wired) => Readonly<Record<string, { readonly module: Module }>>;
}
