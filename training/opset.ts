import { adam, adamw } from './operators/adam.ts';
import { add } from './operators/add.ts';
import { attention } from './operators/attention.ts';
import { batchNorm } from './operators/batchNorm.ts';
import { conv2d } from './operators/conv2d.ts';
import { dense } from './operators/dense.ts';
import { dropout } from './operators/dropout.ts';
import { embedding } from './operators/embedding.ts';
import { flatten } from './operators/flatten.ts';
import { layerNorm } from './operators/layerNorm.ts';
import { mse } from './operators/mse.ts';
import type { LayerOperator, LossOperator, OptimizerOperator, ScheduleOperator } from './operators/operator.ts';
import { avgPool2d, maxPool2d } from './operators/pool2d.ts';
import { relu } from './operators/relu.ts';
import { cosineDecay, inverseSqrt, linearDecay, stepDecay } from './operators/schedules.ts';
import { momentum, sgd } from './operators/sgd.ts';
import { softmaxCrossEntropy } from './operators/softmaxCrossEntropy.ts';

/** The tables of opset 1. A new operator is a file in `operators/` and a row here; rows are never changed or removed. */

export const layerOperators: Readonly<Record<string, LayerOperator>> = {
  dense,
  relu,
  conv2d,
  max_pool2d: maxPool2d,
  avg_pool2d: avgPool2d,
  flatten,
  batch_norm: batchNorm,
  add,
  dropout,
  layer_norm: layerNorm,
  embedding,
  attention,
};

export const lossOperators: Readonly<Record<string, LossOperator>> = {
  softmax_cross_entropy: softmaxCrossEntropy,
  mse,
};

export const optimizerOperators: Readonly<Record<string, OptimizerOperator>> = { sgd, momentum, adam, adamw };

export const scheduleOperators: Readonly<Record<string, ScheduleOperator>> = {
  step_decay: stepDecay,
  linear_decay: linearDecay,
  cosine_decay: cosineDecay,
  inverse_sqrt: inverseSqrt,
};
