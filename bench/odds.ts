import { oddsLines, oddsTable } from '../cli/odds/oddsTable.ts';
import { defaultParams } from '../modules/verification/params.ts';
import type { Benchmark } from './bench.ts';

const stake = BigInt(defaultParams.minRunStake);

/** The table of modules/verification/README.md: nothing is measured, so it is the same everywhere. */
export const odds: Benchmark = {
  about: 'what cheating is worth under the default parameters, by formula',
  run: async (say) => {
    const long = { units: 10_000n, unitFlop: 1_000_000_000n, stake };
    const largest = { units: defaultParams.maxUnits, unitFlop: defaultParams.maxUnitFlop, stake };
    for (const run of [long, largest]) {
      say(`${run.units} units of ${run.unitFlop} operations, stake ${stake}:`);
      for (const line of oddsLines(oddsTable(defaultParams, run))) say(line);
    }
    const worst = oddsTable(defaultParams, largest).filter(({ badPpm }) => badPpm === 10_000n);
    return Object.fromEntries(
      worst.map(({ honestSeats, value }) => [`value_1_percent_${honestSeats}_honest`, `${value}`]),
    );
  },
};
