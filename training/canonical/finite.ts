/** A value of the run that is not finite: the run is INVALID, whoever computed it. */
export class NonFiniteError extends Error {
  constructor(where: string, element: number, value: number) {
    super(`${where}: element ${element} is ${value}`);
    this.name = 'NonFiniteError';
  }
}

/** @throws NonFiniteError naming the first element that is NaN or infinite */
export function ensureFinite(values: Float32Array, where: string): void {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (!Number.isFinite(value)) throw new NonFiniteError(where, i, value);
  }
}
