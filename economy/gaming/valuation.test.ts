import { describe, expect, it } from 'vitest';
import { makeDataset } from '../contributors.ts';
import { createStage, cut, disturbed, gain, joined, reward, rewardAlone, type Stage } from './stage.ts';

/** What an attack may earn more than honest work. */
const LEAST_GAIN = 0.01;

/** The best dataset of somebody else. */
const best = (stage: Stage) => stage.others.at(-1) ?? stage.own;

describe('attacks on the value of data that earn nothing', () => {
  it.each([
    [200, 2],
    [200, 5],
    [200, 10],
    [200, 100],
    [2_000, 10],
    [2_000, 100],
  ])('splitting %i rows in %i', (rows, pieces) => {
    const earned = gain(({ random }) => {
      const whole = makeDataset(random, 0.8, rows);
      return { honest: [whole], attack: cut(whole, pieces) };
    });
    expect(earned).toBeLessThanOrEqual(LEAST_GAIN);
  });

  it('merging two datasets that count each: the same to the last part', () => {
    const earned = gain(({ own, random }) => {
      const second = makeDataset(random, 0.8);
      return { honest: [own, second], attack: [joined([own, second])] };
    });
    expect(Math.abs(earned)).toBeLessThan(0.001);
  });

  it('adding as many rows of noise, or ten times as many', () => {
    for (const rows of [200, 2_000]) {
      const earned = gain(({ own, random }) => ({
        honest: [own],
        attack: [joined([own, makeDataset(random, 0, rows)])],
      }));
      expect(earned).toBeLessThan(-0.5);
    }
  });

  it('offering noise on the side, in pieces of which only lucky ones count', () => {
    const earned = gain(({ own, random }) => ({
      honest: [own],
      attack: [own, ...cut(makeDataset(random, 0, 400), 18)],
    }));
    expect(earned).toBeLessThanOrEqual(LEAST_GAIN);
  });

  it('repeating the own rows, in one dataset or in a second one', () => {
    const inOne = gain(({ own }) => ({ honest: [own], attack: [joined([own, own])] }));
    const apart = gain(({ own }) => ({ honest: [own], attack: [own], copies: [own] }));
    expect([inOne, apart].map((earned) => Math.round(earned * 1e6))).toEqual([0, 0]);
  });

  it("copying the best stranger's rows in a file of one's own, in other bytes", () => {
    const earned = gain((stage) => ({ honest: [stage.own], attack: [stage.own], copies: [best(stage)] }));
    expect(Math.abs(earned)).toBeLessThan(0.001);
  });

  it('choosing a round in which nobody else offers anything', () => {
    const stages = [1, 2, 3, 4, 5, 6].map(createStage);
    const sum = (rewards: readonly number[]): number => rewards.reduce((all, each) => all + each, 0);
    const alone = sum(stages.map((stage) => rewardAlone(stage, [stage.own])));
    const earned = alone / sum(stages.map((stage) => reward(stage, [stage.own]))) - 1;
    expect(earned).toBeLessThanOrEqual(LEAST_GAIN);
  });
});

describe('KNOWN LIMIT: rows that are moved further than the eye of the measure sees pass for rows of their own', () => {
  it.each([
    [1, 0, 0.2],
    [2, 0.2, 0.55],
    [20, 0.6, 1.4],
  ])('clouds as dense as these (rows about 15 apart), every cell moved by up to %i', (by, least, most) => {
    const earned = gain((stage) => ({
      honest: [stage.own],
      attack: [stage.own],
      copies: [disturbed(stage, stage.own, by)],
    }));
    expect(earned).toBeGreaterThan(least);
    expect(earned).toBeLessThan(most);
  });
});
