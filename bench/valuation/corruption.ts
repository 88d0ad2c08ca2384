import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../economy/random.ts';
import { measureTables } from '../../verifier/quality/measureTables.ts';
import { readSet, type SetName } from './sets.ts';

type Cell = string | number | null;
type Row = Record<string, Cell>;

/** What is done to a row, and the metric that has to fall for it. */
const corruptions = {
  missing_values: 'completeness',
  wrong_types: 'accuracy',
  shifted_labels: 'impact_micro',
  duplicates: 'consistency',
  stale_rows: 'timeliness',
} as const;

export type Corruption = keyof typeof corruptions;
export const corruptionNames: readonly Corruption[] = [
  'missing_values',
  'wrong_types',
  'shifted_labels',
  'duplicates',
  'stale_rows',
];
export const watched = ['completeness', 'accuracy', 'consistency', 'timeliness', 'impact_micro'] as const;

/** Seconds since the Unix epoch at which rows are measured, and in which their freshness halves. */
const NOW = 1_700_000_000;
const HALF_LIFE = 86_400;

export interface Curve {
  readonly set: SetName;
  readonly corruption: Corruption;
  readonly metric: string;
  /** Of that metric at each rate, in [0, 1]. */
  readonly values: readonly number[];
  readonly falls: boolean;
  /** The largest change of any other metric, at any rate. */
  readonly othersMove: number;
}

/** Measures a real table with ever more of one corruption; the held-out fifth stays as it is. */
export async function corruptionCurve(
  set: SetName,
  corruption: Corruption,
  rates: readonly number[],
  seed: number,
): Promise<Curve> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-valuation-'));
  try {
    const measured: Record<string, number>[] = [];
    for (const rate of rates) {
      const { data, schema, shard } = tableOf(set, corruption, rate, seed);
      const [dataPath, shardPath] = [data, shard].map((rows, at) => {
        const path = join(folder, `${at}.json`);
        writeFileSync(path, JSON.stringify(rows));
        return path;
      });
      const { metrics } = await measureTables({
        data: { path: dataPath ?? '' },
        holdout: { path: shardPath ?? '' },
        schema,
        asOf: BigInt(NOW) * 1_000_000_000n,
      });
      measured.push(Object.fromEntries(metrics.map(({ name, value }) => [name, Number(value) / 1e6])));
    }
    const metric = corruptions[corruption];
    const values = measured.map((each) => each[metric] ?? 0);
    const others = watched.filter((name) => name !== metric);
    const moves = measured.flatMap((each) =>
      others.map((name) => Math.abs((each[name] ?? 0) - (measured[0]?.[name] ?? 0))),
    );
    const falls = values.every((value, at) => at === 0 || value < (values[at - 1] ?? 0));
    return { set, corruption, metric, values, falls, othersMove: Math.max(...moves) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf(set: SetName, corruption: Corruption, rate: number, seed: number) {
  const { columns, rows } = readSet(set);
  const random = new Random(seed);
  const names = Array.from({ length: columns }, (_, axis) => `f${axis}`);
  const classes = [...new Set(rows.map((row) => `c${row[columns]}`))].sort();
  const whole = rows.map(
    (row, id): Row => ({
      id,
      ...Object.fromEntries(names.map((name, axis) => [name, row[axis] ?? 0])),
      note: `row ${id}`,
      label: `c${row[columns]}`,
      at: timeOf(NOW - random.below(HALF_LIFE / 24)),
    }),
  );
  const ranges = names.map((_, axis) => rows.map((row) => row[axis] ?? 0));
  const schema = JSON.stringify({
    columns: [
      { name: 'id', type: 'integer' },
      ...names.map((name, axis) => {
        const [min, max] = [
          Math.floor(Math.min(...(ranges[axis] ?? [0]))),
          Math.ceil(Math.max(...(ranges[axis] ?? [1]))),
        ];
        return { name, type: 'number', min, max: max > min ? max : min + 1 };
      }),
      { name: 'note', type: 'text', required: true },
      { name: 'label', type: 'text', values: classes },
      { name: 'at', type: 'timestamp' },
    ],
    keys: ['id'],
    timestamp: { column: 'at', half_life_seconds: HALF_LIFE },
    impact: { label: 'label', features: names, k: 5 },
  });
  const shuffled = whole.map((row) => ({ row, key: random.unit() })).sort((a, b) => a.key - b.key);
  const held = Math.floor(whole.length / 5);
  const shard = shuffled.slice(0, held).map(({ row }) => row);
  const clean = shuffled.slice(held).map(({ row }) => row);
  // The same rows in the same order at every rate, so that more of it only adds to less of it.
  const hit = clean.map(() => random.unit());
  const choice = clean.map(() => random.unit());
  const data = clean.flatMap((row, at) => {
    if ((hit[at] ?? 1) >= rate) return [row];
    const other = classes.filter((label) => label !== row.label);
    return corrupted(row, corruption, other[Math.floor((choice[at] ?? 0) * other.length)] ?? '');
  });
  return { data, schema, shard };
}

function corrupted(row: Row, corruption: Corruption, otherLabel: string): Row[] {
  switch (corruption) {
    case 'missing_values':
      return [{ ...row, note: null }];
    case 'wrong_types':
      return [{ ...row, id: `no. ${row.id}` }];
    case 'shifted_labels':
      return [{ ...row, label: otherLabel }];
    case 'duplicates':
      return [row, row];
    case 'stale_rows':
      return [{ ...row, at: timeOf(NOW - 20 * HALF_LIFE) }];
  }
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}
