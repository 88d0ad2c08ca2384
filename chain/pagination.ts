import { toByteString } from '../sdk/codec/byteString.ts';
import type { Context } from './context.ts';
import { fail, sdkErrors } from './errors.ts';
import { type ByteString, fromByteString } from './store/kv.ts';

/** What a client asks for (cosmos.base.query.v1beta1.PageRequest). */
export interface PageRequest {
  /** `nextKey` of the page before; not together with `offset`. */
  readonly key: Uint8Array;
  readonly offset: bigint;
  /** 0 means 100 and asks for the total. */
  readonly limit: bigint;
  readonly countTotal: boolean;
  readonly reverse: boolean;
}

export interface PageResponse {
  nextKey: Uint8Array;
  total: bigint;
}

/** A table or set whose entries can be walked by the raw bytes of their keys. */
export interface Pageable<K, V> {
  walkRaw(ctx: Context, options: RawWalk): Iterable<RawEntry<K, V>>;
}

/** `prefix` as in `Walk`; `start` is the rest of the first key after it (the last one, and all that begin with it, when `reverse`). */
export interface RawWalk {
  readonly prefix?: ByteString;
  readonly start?: ByteString;
  readonly reverse?: boolean;
}

export interface RawEntry<K, V> {
  /** The key's bytes after the table's prefix and the walk's. */
  readonly suffix: ByteString;
  read(): readonly [K, V];
}

const defaultLimit = 100n;
const u64Limit = 1n << 64n;

/**
 * One page of a table, with the semantics of `query.CollectionFilteredPaginate` of the Cosmos SDK 0.50: the total is
 * counted if asked for or if no limit is given (never when paging by key), an offset beyond the end gives an empty page
 * without total, and `map` may drop an entry by returning undefined. Throws an `Error` when both key and offset are set.
 */
export function paginate<K, V, T>(
  ctx: Context,
  table: Pageable<K, V>,
  request: PageRequest | undefined,
  map: (key: K, value: V) => T | undefined,
  prefix?: ByteString,
): { items: T[]; pagination: PageResponse } {
  const { limit, countTotal, offset, reverse, start } = readRequest(request);
  const items: T[] = [];
  let hits = 0n;
  let skipped = 0n;
  let nextKey: ByteString | undefined;
  for (const entry of table.walkRaw(ctx, { prefix, start, reverse })) {
    if (skipped < offset) {
      skipped++;
      continue;
    }
    if (hits >= limit) {
      nextKey ??= entry.suffix;
      if (start !== undefined || !countTotal) break;
      if (map(...entry.read()) !== undefined) hits++;
      continue;
    }
    const item = map(...entry.read());
    if (item !== undefined) items.push(item);
    if (item !== undefined || start !== undefined) hits++;
  }
  if (skipped < offset) return { items, pagination: { nextKey: new Uint8Array(), total: 0n } };
  const total = start === undefined && countTotal ? hits + offset : 0n;
  return { items, pagination: { nextKey: fromByteString(nextKey ?? ''), total } };
}

/**
 * One page of the entries that `map` keeps, with the semantics of `query.FilteredPaginate` of the Cosmos SDK 0.50, which
 * its staking queries use: offset, limit and total count only kept entries.
 */
export function paginateFiltered<K, V, T>(
  ctx: Context,
  table: Pageable<K, V>,
  request: PageRequest | undefined,
  map: (key: K, value: V) => T | undefined,
  prefix?: ByteString,
): { items: T[]; pagination: PageResponse } {
  const { limit, countTotal, offset, reverse, start } = readRequest(request);
  const first = start === undefined ? offset : 0n;
  const end = first + limit;
  const items: T[] = [];
  let hits = 0n;
  let nextKey: ByteString | undefined;
  for (const entry of table.walkRaw(ctx, { prefix, start, reverse })) {
    if (start !== undefined && hits === limit) {
      nextKey = entry.suffix;
      break;
    }
    const item = map(...entry.read());
    if (item === undefined) continue;
    if (hits >= first && hits < end) items.push(item);
    hits++;
    if (hits === end + 1n) {
      nextKey ??= entry.suffix;
      if (!countTotal) break;
    }
  }
  const total = start === undefined && countTotal ? hits : 0n;
  return { items, pagination: { nextKey: fromByteString(nextKey ?? ''), total } };
}

function readRequest(request: PageRequest | undefined) {
  const limit = request?.limit ?? 0n;
  const key = request?.key ?? new Uint8Array();
  const offset = request?.offset ?? 0n;
  if (limit < 0n || limit >= u64Limit || offset < 0n || offset >= u64Limit) {
    fail(sdkErrors.invalidRequest, 'page offset and limit are unsigned 64-bit integers');
  }
  if (offset > 0n && key.length > 0) {
    throw new Error('invalid request, either offset or key is expected, got both');
  }
  return {
    limit: limit === 0n ? defaultLimit : limit,
    countTotal: limit === 0n || (request?.countTotal ?? false),
    offset,
    reverse: request?.reverse ?? false,
    start: key.length === 0 ? undefined : toByteString(key),
  };
}
