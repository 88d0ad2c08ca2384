import { parseArgs } from 'node:util';
import { type Benchmark, type Figures, rounded, type Say } from './bench.ts';
import { type Curve, corruptionCurve, corruptionNames } from './valuation/corruption.ts';
import { noisyLabelF1 } from './valuation/noisyLabels.ts';
import { setNames } from './valuation/sets.ts';

const corruptionRates = [0, 0.05, 0.1, 0.2, 0.4];
/** Least F1 at 10% and 20% of changed labels. */
const goals = { breast_cancer: [0.75, 0.74], digits: [0.74, 0.79], wine: [0.81, 0.81], iris: [0.8, 0.86] } as const;

async function run(say: Say): Promise<Figures> {
  const { values } = parseArgs({ args: process.argv.slice(3), options: { seeds: { type: 'string', default: '10' } } });
  const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);
  const f1: Record<string, number> = {};
  for (const set of setNames) {
    for (const [at, rate] of [0.1, 0.2].entries()) {
      const all = seeds.map((seed) => noisyLabelF1(set, rate, seed));
      const mean = all.reduce((sum, each) => sum + each, 0) / all.length;
      f1[`${set}_${rate * 100}`] = rounded(mean, 3);
      say(
        `noisy labels, ${set}, ${rate * 100}%: F1 ${mean.toFixed(3)} (goal ${goals[set][at]}), worst ${Math.min(...all).toFixed(3)}`,
      );
    }
  }
  const curves: Curve[] = [];
  for (const set of ['iris', 'wine', 'breast_cancer'] as const) {
    for (const corruption of corruptionNames) {
      for (const seed of seeds.slice(0, 3)) curves.push(await corruptionCurve(set, corruption, corruptionRates, seed));
      const own = curves.filter((curve) => curve.set === set && curve.corruption === corruption);
      const last = own.at(-1);
      say(
        `${corruption}, ${set}: ${last?.metric} ${last?.values.map((value) => value.toFixed(3)).join(' ')}, falls in ` +
          `${own.filter(({ falls }) => falls).length} of ${own.length}; others move by at most ` +
          `${Math.max(...own.map(({ othersMove }) => othersMove)).toFixed(3)}`,
      );
    }
  }
  return {
    seeds: seeds.length,
    ...Object.fromEntries(Object.entries(f1).map(([name, value]) => [`f1_${name}`, value])),
    f1GoalsMissed: Object.entries(goals)
      .flatMap(([set, least]) => least.map((goal, at) => (f1[`${set}_${10 * (at + 1)}`] ?? 0) < goal))
      .filter(Boolean).length,
    corruptionCurves: curves.length,
    corruptionCurvesThatFall: curves.filter(({ falls }) => falls).length,
    othersMoveAtMost: rounded(Math.max(...curves.map(({ othersMove }) => othersMove)), 4),
  };
}

export const valuation: Benchmark = {
  about: 'how well metrics tell seeded corruption of real tables, and values tell noisy labels',
  run,
};
