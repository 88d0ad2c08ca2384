import { exp32 } from '../canonical/math.ts';
import type { DagBuilder, View } from '../dag.ts';
import { cell, map, reduceRows } from '../rules.ts';

/** The leaves of a softmax over each row: `shiftedRows` and `softmaxRows` of canonical/rows.ts. */
export function traceSoftmax(b: DagBuilder, name: string, values: View): View {
  const { rows, cols } = values;
  const withRow = (part: string, view: View, row: View, compute: (value: number, by: number) => number) =>
    map(
      b,
      `${name}, ${part}`,
      rows,
      cols,
      (r, col) => [cell(view, r, col), cell(row, 0, r)],
      ([value = 0, by = 0]) => Math.fround(compute(value, by)),
    );
  const largest = reduceRows(b, `${name}, largest`, values, 'max');
  const shifted = withRow('shifted', values, largest, (value, most) => value - most);
  const powers = map(
    b,
    `${name}, exponentials`,
    rows,
    cols,
    (row, col) => [cell(shifted, row, col)],
    ([value = 0]) => exp32(value),
  );
  const sums = reduceRows(b, `${name}, sum of exponentials`, powers, 'add');
  return withRow('probabilities', powers, sums, (power, sum) => power / sum);
}
