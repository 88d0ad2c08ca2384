import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

const one = () => 1;

describe('a cache of what was used lately', () => {
  it('never answers with anything but the last value, and holds no more than its bound', () => {
    const step = fc.record({
      kind: fc.constantFrom('get', 'set', 'delete'),
      key: fc.nat(20),
      cost: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 30 }), (steps, limit) => {
        const recent = new Recent<number, { value: number; cost: number }>(limit);
        const last = new Map<number, number>();
        for (const [index, { kind, key, cost }] of steps.entries()) {
          if (kind === 'set') {
            recent.set(key, { value: index, cost }, cost);
            last.set(key, index);
          } else if (kind === 'delete') {
            recent.delete(key);
            last.delete(key);
          } else {
            const found = recent.get(key, (entry) => entry.cost);
            if (found !== undefined) expect(found.value).toBe(last.get(key));
          }
          expect(recent.size).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('keeps what is asked for again and again', () => {
    const recent = new Recent<number, string>(10);
    recent.set(-1, 'hot', 1);
    for (let key = 0; key < 1000; key++) {
      recent.set(key, 'cold', 1);
      expect(recent.get(-1, one)).toBe('hot');
    }
    expect(recent.get(5, one)).toBeUndefined();
  });
});
