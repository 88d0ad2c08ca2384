import { floatsToBytes } from '../bytes.ts';
import { Dataset } from '../dataset.ts';
import { type PhiloxKey, randomWord, unitFloat } from '../random.ts';
import { checkSpec, type Spec } from '../spec.ts';

/** Small runs for tests; the numbers come from Philox, so that vectors can be made again anywhere. */

export const testSeed = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 0xff);

const KEY: PhiloxKey = [2026, 11];

/** A two-layer network with few units; `changes` replace top-level fields. */
export function smallSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  return checkSpec({
    opset: 1,
    lane: 'exact',
    input: [12],
    layers: [{ op: 'dense', units: 8 }, { op: 'relu' }, { op: 'dense', units: 3 }],
    loss: 'softmax_cross_entropy',
    optimizer: { op: 'sgd', learning_rate: 0.1 },
    batch: 8,
    steps: 20,
    commit_every: 1,
    shards: 1,
    record: { features: 12, classes: 3 },
    ...changes,
  });
}

/** The digits network of the localnet's story. */
export function digitsSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  return smallSpec({
    input: [784],
    layers: [{ op: 'dense', units: 32 }, { op: 'relu' }, { op: 'dense', units: 10 }],
    batch: 32,
    steps: 200,
    record: { features: 784, classes: 10 },
    ...changes,
  });
}

/** Two convolutions, one with a stride, over small pictures of two channels. */
export function pictureSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  return smallSpec({
    input: [7, 6, 2],
    layers: [
      { op: 'conv2d', filters: 5, size: 3, stride: 1, padding: 'same' },
      { op: 'relu' },
      { op: 'conv2d', filters: 3, size: 3, stride: 2, padding: 'valid' },
      { op: 'relu' },
      { op: 'flatten' },
      { op: 'dense', units: 3 },
    ],
    record: { features: 84, classes: 3 },
    ...changes,
  });
}

/** Batch norms over channels of pictures and over one row of values. */
export function normSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  const norm = { op: 'batch_norm', momentum: 0.9, epsilon: 1e-3 };
  return pictureSpec({
    layers: [
      { op: 'conv2d', filters: 3, size: 3, stride: 2, padding: 'same' },
      norm,
      { op: 'relu' },
      { op: 'flatten' },
      { op: 'dense', units: 6 },
      norm,
      { op: 'dense', units: 3 },
    ],
    ...changes,
  });
}

/** Both pools, with windows that overlap. */
export function poolSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  return pictureSpec({
    layers: [
      { op: 'conv2d', filters: 3, size: 2, stride: 1, padding: 'same' },
      { op: 'max_pool2d', size: 3, stride: 2 },
      { op: 'relu' },
      { op: 'avg_pool2d', size: 2, stride: 1 },
      { op: 'flatten' },
      { op: 'dense', units: 3 },
    ],
    ...changes,
  });
}

/** A residual connection and a branch that reads further back, with the learning rate on a schedule. */
export function deepSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  return smallSpec({
    layers: [
      { op: 'dense', units: 8 },
      { op: 'relu' },
      { op: 'dense', units: 8 },
      { op: 'add', with: 0 },
      { op: 'dense', units: 5, from: 1 },
      { op: 'dense', units: 5, from: 3 },
      { op: 'add', with: 4 },
      { op: 'dense', units: 3 },
    ],
    schedule: { op: 'cosine_decay', warmup: 3, end: 0.1 },
    ...changes,
  });
}

/** Words of a vocabulary through two layers of attention: every operator for sequences, with dropout where it is wanted. */
export function sequenceSpec(changes: Partial<Record<keyof Spec, unknown>> = {}, rate?: number): Spec {
  const drop = rate === undefined ? [] : [{ op: 'dropout', rate }];
  return smallSpec({
    input: [12],
    layers: [
      { op: 'embedding', vocabulary: 7, units: 6 },
      { op: 'attention', heads: 2, size: 4 },
      { op: 'add', with: 0 },
      { op: 'layer_norm', epsilon: 1e-3 },
      ...drop,
      { op: 'dense', units: 5 },
      { op: 'relu' },
      { op: 'attention', heads: 3, size: 2 },
      { op: 'layer_norm', epsilon: 1e-3 },
      { op: 'flatten' },
      ...drop,
      { op: 'dense', units: 3 },
    ],
    ...changes,
  });
}

/** Records of words, a class by which of them are frequent. */
export function wordBytes(spec: Spec, records: number, vocabulary: number): Uint8Array {
  const { features, classes } = spec.record;
  const values = new Float32Array(records * (features + 1));
  for (let row = 0; row < records; row += 1) {
    const label = randomWord(KEY, 'order', 3, row, 0) % classes;
    for (let col = 0; col < features; col += 1) {
      const word = randomWord(KEY, 'order', 4, row, col);
      values[row * (features + 1) + col] = word % 3 === 0 ? label : (word >>> 8) % vocabulary;
    }
    values[row * (features + 1) + features] = label;
  }
  return floatsToBytes(values);
}

/** Words where the specification embeds them, else `syntheticData`. */
export function dataFor(spec: Spec, records: number, zeros = 0): Dataset {
  const [first] = spec.layers;
  if (first?.op !== 'embedding') return syntheticData(spec, records, zeros);
  return wordData(spec, records, Number(first.vocabulary));
}

export function wordData(spec: Spec, records: number, vocabulary = 7): Dataset {
  return new Dataset(spec.record, wordBytes(spec, records, vocabulary));
}

/** Records that can be learned: a class lights up its own features, over noise; `zeros` in 10 features are 0. */
export function syntheticBytes(spec: Spec, records: number, zeros = 0): Uint8Array {
  const { features, classes } = spec.record;
  const values = new Float32Array(records * (features + 1));
  for (let row = 0; row < records; row += 1) {
    const label = randomWord(KEY, 'order', 0, row, 0) % classes;
    for (let col = 0; col < features; col += 1) {
      const noise = unitFloat(randomWord(KEY, 'order', 1, row, col));
      const blank = randomWord(KEY, 'order', 2, row, col) % 10 < zeros;
      values[row * (features + 1) + col] = blank ? 0 : noise + (col % classes === label ? 0.5 : 0);
    }
    values[row * (features + 1) + features] = label;
  }
  return floatsToBytes(values);
}

export function syntheticData(spec: Spec, records: number, zeros = 0): Dataset {
  return new Dataset(spec.record, syntheticBytes(spec, records, zeros));
}
