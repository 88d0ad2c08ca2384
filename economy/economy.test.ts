import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFigure } from './figures/chart.ts';
import { rewardByQuality } from './figures/rewardByQuality.ts';
import { tokensByDataset } from './figures/tokensByDataset.ts';
import { tokensOverTime } from './figures/tokensOverTime.ts';
import { valueByRound } from './figures/valueByRound.ts';
import { DAILY_DEVIATION, runHistory } from './history.ts';
import { bitcoinMonths, priceAt } from './prices.ts';
import { summarize } from './report.ts';
import { jump, staleOracle, supplyReached } from './scenarios.ts';
import { correlation, variation } from './statistics.ts';

const options = { seed: 7, weeks: 24, datasets: 12, models: 6, targetMultiple: 1, dailyDeviation: 0 };
const smooth = runHistory(options);
const moving = runHistory({ ...options, dailyDeviation: DAILY_DEVIATION });

describe('half a year of the simulated economy', () => {
  it('pays by planted quality: the correlation within a round is at least 0.95 on average', () => {
    const { dataInARound, modelsInARound } = summarize(smooth).correlationOfRewardWithQuality;
    expect(dataInARound.mean).toBeGreaterThanOrEqual(0.95);
    expect(modelsInARound.mean).toBeGreaterThanOrEqual(0.95);
  });

  it('keeps the value of a round within 5% at the spot price while the cap does not bind, also when prices move', () => {
    for (const rounds of [smooth, moving]) {
      const { limits, variationOfValueWhileValueBinds } = summarize(rounds);
      expect(limits.value).toBeGreaterThan(5);
      expect(variationOfValueWhileValueBinds.toContributors).toBeLessThanOrEqual(0.05);
    }
    expect(summarize(moving).slowPriceLag.worst).toBeGreaterThan(summarize(smooth).slowPriceLag.worst);
  });

  it('never pays more than the cap and what the reserve allows, and says which limit it was', () => {
    for (const { paid, budget, cap, draw, limit, slowIndex } of smooth) {
      expect(paid).toBeLessThanOrEqual(budget);
      expect(budget).toBeLessThanOrEqual(cap + draw);
      if (limit === 'value') expect(budget * slowIndex).toBeCloseTo(2_394_000, -1);
      if (limit === 'schedule') expect(budget).toBe(cap + draw);
    }
  });

  it('says so when there is too little work for the budget, and the rate of a weight is what binds', () => {
    const few = runHistory({ ...options, weeks: 8, datasets: 3, models: 3 });
    expect(few.map(({ limit }) => limit)).toEqual(few.map(() => 'rate'));
    // Their streams have 55% of the budget.
    expect(few.every(({ toContributors, budget }) => toContributors < 0.54 * budget)).toBe(true);
  });

  it('follows from its seed', () => {
    const again = runHistory({ ...options, weeks: 8 });
    expect(again).toEqual(smooth.slice(0, again.length));
    const other = runHistory({ ...options, weeks: 8, seed: 8 });
    expect(other.map(({ rewards }) => rewards)).not.toEqual(again.map(({ rewards }) => rewards));
  });

  it('is drawn as four figures with the rows they are drawn from', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'figures-'));
    try {
      for (const figure of [
        rewardByQuality(smooth),
        tokensOverTime(smooth),
        tokensByDataset(smooth),
        valueByRound(smooth, moving),
      ]) {
        const [svg = '', csv = ''] = (await writeFigure(folder, figure)).map((path) => readFileSync(path, 'utf8'));
        expect(svg).toMatch(/^<svg /);
        const points = svg.match(/aria-roledescription="point"/g) ?? [];
        expect(points.length).toBeGreaterThan(15);
        expect(csv.trim().split('\n').length).toBe(figure.rows.length + 1);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what goes wrong', () => {
  it('a crash by 90% is followed within a day and shared by all: the schedule binds, the reserve helps for a while', () => {
    const crash = jump(0.1);
    expect(crash.hoursUntilSlowPriceIsWithin5Percent).toBeLessThanOrEqual(24);
    expect(crash.leastValueOfUsual).toBeGreaterThan(0.1);
    expect(crash.drawnFromReserveInCaps).toBeGreaterThan(10);
    expect(crash.hoursUntilValueStaysWithin5Percent).toBeNull();
  });

  it('a tenfold rise pays too much for a day, less each hour, and then as before', () => {
    const rise = jump(10);
    expect(rise.mostValueOfUsual).toBeLessThan(10);
    expect(rise.hoursUntilValueStaysWithin5Percent).toBeLessThanOrEqual(25);
    expect(rise.lastValueOfUsual).toBeCloseTo(1, 2);
  });

  it('silent price sources cost no epoch: the cap is still shared, the reserve waits', () => {
    const stale = staleOracle();
    expect(stale).toMatchObject({ epochsUntilPause: 6, pausedEpochs: 42 });
    expect(stale.leastPaidInCaps).toBeGreaterThan(0.5);
    expect(stale.paidInCapsAfter).toBe(stale.paidInCapsBefore);
  });

  it('the supply is issued to nearly the last unit, never beyond, and then nothing is paid', () => {
    const end = supplyReached();
    expect(end.everAboveSupply).toBe(false);
    expect(end.issuedOfSupply).toBeGreaterThan(0.99);
    expect(end.lastEpochThatPaid).toBeLessThan(end.epochs);
  });
});

describe('prices', () => {
  it('are 156 months of Bitcoin, and between two of them grow by the same factor each second', () => {
    const months = bitcoinMonths();
    expect(months.length).toBe(156);
    expect([months[0]?.dollars, months.at(-1)?.dollars]).toEqual([5.55, 93_381]);
    const line = [
      { time: 0, dollars: 100 },
      { time: 10, dollars: 400 },
    ];
    expect([-1, 0, 5, 10, 11].map((time) => priceAt(line, time))).toEqual([100, 100, 200, 400, 400]);
  });
});

it('correlation and variation are those of the textbook', () => {
  expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
  expect(correlation([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
  expect(variation([9, 11])).toBeCloseTo(0.1, 12);
  expect(() => correlation([1], [1])).toThrow(RangeError);
});
