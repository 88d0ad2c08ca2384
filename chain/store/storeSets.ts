import { compareKeys } from './overlay.ts';

/** A folder that holds something else than the caller expects. */
export class StoreMismatchError extends Error {
  override readonly name = 'StoreMismatchError';
}

/**
 * Stores that come and go with one block, as the SDK's `StoreUpgrades` (without renames). An added store begins empty with
 * the nodes of that block, a deleted one is not part of its app hash any more.
 */
export interface StoreUpgrade {
  readonly height: bigint;
  readonly added: readonly string[];
  readonly deleted: readonly string[];
}

/** Stores and their numbers in the database's keys, from a height on. */
interface Era {
  readonly from: bigint;
  readonly numbers: ReadonlyMap<string, number>;
}

/** A store's number is one byte of its keys, and the next number bounds a range of them. */
const mostStores = 255;

/**
 * Which stores a chain has at which height, in order of their names. Numbers count the stores that there ever were: a
 * name that comes back after it went gets a new one, so that old versions keep their nodes.
 */
export class StoreSets {
  readonly first: readonly string[];
  /** Oldest first. */
  readonly upgrades: readonly StoreUpgrade[];
  readonly #eras: readonly Era[];
  readonly #next: number;

  /** Throws `StoreMismatchError` for an upgrade that adds what is there or deletes what is not. */
  constructor(first: readonly string[], upgrades: readonly StoreUpgrade[] = []) {
    this.first = first;
    this.upgrades = upgrades;
    const eras: Era[] = [{ from: 0n, numbers: new Map(first.map((name, index) => [name, index])) }];
    let next = first.length;
    for (const upgrade of upgrades) {
      const numbers = new Map(eras.at(-1)?.numbers);
      for (const name of upgrade.deleted) {
        if (!numbers.delete(name)) {
          throw new StoreMismatchError(`the upgrade at height ${upgrade.height} deletes the unknown store "${name}"`);
        }
      }
      for (const name of upgrade.added.toSorted(compareKeys)) {
        if (numbers.has(name)) {
          throw new StoreMismatchError(
            `the upgrade at height ${upgrade.height} adds the store "${name}", which is there`,
          );
        }
        numbers.set(name, next++);
      }
      eras.push({ from: upgrade.height, numbers: new Map([...numbers].sort(([a], [b]) => compareKeys(a, b))) });
    }
    if (next > mostStores)
      throw new StoreMismatchError(`a folder holds ${mostStores} stores at most, this makes ${next}`);
    this.#eras = eras;
    this.#next = next;
  }

  /** The stores of a height by name, in order of the names, with their numbers. */
  at(height: bigint): ReadonlyMap<string, number> {
    return this.#eras.findLast(({ from }) => from <= height)?.numbers ?? new Map();
  }

  /** The stores after the last upgrade. */
  get latest(): ReadonlyMap<string, number> {
    return this.#eras.at(-1)?.numbers ?? new Map();
  }

  /** How many stores there ever were: every number is below this. */
  get count(): number {
    return this.#next;
  }

  number(name: string, height: bigint): number {
    const found = this.at(height).get(name);
    if (found === undefined) throw new Error(`no store is called ${name}`);
    return found;
  }

  upgradeAt(height: bigint): StoreUpgrade | undefined {
    return this.upgrades.find((upgrade) => upgrade.height === height);
  }

  with(upgrade: StoreUpgrade): StoreSets {
    const both = upgrade.added.find((name) => upgrade.deleted.includes(name));
    if (both !== undefined) {
      throw new StoreMismatchError(`the upgrade at height ${upgrade.height} adds and deletes the store "${both}"`);
    }
    return new StoreSets(this.first, [...this.upgrades, upgrade]);
  }

  /** Without what comes above `height`. */
  upTo(height: bigint): StoreSets {
    const kept = this.upgrades.filter((upgrade) => upgrade.height <= height);
    return kept.length === this.upgrades.length ? this : new StoreSets(this.first, kept);
  }

  /** Numbers of the stores that no version from `oldest` on has. */
  gone(oldest: bigint): number[] {
    const kept = new Set(
      this.#eras.flatMap(({ numbers }, index) =>
        (this.#eras[index + 1]?.from ?? oldest + 1n) > oldest ? [...numbers.values()] : [],
      ),
    );
    return Array.from({ length: this.#next }, (_, number) => number).filter((number) => !kept.has(number));
  }
}

export function sameStores(some: Iterable<string>, others: Iterable<string>): boolean {
  return listed(some) === listed(others);
}

function listed(names: Iterable<string>): string {
  return [...new Set(names)].sort(compareKeys).join(' ');
}

/** Throws `StoreMismatchError`, one sentence for an operator, if `wanted` are not the stores that are there. */
export function demandStores(where: string, has: Iterable<string>, wanted: Iterable<string>): void {
  const [found, expected] = [listed(has), listed(wanted)];
  if (found === expected) return;
  const rule = 'stores come and go only with the block of an upgrade';
  throw new StoreMismatchError(`${where} has stores "${found}", expected "${expected}": ${rule}`);
}
