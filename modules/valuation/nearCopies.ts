/** Which rows of a round only repeat, exactly or nearly, a row that somebody committed to before. */
import { type LabelledPoints, squaredDistance } from './shapley.ts';

/** A row of an independent sample is taken for a near-copy with about this chance, one in so many. */
const CHANCE = 64n;

/** Real tables spread over fewer dimensions than they have columns; more than these are not counted on. */
const MOST_DIMENSIONS = 4;

/**
 * For each row, in the order of priority, whether it is a near-copy: so near to an earlier row of its label, compared with
 * how far that one is from the next, that an independent row would lie there with a chance of about 1 / 64 at most:
 * (d / s)^D <= 1 / 64, D the number of features, at most 4. Equal rows are copies. How far rows lie apart is measured
 * without copies, so that many of them do not make a neighbourhood look crowded; a copy of a copy is one too.
 */
export function findNearCopies({ features, labels }: LabelledPoints): boolean[] {
  const known = new Map<string, { readonly kept: SortedPoints; readonly all: SortedPoints }>();
  return features.map((point, at) => {
    const label = labels[at] ?? '';
    const rows = known.get(label) ?? { kept: new SortedPoints(), all: new SortedPoints() };
    known.set(label, rows);
    const near = rows.all.nearest(point);
    const isCopy =
      near !== undefined && isNearer(near.squared, rows.kept.nearest(near.origin, near.origin), point.length);
    rows.all.add(point, isCopy ? near.origin : point);
    if (!isCopy) rows.kept.add(point, point);
    return isCopy;
  });
}

function isNearer(squared: number, spacing: Near | undefined, features: number): boolean {
  if (squared === 0) return true;
  if (spacing === undefined) return false;
  const dimensions = BigInt(Math.min(features, MOST_DIMENSIONS));
  return BigInt(squared) ** dimensions * CHANCE ** 2n <= BigInt(spacing.squared) ** dimensions;
}

interface Near {
  /** The row itself, or what it is a copy of. */
  readonly origin: readonly number[];
  readonly squared: number;
}

/** Points in the order of the sum of their features, which bounds their distance from below: (sum - sum')^2 <= D d^2. */
class SortedPoints {
  readonly #sums: number[] = [];
  readonly #points: { readonly point: readonly number[]; readonly origin: readonly number[] }[] = [];

  add(point: readonly number[], origin: readonly number[]): void {
    const sum = sumOf(point);
    const at = this.#position(sum);
    this.#sums.splice(at, 0, sum);
    this.#points.splice(at, 0, { point, origin });
  }

  /** The nearest point but `except`; of equally near ones any, since only the distance is used. */
  nearest(from: readonly number[], except?: readonly number[]): Near | undefined {
    const sum = sumOf(from);
    let found: Near | undefined;
    let [below, above] = [this.#position(sum) - 1, this.#position(sum)];
    for (;;) {
      const gapBelow = below < 0 ? Number.POSITIVE_INFINITY : sum - (this.#sums[below] ?? 0);
      const gapAbove = above >= this.#sums.length ? Number.POSITIVE_INFINITY : (this.#sums[above] ?? 0) - sum;
      const gap = Math.min(gapBelow, gapAbove);
      if (gap === Number.POSITIVE_INFINITY) return found;
      if (found !== undefined && gap * gap > found.squared * from.length) return found;
      const entry = this.#points[gapBelow <= gapAbove ? below-- : above++];
      if (entry === undefined || entry.point === except) continue;
      const squared = squaredDistance(entry.point, from);
      if (found === undefined || squared < found.squared) found = { origin: entry.origin, squared };
    }
  }

  /** Where a point of this sum would be put: before the first that is not smaller. */
  #position(sum: number): number {
    let [low, high] = [0, this.#sums.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] ?? 0) < sum) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sumOf(point: readonly number[]): number {
  let sum = 0;
  for (const value of point) sum += value;
  return sum;
}
