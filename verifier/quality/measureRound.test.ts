import { describe, expect, it } from 'vitest';
import { jsonFile, penguins, penguinsSchema, type TableRow } from './fixture.ts';
import { measure } from './measure.ts';
import { measureRound } from './measureRound.ts';
import { ratedPoints } from './points.ts';
import type { RoundRequest } from './request.ts';
import { parseSchema } from './schema.ts';
import { Tables } from './tables.ts';

const shard = penguins().filter((_, at) => at % 5 === 0);
const contributed = penguins().filter((_, at) => at % 5 !== 0);
const first = contributed.filter((_, at) => at % 2 === 0);
const second = contributed.filter((_, at) => at % 2 === 1);

function round(...tables: TableRow[][]): RoundRequest {
  return {
    members: tables.map((rows, at) => ({ contributionId: BigInt(at + 1), data: jsonFile(rows), asOf: 0n })),
    schema: penguinsSchema,
    holdout: jsonFile(shard),
    baselinePpm: 441_860n,
    seed: new Uint8Array(32),
  };
}

async function valuesOf(request: RoundRequest): Promise<Record<string, bigint>> {
  const { metrics } = await measureRound(request);
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

describe('a round of penguins', () => {
  it('gives two halves about half of what the whole is worth, and a copy nothing', async () => {
    const whole = await valuesOf(round(contributed));
    const halves = await valuesOf(round(first, second));
    expect(Number(whole.value_1) / 1e12).toBeCloseTo(0.98, 1);
    const sum = (halves.value_1 ?? 0n) + (halves.value_2 ?? 0n);
    expect(Math.abs(Number(sum) / 1e12 - 0.98)).toBeLessThan(0.02);
    expect(halves.net_rows_micro).toBeGreaterThan(240_000_000n);
    const moved = second.map((row) => ({ ...row, 'Body Mass (g)': Number(row['Body Mass (g)'] ?? 0) + 1 }));
    const copied = await valuesOf(round(first, second, second, moved));
    expect([copied.value_1, copied.value_2, copied.value_3]).toEqual([halves.value_1, halves.value_2, 0n]);
    expect(copied.value_4).toBe(0n);
  });

  it('is measured the same in a child process', async () => {
    const request = round(first, second);
    const inChild = await measure(request);
    expect(inChild.metrics).toEqual((await measureRound(request)).metrics);
  });

  it('counts a table that cannot be read as one without rows', async () => {
    const request = round(first, second);
    const [one, two] = request.members;
    if (one === undefined || two === undefined) throw new Error('two members');
    const broken = { ...two, data: { path: one.data.path, mediaType: 'image/png' } };
    const values = await valuesOf({ ...request, members: [one, broken] });
    expect(values.value_2).toBe(0n);
    expect(values.value_1).toBe((await valuesOf(round(first))).value_1);
  });
});

it('the quality of a row is that of its own cells: complete, right, consistent, fresh', async () => {
  const schema = parseSchema(
    JSON.stringify({
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'x', type: 'number', min: 0, max: 10 },
        { name: 'note', type: 'text', required: true },
        { name: 'label', type: 'text', required: true },
        { name: 'at', type: 'timestamp' },
      ],
      keys: ['id'],
      timestamp: { column: 'at', half_life_seconds: 100 },
      impact: { label: 'label', features: ['x'], k: 1 },
    }),
  );
  const row = { id: 1, x: 5, note: 'n', label: 'a', at: '1970-01-01T00:01:40Z' };
  const rows = [
    row,
    { ...row, id: 2, note: null },
    { ...row, id: 3, at: '1970-01-01T00:00:00Z' },
    { ...row, id: 1 },
    { ...row, id: 'five' },
    { ...row, id: 6, x: 11 },
  ];
  const tables = await Tables.open(schema, 128);
  try {
    await tables.load('data', { path: jsonFile(rows).path, mediaType: 'application/json' });
    const { points, quality } = await ratedPoints(
      tables,
      schema,
      { label: 'label', features: ['x'], k: 1 },
      {
        asOf: 100n,
        withReference: false,
      },
    );
    expect(points.features).toEqual([[5_000], [5_000], [5_000], [5_000], [5_000]]);
    expect(quality).toEqual([1_000_000n, 500_000n, 500_000n, 0n, 800_000n]);
  } finally {
    tables.close();
  }
});
