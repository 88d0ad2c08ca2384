import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { LabelledPoints } from '../../modules/valuation/shapley.ts';

/** Features are scaled to whole numbers from 0 to this by their least and greatest value. */
const SCALE = 10_000;

export const setNames = ['breast_cancer', 'digits', 'wine', 'iris'] as const;
export type SetName = (typeof setNames)[number];

const files: Readonly<Record<SetName, string>> = {
  breast_cancer: 'breast_cancer.csv',
  digits: 'digits.csv.gz',
  wine: 'wine_data.csv',
  iris: 'iris.csv',
};

export interface Table {
  readonly columns: number;
  /** Features as in the file, then the class. */
  readonly rows: readonly (readonly number[])[];
}

export function readSet(name: SetName): Table {
  const bytes = readFileSync(new URL(`./data/${files[name]}`, import.meta.url));
  const text = (files[name].endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.trim().split('\n');
  const rows = (name === 'digits' ? lines : lines.slice(1)).map((line) => line.split(',').map(Number));
  return { columns: (rows[0]?.length ?? 1) - 1, rows };
}

export function pointsOf({ columns, rows }: Table): LabelledPoints {
  const ranges = Array.from({ length: columns }, (_, axis) => {
    const values = rows.map((row) => row[axis] ?? 0);
    return { min: Math.min(...values), max: Math.max(...values) };
  });
  return {
    features: rows.map((row) =>
      ranges.map(({ max, min }, axis) =>
        max === min ? 0 : Math.floor((((row[axis] ?? 0) - min) * SCALE) / (max - min)),
      ),
    ),
    labels: rows.map((row) => String(row[columns])),
  };
}
