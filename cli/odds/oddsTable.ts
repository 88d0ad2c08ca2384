import { runCost, skippingOdds } from '../../modules/verification/formulas.ts';
import type { Params } from '../../proto/generated/infinet/verification/v1/types.ts';

/** The run that a cheat is weighed for. */
export interface OddsRun {
  readonly units: bigint;
  /** Operations of one unit. */
  readonly unitFlop: bigint;
  /** Smallest unit of the bond denomination. */
  readonly stake: bigint;
}

/** One cheat: so many units of the run are not what F gives. Amounts are in the smallest unit of the bond denomination. */
export interface OddsRow {
  readonly badUnits: bigint;
  /** Of the run's units, 10^-6. */
  readonly badPpm: bigint;
  readonly honestSeats: number;
  /** 10^-9. */
  readonly escapePpb: bigint;
  readonly savedWork: bigint;
  /** (1 - escape) x (stake + reward), where the reward just covers the run's work: the cheat's best case. */
  readonly expectedLoss: bigint;
  /** savedWork - expectedLoss. */
  readonly value: bigint;
  /** The gain from an unnoticed cheat at which it begins to pay: (1 - escape) / escape x stake; absent where none is enough. */
  readonly breakEvenGain?: bigint;
}

/** Shares of bad units that are shown, 10^-6. */
const shares = [1_000n, 10_000n, 100_000n] as const;

/** What cheating is worth under these parameters, for each share of bad units and each number of honest seats. */
export function oddsTable(params: Params, run: OddsRun): OddsRow[] {
  return shares.flatMap((share) => {
    const badUnits = (run.units * share + 999_999n) / 1_000_000n;
    return Array.from({ length: params.seats }, (_, at) => rowOf(params, run, badUnits, at + 1));
  });
}

function rowOf(params: Params, { units, unitFlop, stake }: OddsRun, badUnits: bigint, honestSeats: number): OddsRow {
  const k = params.unitsPerSeat;
  const priceMicro = BigInt(params.gflopPriceMicro);
  const reward = runCost({ units, unitFlop, priceMicro });
  const odds = skippingOdds({ units, badUnits, unitFlop, k, honestSeats, priceMicro, stake, reward });
  const { escapePpb: unseen, saved, risked, value } = odds;
  const breakEven = unseen === 0n ? {} : { breakEvenGain: ((1_000_000_000n - unseen) * stake) / unseen };
  const badPpm = (badUnits * 1_000_000n) / units;
  return {
    badUnits,
    badPpm,
    honestSeats,
    escapePpb: unseen,
    savedWork: saved,
    expectedLoss: risked,
    value,
    ...breakEven,
  };
}

/** The table for people; amounts in the smallest unit. */
export function oddsLines(rows: readonly OddsRow[]): string[] {
  const cells = rows.map((row) => [
    `${Number(row.badPpm) / 10_000}%`,
    `${row.honestSeats}`,
    `${(Number(row.escapePpb) / 1e7).toFixed(2)}%`,
    `${row.savedWork}`,
    `${row.expectedLoss}`,
    `${row.value}`,
    `${row.breakEvenGain ?? 'none is enough'}`,
  ]);
  const heads = ['bad units', 'honest seats', 'escapes', 'saved work', 'expected loss', 'value', 'pays from a gain of'];
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  return [heads, ...cells].map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '));
}
