import { describe, expect, it } from 'vitest';
import { knnShapley } from '../../modules/valuation/shapley.ts';
import { makeDataset, NEIGHBOURS } from '../contributors.ts';
import { createStage, cut, disturbed, gain, joined, rewardAlone, rewardTogether } from './stage.ts';

/** What an attack may earn more than honest work. */
const LEAST_GAIN = 0.01;

describe('attacks on the value of data that earn nothing', () => {
  it('splitting 200 rows in 100: pieces of two say less than a guess, and all are rejected (-100%)', () => {
    const earned = gain(rewardAlone, ({ own }) => ({ honest: [own], attack: cut(own, 100) }));
    expect(earned).toBeLessThanOrEqual(LEAST_GAIN);
    expect(earned).toBeCloseTo(-1, 2);
  });

  it('merging two datasets: they earn about half of what they would apart (-46%)', () => {
    const earned = gain(rewardAlone, ({ own, random }) => {
      const second = makeDataset(random, 0.8);
      return { honest: [own, second], attack: [joined([own, second])] };
    });
    expect(earned).toBeLessThanOrEqual(LEAST_GAIN);
    expect(earned).toBeCloseTo(-0.46, 1);
  });

  it('adding as many rows of noise: the reward falls (-44%)', () => {
    const earned = gain(rewardAlone, ({ own, random }) => ({
      honest: [own],
      attack: [joined([own, makeDataset(random, 0)])],
    }));
    expect(earned).toBeLessThanOrEqual(LEAST_GAIN);
    expect(earned).toBeLessThan(-0.2);
  });

  it('repeating the own rows in one dataset: nothing is gained (-3%)', () => {
    const earned = gain(rewardAlone, (stage) => ({
      honest: [stage.own],
      attack: [joined([stage.own, disturbed(stage, stage.own)])],
    }));
    expect(earned).toBeLessThanOrEqual(LEAST_GAIN);
  });
});

describe('KNOWN GAP: attacks that do earn more today, since each contribution is valued alone', () => {
  it.each([
    [200, 2, 0.8],
    [200, 5, 2.7],
    [200, 10, 4.6],
    [2_000, 100, 10.2],
  ])('%i rows split in %i earn %f times their reward more', (rows, pieces, times) => {
    const earned = gain(rewardAlone, ({ random }) => {
      const whole = makeDataset(random, 0.8, rows);
      return { honest: [whole], attack: cut(whole, pieces) };
    });
    expect(earned).toBeGreaterThan(LEAST_GAIN);
    expect(earned).toBeCloseTo(times, 0);
  });

  it('a copy of the own dataset with every cell moved a little earns 85% more', () => {
    const earned = gain(rewardAlone, (stage) => ({
      honest: [stage.own],
      attack: [stage.own, disturbed(stage, stage.own)],
    }));
    expect(earned).toBeGreaterThan(LEAST_GAIN);
    expect(earned).toBeCloseTo(0.85, 1);
  });

  it("a copy of the best stranger's dataset, moved a little, earns 107% more", () => {
    const earned = gain(rewardAlone, (stage) => {
      const best = stage.others.at(-1) ?? stage.own;
      return { honest: [stage.own], attack: [stage.own, disturbed(stage, best)] };
    });
    expect(earned).toBeGreaterThan(LEAST_GAIN);
    expect(earned).toBeCloseTo(1.07, 1);
  });
});

describe('what valuing a round together would change (the formula exists, no module does it yet)', () => {
  it('splitting leaves the sum of the points exactly as it was, if pieces of negative value are not cut off at 0', () => {
    const { own, others, shard } = createStage(1);
    const { features, labels } = joined([own, ...others]).points;
    const { values } = knnShapley({ features, labels }, shard, NEIGHBOURS);
    const mine = values.slice(0, own.points.labels.length);
    const sum = (points: readonly bigint[]): bigint => points.reduce((total, value) => total + value, 0n);
    const pieces = Array.from({ length: 100 }, (_, at) =>
      sum(mine.slice(Math.round((at * mine.length) / 100), Math.round(((at + 1) * mine.length) / 100))),
    );
    expect(sum(pieces)).toBe(sum(mine));
  });

  it('cut off at 0, splitting in 100 still earns 30% more: harmful rows are left behind in pieces of their own', () => {
    const earned = gain(rewardTogether, ({ own }) => ({ honest: [own], attack: cut(own, 100) }));
    expect(earned).toBeCloseTo(0.3, 1);
  });

  it('merging earns the same to the last part', () => {
    const earned = gain(rewardTogether, ({ own, random }) => {
      const second = makeDataset(random, 0.8);
      return { honest: [own, second], attack: [joined([own, second])] };
    });
    expect(Math.abs(earned)).toBeLessThan(1e-9);
  });

  it('near-copies would still earn 85% more: only finding them out helps', () => {
    const earned = gain(rewardTogether, (stage) => ({
      honest: [stage.own],
      attack: [stage.own, disturbed(stage, stage.own)],
    }));
    expect(earned).toBeGreaterThan(0.5);
  });
});
