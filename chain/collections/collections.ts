import type { Context } from '../context.ts';
import type { RawEntry, RawWalk } from '../pagination.ts';
import { type ByteString, prefixEnd } from '../store/kv.ts';
import type { KeyCodec } from './keys.ts';
import { u64Value, type ValueCodec } from './values.ts';

/** One value under one key of a module's store. */
export class Item<V> {
  readonly #store: string;
  readonly #key: ByteString;
  readonly #codec: ValueCodec<V>;

  constructor(store: string, key: ByteString, codec: ValueCodec<V>) {
    this.#store = store;
    this.#key = key;
    this.#codec = codec;
  }

  get(ctx: Context): V | undefined {
    const bytes = ctx.kv(this.#store).get(this.#key);
    return bytes === undefined ? undefined : this.#codec.read(bytes);
  }

  /** Throws if nothing was ever set: for values that genesis always writes. */
  require(ctx: Context): V {
    const value = this.get(ctx);
    if (value === undefined) throw new Error(`store ${this.#store} lacks the value that genesis writes`);
    return value;
  }

  set(ctx: Context, value: V): void {
    ctx.kv(this.#store).set(this.#key, this.#codec.write(value));
  }

  remove(ctx: Context): void {
    ctx.kv(this.#store).delete(this.#key);
  }
}

/** A counter that starts at 1 (or `first`) and is never reused. */
export class Sequence {
  readonly #item: Item<bigint>;
  readonly #first: bigint;

  constructor(store: string, key: ByteString, first = 1n) {
    this.#item = new Item(store, key, u64Value);
    this.#first = first;
  }

  /** The number that `next` will return. */
  peek(ctx: Context): bigint {
    return this.#item.get(ctx) ?? this.#first;
  }

  next(ctx: Context): bigint {
    const number = this.peek(ctx);
    this.#item.set(ctx, number + 1n);
    return number;
  }

  set(ctx: Context, next: bigint): void {
    this.#item.set(ctx, next);
  }
}

/** Which part of a table to walk: all keys under `prefix` (made by `prefixOf`), from `start` on, in either direction. */
export interface Walk<K> {
  readonly prefix?: ByteString;
  /** First key to visit (last one when `reverse`), included. */
  readonly start?: K;
  readonly reverse?: boolean;
  /** Bytes of a key, after the table's own prefix, where the walk ends before; only forwards and without `prefix`. */
  readonly end?: ByteString;
}

/** Keys to values under a prefix, ordered by key. */
export class Table<K, V> {
  readonly #store: string;
  readonly #prefix: ByteString;
  readonly #keys: KeyCodec<K>;
  readonly #values: ValueCodec<V>;

  constructor(store: string, prefix: ByteString, keys: KeyCodec<K>, values: ValueCodec<V>) {
    this.#store = store;
    this.#prefix = prefix;
    this.#keys = keys;
    this.#values = values;
  }

  get(ctx: Context, key: K): V | undefined {
    const bytes = ctx.kv(this.#store).get(this.#at(key));
    return bytes === undefined ? undefined : this.#values.read(bytes);
  }

  has(ctx: Context, key: K): boolean {
    return ctx.kv(this.#store).has(this.#at(key));
  }

  set(ctx: Context, key: K, value: V): void {
    ctx.kv(this.#store).set(this.#at(key), this.#values.write(value));
  }

  remove(ctx: Context, key: K): void {
    ctx.kv(this.#store).delete(this.#at(key));
  }

  /**
   * Entries in key order. The table may not be written during the walk: collect first where a loop writes.
   * `prefix` is the byte string of the leading parts of a compound key, written by their codecs with `last = false`.
   */
  *walk(ctx: Context, options: Walk<K> = {}): Iterable<readonly [K, V]> {
    const prefix = this.#prefix + (options.prefix ?? '');
    const reverse = options.reverse ?? false;
    const from = options.start === undefined ? undefined : this.#at(options.start);
    const start = from === undefined || reverse ? prefix : from;
    const past = options.end === undefined ? prefixEnd(prefix) : this.#prefix + options.end;
    const end = from === undefined || !reverse ? past : `${from}\0`;
    for (const [key, value] of ctx.kv(this.#store).iterate({ start, end, reverse })) {
      yield [this.#keys.read(key, this.#prefix.length, true)[0], this.#values.read(value)];
    }
  }

  /** Entries by the raw bytes of their keys, each decoded only when read: what pages of queries are cut from. */
  *walkRaw(ctx: Context, options: RawWalk): Iterable<RawEntry<K, V>> {
    const prefix = this.#prefix + (options.prefix ?? '');
    const reverse = options.reverse ?? false;
    const from = prefix + (options.start ?? '');
    const start = reverse ? prefix : from;
    const end = prefixEnd(reverse ? from : prefix);
    for (const [key, value] of ctx.kv(this.#store).iterate({ start, end, reverse })) {
      yield {
        suffix: key.slice(prefix.length),
        read: () => [this.#keys.read(key, this.#prefix.length, true)[0], this.#values.read(value)],
      };
    }
  }

  #at(key: K): ByteString {
    return this.#prefix + this.#keys.write(key, true);
  }
}

const present = Uint8Array.of(1);

/** A set of keys under a prefix, ordered: for indexes from a property to the things that have it. */
export class KeySet<K> {
  readonly #table: Table<K, Uint8Array>;

  constructor(store: string, prefix: ByteString, keys: KeyCodec<K>) {
    this.#table = new Table(store, prefix, keys, { write: (value) => value, read: (bytes) => bytes });
  }

  has(ctx: Context, key: K): boolean {
    return this.#table.has(ctx, key);
  }

  add(ctx: Context, key: K): void {
    this.#table.set(ctx, key, present);
  }

  remove(ctx: Context, key: K): void {
    this.#table.remove(ctx, key);
  }

  *walk(ctx: Context, options: Walk<K> = {}): Iterable<K> {
    for (const [key] of this.#table.walk(ctx, options)) yield key;
  }

  walkRaw(ctx: Context, options: RawWalk): Iterable<RawEntry<K, Uint8Array>> {
    return this.#table.walkRaw(ctx, options);
  }
}
