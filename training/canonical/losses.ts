import { exp32, log32 } from './math.ts';
import { sumOf } from './rows.ts';

/** The losses of the opset, record by record, and the gradient of their mean over a batch. */

const f = Math.fround;

export interface LossValues {
  readonly gradient: Float32Array;
  /** Values on the way, each of which must be finite. */
  readonly inner: Float32Array;
  /** What the mean loss is added up from: one a record, or one an output. */
  readonly terms: Float32Array;
}

/** log(sum exp(z - max z)) - (z - max z)[label] of each row; inner are the z - max z. */
export function softmax(logits: Float32Array, labels: Float32Array, classes: number, batch: number): LossValues {
  const gradient = new Float32Array(logits.length);
  const inner = new Float32Array(logits.length);
  const terms = new Float32Array(labels.length);
  for (let row = 0; row < labels.length; row += 1) {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    const largest = largestOf(z);
    const shifted = z.map((value) => f(value - largest));
    inner.set(shifted, row * classes);
    const exponentials = shifted.map(exp32);
    const sum = sumOf(exponentials);
    const label = labels[row] ?? 0;
    for (let col = 0; col < classes; col += 1) {
      const probability = f((exponentials[col] ?? 0) / sum);
      gradient[row * classes + col] = softmaxSlope(probability, label, col, batch);
    }
    terms[row] = f(log32(sum) - (shifted[label] ?? 0));
  }
  return { gradient, inner, terms };
}

export function softmaxSlope(probability: number, label: number, col: number, batch: number): number {
  return f(f(probability - (label === col ? 1 : 0)) / batch);
}

/** (y - onehot)^2 of each output. */
export function squaredErrors(outputs: Float32Array, labels: Float32Array, classes: number, batch: number): LossValues {
  const gradient = new Float32Array(outputs.length);
  const terms = new Float32Array(outputs.length);
  for (let i = 0; i < outputs.length; i += 1) {
    const d = error(outputs[i] ?? 0, labels[Math.floor(i / classes)] ?? 0, i % classes);
    gradient[i] = errorSlope(d, batch * classes);
    terms[i] = d * d;
  }
  return { gradient, inner: gradient, terms };
}

export function error(value: number, label: number, col: number): number {
  return f(value - (label === col ? 1 : 0));
}

/** 2 d / count, divided last. */
export function errorSlope(d: number, count: number): number {
  return f(f(2 * d) / count);
}

/** Of +0 and -0 the first one stays, as in the leaves of a dispute: Math.max would take +0. */
function largestOf(values: Float32Array): number {
  let largest = values[0] ?? 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
