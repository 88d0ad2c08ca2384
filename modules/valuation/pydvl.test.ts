import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knnShapley, SHAPLEY_SCALE } from './shapley.ts';

/** `vectors/generate.py` made them with pyDVL 0.10.0: label, features, value; rows without a value are the shard. */
function vectorsOf(name: string) {
  const text = readFileSync(new URL(`./vectors/pydvl-${name}.csv`, import.meta.url), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.split(','))
    .map((cells) => ({ label: cells[0] ?? '', features: cells.slice(1, -1).map(Number), value: cells.at(-1) ?? '' }));
  const points = (some: typeof rows) => ({
    features: some.map(({ features }) => features),
    labels: some.map(({ label }) => label),
  });
  const train = rows.filter(({ value }) => value !== '');
  const shard = points(rows.filter(({ value }) => value === ''));
  return { train: points(train), shard, expected: train.map(({ value }) => Number(value)) };
}

describe('KNN-Shapley beside pyDVL 0.10.0', () => {
  it.each([
    ['iris', 75],
    ['wine', 89],
  ])('gives its values on %s, %i rows, to 10^-11', (name, rows) => {
    const { train, shard, expected } = vectorsOf(name);
    const { values } = knnShapley(train, shard, 5);
    expect(values.length).toBe(rows);
    for (const [at, value] of values.entries()) {
      expect(Math.abs(Number(value) / Number(SHAPLEY_SCALE) - (expected[at] ?? 0))).toBeLessThan(1e-11);
    }
  });
});
