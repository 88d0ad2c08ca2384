/** What a benchmark measured: figures by name, units in the names (`stepsPerSecond`). */
export type Figures = Readonly<Record<string, number | string>>;

/** Prints one readable line. */
export type Say = (line: string) => void;

export interface Benchmark {
  readonly about: string;
  readonly run: (say: Say) => Promise<Figures>;
}

/** Wall-clock time of some work. */
export function timed<T>(work: () => T): readonly [milliseconds: number, result: T] {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

/** The middle value, which one slow run does not move. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError('the median of nothing');
  return middle;
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
