import type { ByteString, ChildBranch, KeyRange, KVReader, KVStore, StateBranch } from './kv.ts';

/** So many new keys are put in their places one by one; more are sorted in at once. */
const fewKeys = 64;

const noWrites: ReadonlyMap<ByteString, Uint8Array | null> = new Map();

/** Writes kept apart from a parent: `null` marks a deletion. */
export class OverlayStore implements KVStore {
  readonly #parent: KVReader;
  /** Made by the first write: most branches of a tx only read most of their stores. */
  #writes: Map<ByteString, Uint8Array | null> | undefined;
  /** Written keys in order, as of the last iteration, and those written since. */
  #sorted: ByteString[] | undefined;
  #fresh: ByteString[] | undefined;

  constructor(parent: KVReader) {
    this.#parent = parent;
  }

  get writes(): ReadonlyMap<ByteString, Uint8Array | null> {
    return this.#writes ?? noWrites;
  }

  get(key: ByteString): Uint8Array | undefined {
    const written = this.#writes?.get(key);
    if (written !== undefined) return written ?? undefined;
    return this.#parent.get(key);
  }

  has(key: ByteString): boolean {
    const written = this.#writes?.get(key);
    return written === undefined ? this.#parent.has(key) : written !== null;
  }

  set(key: ByteString, value: Uint8Array): void {
    this.#write(key, value);
  }

  delete(key: ByteString): void {
    this.#write(key, null);
  }

  /** Forgets all writes. */
  clear(): void {
    this.#writes = undefined;
    this.#sorted = undefined;
    this.#fresh = undefined;
  }

  *iterate(range: KeyRange): Iterable<readonly [ByteString, Uint8Array]> {
    const written = this.#writtenIn(range);
    const precedes = (a: ByteString, b: ByteString) => (range.reverse ? a > b : a < b);
    let next = 0;
    for (const entry of this.#parent.iterate(range)) {
      for (let key = written[next]; key !== undefined && precedes(key, entry[0]); key = written[++next]) {
        const value = this.#writes?.get(key);
        if (value) yield [key, value];
      }
      if (written[next] !== entry[0]) {
        yield entry;
        continue;
      }
      const value = this.#writes?.get(entry[0]);
      next++;
      if (value) yield [entry[0], value];
    }
    for (; next < written.length; next++) {
      const key = written[next];
      const value = key === undefined ? undefined : this.#writes?.get(key);
      if (key !== undefined && value) yield [key, value];
    }
  }

  #write(key: ByteString, value: Uint8Array | null): void {
    this.#writes ??= new Map();
    const before = this.#writes.size;
    this.#writes.set(key, value);
    if (this.#writes.size === before) return;
    this.#fresh ??= [];
    this.#fresh.push(key);
  }

  /** Written keys of a range in the order asked for. A block may iterate after each of thousands of writes. */
  #writtenIn({ start, end, reverse }: KeyRange): ByteString[] {
    if (this.#fresh !== undefined) this.#sorted = sortedWith(this.#sorted ?? [], this.#fresh);
    this.#fresh = undefined;
    const sorted = this.#sorted ?? [];
    const from = start === undefined ? 0 : placeOf(sorted, start);
    const to = end === undefined ? sorted.length : placeOf(sorted, end);
    const keys = sorted.slice(from, to);
    return reverse ? keys.reverse() : keys;
  }
}

/** All keys in order; changes `sorted` if that is quicker. */
function sortedWith(sorted: ByteString[], fresh: readonly ByteString[]): ByteString[] {
  if (fresh.length > fewKeys) return [...sorted, ...fresh].sort(compareKeys);
  for (const key of fresh) sorted.splice(placeOf(sorted, key), 0, key);
  return sorted;
}

/** Index of the first key not below `key`. */
function placeOf(sorted: readonly ByteString[], key: ByteString): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = sorted[middle];
    if (candidate !== undefined && candidate < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A branch over named stores; `source` yields what lies underneath each. */
export class OverlayBranch implements ChildBranch {
  readonly #parent: StateBranch;
  readonly #stores = new Map<string, OverlayStore>();

  constructor(parent: StateBranch) {
    this.#parent = parent;
  }

  store(name: string): OverlayStore {
    let overlay = this.#stores.get(name);
    if (overlay === undefined) {
      overlay = new OverlayStore(this.#parent.store(name));
      this.#stores.set(name, overlay);
    }
    return overlay;
  }

  branch(): ChildBranch {
    return new OverlayBranch(this);
  }

  /** What was written and not handed on yet, by store; `null` marks a deletion. */
  *changes(): Iterable<readonly [name: string, writes: ReadonlyMap<ByteString, Uint8Array | null>]> {
    for (const [name, overlay] of this.#stores) if (overlay.writes.size > 0) yield [name, overlay.writes];
  }

  discard(): void {
    for (const overlay of this.#stores.values()) overlay.clear();
  }

  write(): void {
    for (const [name, overlay] of this.#stores) {
      const target = this.#parent.store(name);
      for (const [key, value] of overlay.writes) {
        if (value === null) target.delete(key);
        else target.set(key, value);
      }
      overlay.clear();
    }
  }
}

export function inRange(key: ByteString, range: KeyRange): boolean {
  return (range.start === undefined || key >= range.start) && (range.end === undefined || key < range.end);
}

/** Total order by bytes. */
export function compareKeys(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
