import { expect, test } from 'vitest';
import { Params } from '../../proto/generated/infinet/verification/v1/types.ts';
import { oddsLines, oddsTable } from './oddsTable.ts';

const params = Params.fromPartial({ seats: 3, unitsPerSeat: 22, gflopPriceMicro: '1000000' });
const run = { units: 1_000n, unitFlop: 1_000_000_000n, stake: 100_000_000n };

test('each share of bad units has a row for every number of honest seats', () => {
  const rows = oddsTable(params, run);
  expect(rows.map(({ badUnits, honestSeats }) => [badUnits, honestSeats])).toEqual(
    [1n, 10n, 100n].flatMap((bad) => [1, 2, 3].map((seats) => [bad, seats])),
  );
  // 1 - 22/998 for one bad unit and one seat; C(898, 22) / C(998, 22) for a hundred.
  expect(rows[0]?.escapePpb).toBe(977_955_912n);
  expect(rows[6]?.escapePpb).toBe(95_464_241n);
});

test('work that is left out is priced as the chain prices work, and the break-even is where expectation is zero', () => {
  const [row] = oddsTable(params, run);
  if (row?.breakEvenGain === undefined) throw new Error('no break-even');
  expect(row.savedWork).toBe(1n);
  expect(row.value).toBe(row.savedWork - row.expectedLoss);
  const expected = (row.escapePpb * row.breakEvenGain - (1_000_000_000n - row.escapePpb) * run.stake) / 1_000_000_000n;
  expect(expected).toBe(0n);
});

test('a run that is drawn whole leaves no gain that is large enough', () => {
  const rows = oddsTable(params, { ...run, units: 20n });
  expect(rows.every(({ escapePpb, breakEvenGain }) => escapePpb === 0n && breakEvenGain === undefined)).toBe(true);
  expect(oddsLines(rows)[1]).toMatch(/none is enough$/);
});

test('the lines form a table', () => {
  const lines = oddsLines(oddsTable(params, run));
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  expect(lines[0]).toContain('honest seats');
});
