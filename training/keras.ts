import { asObject, namedRow, SpecError } from './operators/fields.ts';
import type { JsonObject } from './operators/operator.ts';
import type { LayerSpec } from './spec.ts';
import { wireLayers } from './wiring.ts';

/**
 * Layers of a Keras or TensorFlow.js Sequential model, from the topology in its JSON. What would compute something else
 * here than there is refused. Initial weights are the specification's own; the last softmax belongs to the loss.
 */
export interface ImportedLayers {
  /** Shape of one record. */
  readonly input: readonly number[];
  readonly layers: readonly LayerSpec[];
}

/** Reads the object of a `model.json`, of `model.toJSON()` or of Keras' `model.to_json()`. @throws SpecError */
export function layersFromKeras(json: unknown): ImportedLayers {
  const file = asObject(json, 'model');
  const topology = asObject(file.modelTopology ?? file, 'model');
  const model = asObject(topology.model_config ?? topology, 'model');
  if (model.class_name !== 'Sequential') throw new SpecError('model.class_name', 'must be Sequential');
  const list = Array.isArray(model.config) ? model.config : asObject(model.config, 'model.config').layers;
  if (!Array.isArray(list) || list.length === 0) throw new SpecError('model.config.layers', 'must be a list of layers');
  const entries = list.map((entry: unknown, index): Entry => {
    const path = `model.config.layers[${index}]`;
    const layer = asObject(entry, path);
    return { path, name: layer.class_name, config: asObject(layer.config, `${path}.config`) };
  });
  const layers: LayerSpec[] = [];
  for (const [index, { path, name, config }] of entries.entries()) {
    // Axes of the batch: one more than a record has.
    const rank = () => {
      const input = inputShape(entries);
      return 1 + (wireLayers(layers, input).at(-1)?.layer.output ?? input).length;
    };
    const around = { last: index === entries.length - 1, rank };
    layers.push(...namedRow(readers, name, `${path}.class_name`)(config, `${path}.config`, around));
  }
  return { input: inputShape(entries), layers };
}

interface Entry {
  readonly path: string;
  readonly name: unknown;
  readonly config: JsonObject;
}

/** Where a Keras layer stands: as the model's output, and over how many axes with the batch. */
interface Around {
  readonly last: boolean;
  rank(): number;
}

/** The layers of one Keras layer. */
type Reader = (config: JsonObject, path: string, around: Around) => LayerSpec[];

const readers: Readonly<Record<string, Reader>> = {
  InputLayer: () => [],
  Dense: (config, path, { last }) => {
    demand(config, path, { use_bias: true });
    return [{ op: 'dense', units: count(config.units, `${path}.units`) }, ...activation(config, path, last)];
  },
  Conv2D: (config, path, { last }) => {
    demand(config, path, { use_bias: true, data_format: 'channels_last' });
    if (config.dilation_rate !== undefined && square(config.dilation_rate, `${path}.dilation_rate`) !== 1)
      throw new SpecError(`${path}.dilation_rate`, 'must be 1');
    const conv = {
      op: 'conv2d',
      filters: count(config.filters, `${path}.filters`),
      size: square(config.kernel_size, `${path}.kernel_size`),
      stride: square(config.strides, `${path}.strides`),
      padding: text(config.padding, `${path}.padding`),
    };
    return [conv, ...activation(config, path, last)];
  },
  MaxPooling2D: (config, path) => [pool('max_pool2d', config, path)],
  AveragePooling2D: (config, path) => [pool('avg_pool2d', config, path)],
  BatchNormalization: (config, path, around) => {
    demand(config, path, { center: true, scale: true });
    lastAxis(config, path, around);
    return [
      {
        op: 'batch_norm',
        momentum: number(config.momentum, `${path}.momentum`),
        epsilon: number(config.epsilon, `${path}.epsilon`),
      },
    ];
  },
  LayerNormalization: (config, path, around) => {
    demand(config, path, { center: true, scale: true });
    lastAxis(config, path, around);
    return [{ op: 'layer_norm', epsilon: number(config.epsilon, `${path}.epsilon`) }];
  },
  Embedding: (config, path) => {
    demand(config, path, { mask_zero: false });
    return [
      {
        op: 'embedding',
        vocabulary: count(config.input_dim, `${path}.input_dim`),
        units: count(config.output_dim, `${path}.output_dim`),
      },
    ];
  },
  Dropout: (config, path) => {
    if ((config.noise_shape ?? null) !== null) throw new SpecError(`${path}.noise_shape`, 'must be absent');
    const rate = number(config.rate, `${path}.rate`);
    return rate === 0 ? [] : [{ op: 'dropout', rate }];
  },
  Flatten: () => [{ op: 'flatten' }],
  ReLU: (config, path) => {
    const { max_value: most, negative_slope: slope, threshold } = config;
    if ((most ?? null) !== null || (slope ?? 0) !== 0 || (threshold ?? 0) !== 0)
      throw new SpecError(path, 'must be a plain ReLU');
    return [{ op: 'relu' }];
  },
  Activation: (config, path, { last }) => activation(config, path, last),
};

function activation(config: JsonObject, path: string, last: boolean): LayerSpec[] {
  const name = config.activation ?? 'linear';
  if (name === 'linear' || (name === 'softmax' && last)) return [];
  if (name === 'relu') return [{ op: 'relu' }];
  throw new SpecError(`${path}.activation`, 'must be linear or relu, or softmax at the end');
}

/** The last axis, by its name -1 or, as TensorFlow.js writes a model that it has built, by its number. */
function lastAxis({ axis }: JsonObject, path: string, { rank }: Around): void {
  const axes: unknown[] = Array.isArray(axis) ? axis : [axis ?? -1];
  if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== rank() - 1))
    throw new SpecError(`${path}.axis`, 'must be -1, the last one');
}

function pool(op: string, config: JsonObject, path: string): LayerSpec {
  demand(config, path, { padding: 'valid', data_format: 'channels_last' });
  const size = square(config.pool_size, `${path}.pool_size`);
  const stride = (config.strides ?? null) === null ? size : square(config.strides, `${path}.strides`);
  return { op, size, stride };
}

/** Settings that must be as said, or absent. */
function demand(config: JsonObject, path: string, wanted: Readonly<Record<string, string | boolean>>): void {
  for (const [key, value] of Object.entries(wanted)) {
    const given = config[key] ?? value;
    if (given !== value) throw new SpecError(`${path}.${key}`, `must be ${value}`);
  }
}

function inputShape(entries: readonly Entry[]): number[] {
  const config = entries[0]?.config ?? {};
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (!Array.isArray(shape) || shape.length < 2) throw new SpecError('model', 'must say the shape of its input');
  return shape.slice(1).map((size: unknown, i) => count(size, `model's input shape, size ${i}`));
}

/** A whole number, or a list of equal ones. */
function square(value: unknown, path: string): number {
  const sizes: unknown[] = Array.isArray(value) ? value : [value];
  if (sizes.length > 2 || sizes.some((size) => size !== sizes[0])) throw new SpecError(path, 'must be square');
  return count(sizes[0], path);
}

function count(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw new SpecError(path, 'must be a size');
  return value;
}

function number(value: unknown, path: string): number {
  if (typeof value !== 'number') throw new SpecError(path, 'must be a number');
  return value;
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new SpecError(path, 'must be text');
  return value;
}
