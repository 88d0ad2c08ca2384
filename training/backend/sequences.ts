import * as tf from '@tensorflow/tfjs';
import { keeper } from '../operators/dropout.ts';
import type { Place, Shape } from '../operators/operator.ts';
import type { LayerSpec } from '../spec.ts';

/** What a layer needs beside its weights and its input (one record a row). */
export interface Around {
  readonly layer: LayerSpec;
  /** Shape of a record's input. */
  readonly input: Shape;
  readonly place: Place;
  /** What `add` joins. */
  readonly other?: tf.Tensor2D;
}

/** A matrix of one record a row goes in and comes out. */
export type Forward = (weights: readonly tf.Tensor2D[], x: tf.Tensor2D, around: Around) => tf.Tensor2D;

/** The opset's layers for sequences and for networks that branch. */
export const sequenceLayers: Readonly<Record<string, Forward>> = {
  add: (_weights, x, { other }) => (other === undefined ? x : x.add(other)),
  dropout: (_weights, x, { layer: { rate }, place }) => {
    const keeps = keeper(place, place.firstRow * (x.size / x.shape[0]), Math.fround(Number(rate)));
    const mask = Float32Array.from({ length: x.size }, (_, i) => (keeps(i) ? 1 / (1 - Number(rate)) : 0));
    return x.mul(tf.tensor2d(mask, x.shape));
  },
  layer_norm: ([gamma, beta], x, { layer: { epsilon }, input }) => {
    const values = lastAxis(x, input);
    const { mean, variance } = tf.moments(values, 1, true);
    const normal = values.sub(mean).div(variance.add(Number(epsilon)).sqrt());
    return records(normal.mul(given(gamma).as1D()).add(given(beta).as1D()), x);
  },
  embedding: ([table], x, { layer: { vocabulary } }) => {
    const onehot = tf.oneHot(x.as1D().toInt(), Number(vocabulary)).toFloat().as2D(x.size, Number(vocabulary));
    return records(tf.matMul(onehot, given(table)), x);
  },
  attention: (weights, x, { layer: { heads, size }, input }) => {
    const [length = 1] = input;
    const [rows, h, s] = [x.shape[0], Number(heads), Number(size)];
    const project = (values: tf.Tensor2D, i: number) =>
      tf
        .matMul(values, given(weights[2 * i]))
        .add(given(weights[2 * i + 1]))
        .as2D(values.shape[0], given(weights[2 * i + 1]).size);
    const [q, k, v] = [0, 1, 2].map((i) =>
      project(lastAxis(x, input), i).as4D(rows, length, h, s).transpose([0, 2, 1, 3]),
    );
    const scores = tf.matMul(given(q), given(k), false, true).div(Math.sqrt(s));
    const heard = tf.matMul(tf.softmax(scores), given(v)).transpose([0, 2, 1, 3]);
    return records(project(heard.as2D(rows * length, h * s), 3), x);
  },
};

/** A row for every position. */
export function lastAxis(x: tf.Tensor, input: Shape): tf.Tensor2D {
  const cols = input.at(-1) ?? 1;
  return x.as2D(x.size / cols, cols);
}

/** A row for every record of `like`. */
export function records(values: tf.Tensor, like: tf.Tensor2D): tf.Tensor2D {
  return values.as2D(like.shape[0], values.size / like.shape[0]);
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('the layer has another number of weights');
  return value;
}
