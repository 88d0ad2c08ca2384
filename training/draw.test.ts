import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawUnits } from './draw.ts';

describe('the draw of units', () => {
  it('always has the first and the last, and k distinct ones more', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(30),
        (output, units, k) => {
          const drawn = drawUnits(output, units, k);
          expect(drawn).toContain(1);
          expect(drawn).toContain(units);
          expect(new Set(drawn).size).toBe(Math.min(units, k + Math.min(units, 2)));
          expect(drawn.every((unit) => unit >= 1 && unit <= units)).toBe(true);
        },
      ),
    );
  });

  it('hits every unit equally often over many outputs', () => {
    const counts = new Array<number>(42).fill(0);
    for (let i = 0; i < 2_000; i += 1) {
      for (const unit of drawUnits(Uint8Array.of(i & 255, i >> 8), 42, 10))
        counts[unit - 1] = (counts[unit - 1] ?? 0) + 1;
    }
    const inner = counts.slice(1, -1);
    const chiSquare = inner.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquare).toBeLessThan(73);
  });

  it('never changes', () => {
    expect(drawUnits(new Uint8Array(64), 200, 6)).toEqual([1, 32, 47, 51, 54, 83, 128, 200]);
  });
});
