import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../batch.ts';
import { type Network, shardRows } from '../network.ts';
import { namedRow, SpecError } from '../operators/fields.ts';
import type { Place } from '../operators/operator.ts';
import type { GradientResult, StepResult } from './job.ts';
import { loadNativeTensorflow } from './native.ts';
import { type Forward, lastAxis, records, sequenceLayers } from './sequences.ts';

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

/** One row an operator, by the names of the opset. */
const layers: Readonly<Record<string, Forward>> = {
  dense: ([kernel, bias], x, { input }) => {
    if (kernel === undefined || bias === undefined) throw new RangeError('dense has a kernel and a bias');
    return records(tf.matMul(lastAxis(x, input), kernel).add(bias), x);
  },
  relu: (_weights, x) => tf.relu(x),
  flatten: (_weights, x) => x,
  ...sequenceLayers,
  // Running statistics stay as they are: training does not read them.
  batch_norm: ([gamma, beta], x, { layer: { epsilon }, input }) => {
    if (gamma === undefined || beta === undefined) throw new RangeError('batch_norm has gamma and beta');
    const channels = input.at(-1) ?? 1;
    const values = x.as2D(x.size / channels, channels);
    const { mean, variance } = tf.moments(values, 0);
    const normal = values.sub(mean).div(variance.add(Number(epsilon)).sqrt());
    return normal
      .mul(gamma.as1D())
      .add(beta.as1D())
      .as2D(x.shape[0], x.size / x.shape[0]);
  },
  max_pool2d: (_weights, x, { layer: { size, stride }, input: [height = 0, width = 0, channels = 0] }) => {
    const pictures = x.as4D(x.shape[0], height, width, channels);
    const out = tf.maxPool(pictures, Number(size), Number(stride), 'valid');
    return out.as2D(x.shape[0], out.size / x.shape[0]);
  },
  avg_pool2d: (_weights, x, { layer: { size, stride }, input: [height = 0, width = 0, channels = 0] }) => {
    const pictures = x.as4D(x.shape[0], height, width, channels);
    const out = tf.avgPool(pictures, Number(size), Number(stride), 'valid');
    return out.as2D(x.shape[0], out.size / x.shape[0]);
  },
  conv2d: ([kernel, bias], x, { layer, input: [height = 0, width = 0, channels = 0] }) => {
    const { size, stride, padding, filters } = layer;
    if (kernel === undefined || bias === undefined) throw new RangeError('conv2d has a kernel and a bias');
    const [side, count] = [Number(size), Number(filters)];
    const pictures = x.as4D(x.shape[0], height, width, channels);
    const window = kernel.as4D(side, side, channels, count);
    const out = tf.conv2d(pictures, window, Number(stride), padding === 'same' ? 'same' : 'valid').add(bias.as1D());
    return out.as2D(x.shape[0], out.size / x.shape[0]);
  },
};

type Loss = (logits: tf.Tensor2D, labels: tf.Tensor1D, classes: number) => tf.Scalar;

const losses: Readonly<Record<string, Loss>> = {
  softmax_cross_entropy: (logits, labels, classes) =>
    tf.losses.softmaxCrossEntropy(tf.oneHot(labels, classes), logits).asScalar(),
  mse: (outputs, labels, classes) =>
    tf.losses.meanSquaredError(tf.oneHot(labels, classes).toFloat(), outputs).asScalar(),
};

/** The weight and its slots after step `step` (from 1). */
type Update = (weight: tf.Tensor, gradient: tf.Tensor, slots: readonly tf.Tensor[], step: number) => tf.Tensor[];

function adam(settings: Readonly<Record<string, unknown>>): Update {
  const number = (key: string) => Number(settings[key] ?? 0);
  const [rate, beta1, beta2] = [number('learning_rate'), number('beta1'), number('beta2')];
  return (weight, gradient, [m, v], step) => {
    if (m === undefined || v === undefined) throw new RangeError('adam has two slots');
    const first = m.mul(beta1).add(gradient.mul(1 - beta1));
    const second = v.mul(beta2).add(gradient.square().mul(1 - beta2));
    const root = second.div(1 - beta2 ** step).sqrt();
    const direction = first.div(1 - beta1 ** step).div(root.add(number('epsilon')));
    return [weight.sub(direction.add(weight.mul(number('weight_decay'))).mul(rate)), first, second];
  };
}

const optimizers: Readonly<Record<string, (settings: Readonly<Record<string, unknown>>) => Update>> = {
  sgd: ({ learning_rate: rate }) => {
    if (typeof rate !== 'number') throw new SpecError('spec.optimizer.learning_rate', 'must be a number');
    return (weight, gradient) => [weight.sub(gradient.mul(rate))];
  },
  momentum: ({ learning_rate: rate, momentum }) => {
    return (weight, gradient, [velocity]) => {
      if (velocity === undefined) throw new RangeError('momentum has a slot');
      const moved = velocity.mul(Number(momentum)).add(gradient);
      return [weight.sub(moved.mul(Number(rate))), moved];
    };
  },
  adam,
  adamw: adam,
};

/** Makes a backend the current one. @throws SpecError for a name that is not in the table */
export async function chooseBackend(name: string): Promise<void> {
  await namedRow(backends, name, 'backend')();
  await tf.setBackend(name);
  await tf.ready();
}

/** The logits of one shard; `own` are a layer's weights. */
function forward(
  { spec, wired }: Network,
  features: tf.Tensor2D,
  own: (layer: number) => readonly tf.Tensor2D[],
  at: Omit<Place, 'layer'>,
): tf.Tensor2D {
  const values = [features];
  wired.forEach(({ source, other }, layer) => {
    const json = spec.layers[layer];
    const x = values[source];
    if (json === undefined || x === undefined) throw new RangeError(`layer ${layer} has no input`);
    const input = wired[source - 1]?.layer.output ?? spec.input;
    const around = { layer: json, input, place: { ...at, layer }, other: values[other ?? -1] };
    values.push(namedRow(layers, json.op, `spec.layers[${layer}].op`)(own(layer), x, around));
  });
  return values.at(-1) ?? features;
}

/** Forward and backward of one batch, the `step`-th from 0: a gradient for each weight, in the state's order. */
export async function tensorflowGradient(
  network: Network,
  state: Float32Array,
  batch: Batch,
  step: number,
): Promise<GradientResult> {
  const { value, grads } = tf.tidy(() => tf.valueAndGrads(lossOf(network, batch, step))(weightsOf(network, state)));
  const gradient = new Float32Array(network.weightsLength);
  for (const [i, { offset }] of network.parameters.entries()) {
    gradient.set((await grads[i]?.data<'float32'>()) ?? [], offset);
  }
  const [loss = Number.NaN] = await value.data<'float32'>();
  tf.dispose([value, ...grads]);
  return { gradient, loss };
}

function weightsOf({ parameters }: Network, state: Float32Array, shift = 0): tf.Tensor2D[] {
  return parameters.map(({ offset, rows, cols }) => {
    const from = shift + offset;
    return tf.tensor2d(state.slice(from, from + rows * cols), [rows, cols]);
  });
}

/** The batch's mean loss as a function of the parameters. */
function lossOf(network: Network, batch: Batch, step: number): (...weights: tf.Tensor[]) => tf.Scalar {
  const { spec } = network;
  const loss = namedRow(losses, spec.loss, 'spec.loss');
  return (...current) => {
    const x = tf.tensor2d(batch.features, [spec.batch, spec.record.features]);
    const labels = tf.tensor1d(batch.labels, 'int32');
    const own = (layer: number) =>
      network.parameters.flatMap((parameter, i) => {
        const weight = current[i];
        return parameter.layer === layer && weight !== undefined ? [weight.as2D(parameter.rows, parameter.cols)] : [];
      });
    const count = shardRows(spec);
    const logits = Array.from({ length: spec.shards }, (_, shard) =>
      forward(network, x.slice([shard * count, 0], [count, -1]), own, {
        key: batch.key,
        step,
        firstRow: shard * count,
      }),
    );
    return loss(tf.concat(logits), labels, spec.record.classes);
  };
}

/** Forward, backward and update of one batch, the `step`-th from 0; the state is laid out as F's. */
export async function tensorflowStep(
  network: Network,
  state: Float32Array,
  batch: Batch,
  step: number,
): Promise<StepResult> {
  const { spec, optimizer, weightsLength } = network;
  const settings = { ...spec.optimizer, learning_rate: network.schedule(optimizer.rate, step) };
  const update = namedRow(optimizers, spec.optimizer.op, 'spec.optimizer.op')(settings);
  const results = tf.tidy(() => {
    const weights = weightsOf(network, state);
    const slots = Array.from({ length: optimizer.slots }, (_, slot) =>
      weightsOf(network, state, weightsLength * (1 + slot)),
    );
    const { value, grads } = tf.valueAndGrads(lossOf(network, batch, step))(weights);
    const updated = weights.flatMap((weight, i) => {
      const gradient = grads[i];
      const kept = slots.flatMap((slot) => slot[i] ?? []);
      return gradient === undefined ? [weight, ...kept] : update(weight, gradient, kept, step + 1);
    });
    return [value, ...updated];
  });
  const next = state.slice();
  const kinds = 1 + optimizer.slots;
  for (const [i, { offset }] of network.parameters.entries()) {
    for (let kind = 0; kind < kinds; kind += 1) {
      next.set((await results[1 + i * kinds + kind]?.data<'float32'>()) ?? [], weightsLength * kind + offset);
    }
  }
  optimizer.scalars.forEach((_, i) => {
    const at = weightsLength * kinds + i;
    next[at] = optimizer.nextScalar(i, state[at] ?? 0);
  });
  const [value = Number.NaN] = (await results[0]?.data<'float32'>()) ?? [];
  tf.dispose(results);
  return { state: next, loss: value };
}
