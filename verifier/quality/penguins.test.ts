import { describe, expect, it } from 'vitest';
import { appraise } from '../../modules/valuation/formulas.ts';
import { file, jsonFile, metricsOf, penguins, penguinsPath, penguinsSchema, type TableRow } from './fixture.ts';
import { measureTables } from './measureTables.ts';

const whole = {
  accuracy: 999_581,
  completeness: 992_524,
  consistency: 1_000_000,
  inconsistent_rows: 0,
  invalid_cells: 1,
  missing_cells: 18,
  rows: 344,
  timeliness: 1_000_000,
};

/** The story's split: every fifth row is held out. */
const shard = penguins().filter((_, at) => at % 5 === 0);
const contributed = penguins().filter((_, at) => at % 5 !== 0);

describe('the penguins of Palmer station, 344 rows with 18 gaps and one sex "."', () => {
  it('have exactly these metrics', async () => {
    expect(await metricsOf({ data: { path: penguinsPath } })).toEqual(whole);
  });

  it('have the same metrics as CSV and as JSON lines', async () => {
    const rows = penguins();
    const names = Object.keys(rows[0] ?? {});
    const csv = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
      .map((line) => line.join(','))
      .join('\n');
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    expect(await metricsOf({ data: { path: file(csv), mediaType: 'text/csv' } })).toEqual(whole);
    expect(await metricsOf({ data: { path: file(lines), mediaType: 'application/x-ndjson' } })).toEqual(whole);
    expect(await metricsOf({ data: { path: file(csv) } })).toEqual(whole);
  });

  it('teach a nearest-neighbour classifier the held-out fifth', async () => {
    const metrics = await metricsOf({ data: jsonFile(contributed), holdout: jsonFile(shard) });
    expect(metrics).toMatchObject({ impact_micro: 991_304, impact_rows: 273, rows: 275, shard_rows: 69 });
  });

  it('are worth this on the chain, whose objective takes the most frequent species as its baseline', async () => {
    const { metrics } = await measureTables({
      data: jsonFile(contributed),
      holdout: jsonFile(shard),
      schema: penguinsSchema,
      asOf: 0n,
    });
    const value = appraise({ kind: 1, metrics, qualityGatePpm: 700_000n, baselinePpm: 441_860n });
    expect(value).toMatchObject({ passed: true, qualityPpm: 990_647n, impactMicro: 984_419n, weight: 975_211n });
  });

  it('say what was not measured', async () => {
    const { notes } = await measureTables({ data: { path: penguinsPath }, schema: penguinsSchema, asOf: 0n });
    expect(notes).toEqual([
      'no timestamp column: timeliness is 10^6',
      'no held-out shard or no label: impact was not measured',
    ]);
  });
});

describe('corrupted penguins lose in the metric that is concerned', () => {
  const change = (every: number, edit: (row: TableRow) => TableRow) =>
    penguins().map((row, at) => (at % every === 0 ? edit(row) : row));
  const measured = async (rows: TableRow[]) => metricsOf({ data: jsonFile(rows) });

  it('cells removed: completeness', async () => {
    const metrics = await measured(change(10, (row) => ({ ...row, Island: null })));
    expect(metrics).toMatchObject({ completeness: 977_990, missing_cells: 53, consistency: 1_000_000 });
  });

  it('a whole column missing: completeness', async () => {
    const rows = penguins().map(({ Island: _, ...row }) => row);
    expect(await measured(rows)).toMatchObject({ missing_cells: 18 + 344 });
  });

  it('numbers out of range, text for numbers, unknown species: accuracy', async () => {
    const far = await measured(change(10, (row) => ({ ...row, 'Body Mass (g)': 99_999 })));
    const text = await measured(change(10, (row) => ({ ...row, 'Body Mass (g)': 'heavy' })));
    const unknown = await measured(change(10, (row) => ({ ...row, Species: 'Emperor' })));
    expect(far).toMatchObject({ invalid_cells: 36, accuracy: 984_937, completeness: whole.completeness });
    expect(text.invalid_cells).toBe(36);
    expect(unknown).toMatchObject({ invalid_cells: 36, consistency: 1_000_000 });
  });

  it('a fractional flipper is no integer: accuracy', async () => {
    expect(await measured(change(344, (row) => ({ ...row, 'Flipper Length (mm)': 181.5 })))).toMatchObject({
      invalid_cells: 2,
    });
  });

  it('rows repeated: consistency', async () => {
    const metrics = await measured([...penguins(), ...penguins().slice(0, 86)]);
    expect(metrics).toMatchObject({ rows: 430, inconsistent_rows: 86, consistency: 800_000 });
  });

  it('labels shuffled: impact', async () => {
    const species = contributed.map((row) => row.Species ?? null);
    const wrong = contributed.map((row, at) => ({ ...row, Species: species[(at * 97) % species.length] ?? null }));
    const metrics = await metricsOf({ data: jsonFile(wrong), holdout: jsonFile(shard) });
    expect(metrics.impact_micro).toBeLessThan(500_000);
    expect(metrics).toMatchObject({ accuracy: 999_475, completeness: 991_168 });
  });
});
