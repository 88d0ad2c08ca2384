#!/usr/bin/env node
import '../nodeVersion.ts';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type Row, writeFigure } from './figures/chart.ts';
import { rewardByQuality } from './figures/rewardByQuality.ts';
import { tokensByDataset } from './figures/tokensByDataset.ts';
import { tokensOverTime } from './figures/tokensOverTime.ts';
import { valueByRound } from './figures/valueByRound.ts';
import { DAILY_DEVIATION, runHistory } from './history.ts';
import { summarize } from './report.ts';
import { jump, staleOracle, supplyReached } from './scenarios.ts';

interface Flags {
  readonly seed: number;
  readonly weeks: number;
  readonly datasets: number;
  readonly models: number;
  readonly target: number;
  readonly out: string;
}

const least =
  (low: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < low) throw new InvalidArgumentError(`must be a number from ${low} on.`);
    return value;
  };

const program = new Command('infinet simulate')
  .description(
    "Run the chain's own oracle, valuation, rewards and bank over Bitcoin's prices from 2012 to 2024 with seeded contributors, " +
      "draw the white paper's figures 1 to 4 (SVG and CSV), and report how fair and how level the rewards were, and what " +
      'a crash, a rise, silent price sources and the end of the supply do. The last line is JSON.',
  )
  .option('--seed <number>', 'what everything that is random follows from', least(0), 1)
  .option('--weeks <number>', 'rounds to run, 674 are all', least(8), 674)
  .option('--datasets <number>', 'contributors of data', least(3), 20)
  .option('--models <number>', 'contributors of models', least(3), 6)
  .option(
    '--target <multiple>',
    "target value of a round in units of the first cap; the chain's own is 1",
    least(0.001),
    1,
  )
  .option('--out <folder>', 'where the figures go', 'simulation')
  .parse();

const flags = program.opts<Flags>();
const out = resolve(flags.out);
const say = (line: string): void => console.error(line);
const history = { ...flags, targetMultiple: flags.target };

say(`${flags.weeks} weekly rounds over Bitcoin's months from 2012 on`);
const smooth = runHistory({ ...history, dailyDeviation: 0 });
say(`the same with daily moves of ${DAILY_DEVIATION * 100}% about them`);
const moving = runHistory({ ...history, dailyDeviation: DAILY_DEVIATION });

mkdirSync(out, { recursive: true });
const figures = [
  rewardByQuality(smooth),
  tokensOverTime(smooth),
  tokensByDataset(smooth),
  valueByRound(smooth, moving),
];
for (const figure of figures) for (const path of await writeFigure(out, figure)) say(path);

say('a crash, a rise, silent sources, the end of the supply');
const report = {
  ...flags,
  out,
  monthly: summarize(smooth),
  moving: summarize(moving),
  crash90Percent: jump(0.1),
  rise10Times: jump(10),
  staleOracle: staleOracle(),
  supplyReached: supplyReached(),
};
const { variationOfValueWhileValueBinds: level, correlationOfRewardWithQuality: fair } = report.monthly;
const table: Row[] = [
  {
    measure: 'correlation of reward with planted quality, mean of rounds',
    value: fair.dataInARound.mean,
    goal: '>= 0.95',
  },
  { measure: 'variation of value a round, months interpolated', value: level.toContributors, goal: '<= 0.05' },
  {
    measure: 'the same with daily moves of 4%',
    value: report.moving.variationOfValueWhileValueBinds.toContributors,
    goal: '<= 0.05',
  },
];
for (const { measure, value, goal } of table) say(`${String(measure).padEnd(62)} ${value} (goal ${goal})`);
console.log(JSON.stringify(report));
