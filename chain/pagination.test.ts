import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Table } from './collections/collections.ts';
import { pairKey, textKey, u64Key } from './collections/keys.ts';
import { u64Value } from './collections/values.ts';
import { Context } from './context.ts';
import { paginate, paginateFiltered } from './pagination.ts';
import { MemoryState } from './store/memory.ts';

const table = new Table('things', '\x07', pairKey(textKey, u64Key), u64Value);
const prefix = textKey.write('mine', false);

function filled(count: number): Context {
  const block = { chainId: 'test', height: 1n, time: 0n, proposer: new Uint8Array() };
  const ctx = new Context(block, new MemoryState());
  for (let n = 0; n < count; n++) table.set(ctx, ['mine', BigInt(n)], BigInt(n));
  table.set(ctx, ['other', 1n], 1000n);
  return ctx;
}

const none = { key: new Uint8Array(), offset: 0n, limit: 0n, countTotal: false, reverse: false };
const value = (_: unknown, found: bigint) => found;

describe('pages', () => {
  test('without a request there are 100 entries and the total', () => {
    const page = paginate(filled(150), table, undefined, value, prefix);
    expect(page.items).toHaveLength(100);
    expect(page.pagination.total).toBe(150n);
    expect(page.pagination.nextKey).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 100));
  });

  test('with a limit the total is counted only on demand', () => {
    const ctx = filled(10);
    expect(paginate(ctx, table, { ...none, limit: 3n }, value, prefix).pagination.total).toBe(0n);
    expect(paginate(ctx, table, { ...none, limit: 3n, countTotal: true }, value, prefix).pagination.total).toBe(10n);
  });

  test('an offset beyond the end gives an empty page without total', () => {
    const { items, pagination } = paginate(filled(3), table, { ...none, offset: 4n, countTotal: true }, value, prefix);
    expect(items).toEqual([]);
    expect(pagination).toEqual({ nextKey: new Uint8Array(), total: 0n });
  });

  test('key and offset together are refused', () => {
    expect(() => paginate(filled(3), table, { ...none, key: Uint8Array.of(1), offset: 1n }, value)).toThrow(
      'invalid request, either offset or key is expected, got both',
    );
  });

  test('following the next key visits everything once, in both directions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.bigInt(1n, 12n), fc.boolean(), (count, limit, reverse) => {
        const ctx = filled(count);
        const all = Array.from({ length: count }, (_, n) => BigInt(n));
        if (reverse) all.reverse();
        for (const page of [paginate, paginateFiltered]) {
          const seen: bigint[] = [];
          let key = new Uint8Array();
          do {
            const { items, pagination } = page(ctx, table, { ...none, key, limit, reverse }, value, prefix);
            expect(items.length).toBeLessThanOrEqual(Number(limit));
            seen.push(...items);
            key = Uint8Array.from(pagination.nextKey);
          } while (key.length > 0);
          expect(seen).toEqual(all);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a filtered page counts only what the filter keeps', () => {
    const even = (_: unknown, found: bigint) => (found % 2n === 0n ? found : undefined);
    const page = paginateFiltered(
      filled(10),
      table,
      { ...none, offset: 1n, limit: 2n, countTotal: true },
      even,
      prefix,
    );
    expect(page.items).toEqual([2n, 4n]);
    expect(page.pagination.total).toBe(5n);
    expect(page.pagination.nextKey).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 6));
  });
});
