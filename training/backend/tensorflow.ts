import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../batch.ts';
import type { Network } from '../network.ts';
import { namedRow, SpecError } from '../operators/fields.ts';
import type { StepResult } from './job.ts';
import { loadNativeTensorflow } from './native.ts';

/**
 * Training through TensorFlow.js: the same specification, batches and initial weights as F, any order of operations.
 * Loaded only in the process that `process.ts` starts.
 */

/** Backends of TensorFlow.js by name, and what has to be loaded before one can be chosen. */
const backends: Readonly<Record<string, () => Promise<unknown>>> = {
  cpu: async () => undefined,
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  tensorflow: loadNativeTensorflow,
};

type Forward = (weights: readonly tf.Tensor2D[], x: tf.Tensor2D) => tf.Tensor2D;

/** One row an operator, by the names of the opset. */
const layers: Readonly<Record<string, Forward>> = {
  dense: ([kernel, bias], x) => {
    if (kernel === undefined || bias === undefined) throw new RangeError('dense has a kernel and a bias');
    return tf.matMul(x, kernel).add(bias);
  },
  relu: (_weights, x) => tf.relu(x),
};

type Loss = (logits: tf.Tensor2D, labels: tf.Tensor1D, classes: number) => tf.Scalar;

const losses: Readonly<Record<string, Loss>> = {
  softmax_cross_entropy: (logits, labels, classes) =>
    tf.losses.softmaxCrossEntropy(tf.oneHot(labels, classes), logits).asScalar(),
};

type Update = (weight: tf.Tensor, gradient: tf.Tensor) => tf.Tensor;

const optimizers: Readonly<Record<string, (settings: Readonly<Record<string, unknown>>) => Update>> = {
  sgd: ({ learning_rate: rate }) => {
    if (typeof rate !== 'number') throw new SpecError('spec.optimizer.learning_rate', 'must be a number');
    return (weight, gradient) => weight.sub(gradient.mul(rate));
  },
};

/** Makes a backend the current one. @throws SpecError for a name that is not in the table */
export async function chooseBackend(name: string): Promise<void> {
  await namedRow(backends, name, 'backend')();
  await tf.setBackend(name);
  await tf.ready();
}

/** Forward, backward and update of one batch; the state is laid out as F's. */
export function tensorflowStep(network: Network, state: Float32Array, batch: Batch): StepResult {
  const { spec } = network;
  const rows = spec.batch;
  const update = namedRow(optimizers, spec.optimizer.op, 'spec.optimizer.op')(spec.optimizer);
  const loss = namedRow(losses, spec.loss, 'spec.loss');
  const results = tf.tidy(() => {
    const weights = network.parameters.map(({ offset, rows: height, cols }) =>
      tf.tensor2d(state.subarray(offset, offset + height * cols), [height, cols]),
    );
    const x = tf.tensor2d(batch.features, [rows, spec.record.features]);
    const labels = tf.tensor1d(batch.labels, 'int32');
    const lossOf = (...current: tf.Tensor[]): tf.Scalar => {
      const own = (layer: number) =>
        network.parameters.flatMap((parameter, i) => {
          const weight = current[i];
          return parameter.layer === layer && weight !== undefined ? [weight.as2D(parameter.rows, parameter.cols)] : [];
        });
      const logits = spec.layers.reduce(
        (value, { op }, layer) => namedRow(layers, op, `spec.layers[${layer}].op`)(own(layer), value),
        x,
      );
      return loss(logits, labels, spec.record.classes);
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(weights);
    return [value, ...weights.map((weight, i) => (grads[i] === undefined ? weight : update(weight, grads[i])))];
  });
  const next = new Float32Array(state.length);
  network.parameters.forEach(({ offset }, i) => {
    next.set(results[i + 1]?.dataSync<'float32'>() ?? [], offset);
  });
  const value = results[0]?.dataSync<'float32'>()[0] ?? Number.NaN;
  tf.dispose(results);
  return { state: next, loss: value };
}
