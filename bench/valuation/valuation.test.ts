import { describe, expect, it } from 'vitest';
import { corruptionCurve, corruptionNames } from './corruption.ts';
import { noisyLabelF1 } from './noisyLabels.ts';

describe('the measures of data are measured (a short form of `npm run bench -- valuation`)', () => {
  it.each(corruptionNames)(
    '%s in a real table lower the metric that is meant, step by step, and leave the others',
    async (name) => {
      const { falls, othersMove, values } = await corruptionCurve('wine', name, [0, 0.1, 0.3], 1);
      expect(values[0]).toBeGreaterThan(0.9);
      expect(falls).toBe(true);
      expect(othersMove).toBeLessThan(0.02);
    },
  );

  it.each([
    ['wine', 0.1, 0.81],
    ['wine', 0.2, 0.81],
    ['iris', 0.1, 0.8],
    ['iris', 0.2, 0.86],
  ] as const)(
    'rows of negative value in %s are the ones with %f of noisy labels: F1 at least %f on average',
    (set, rate, least) => {
      const seeds = [1, 2, 3, 4, 5, 6];
      const sum = seeds.reduce((all, seed) => all + noisyLabelF1(set, rate, seed), 0);
      expect(sum / seeds.length).toBeGreaterThanOrEqual(least);
    },
  );
});
