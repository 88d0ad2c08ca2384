import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layersFromKeras } from './keras.ts';
import { networkOf } from './network.ts';
import { SpecError } from './operators/fields.ts';
import { smallSpec } from './testing/fixtures.ts';

const read = (name = 'model'): unknown =>
  JSON.parse(readFileSync(new URL(`./testing/keras/${name}.json`, import.meta.url), 'utf8'));

const sequential = (...layers: unknown[]) => ({ class_name: 'Sequential', config: { layers } });
const dense = (config: object) => ({
  class_name: 'Dense',
  config: { units: 3, batch_input_shape: [null, 4], ...config },
});

describe('a model of TensorFlow.js', () => {
  it('becomes the layers of a specification that can be trained', () => {
    const { input, layers } = layersFromKeras(read());
    expect(input).toEqual([7, 6, 2]);
    expect(layers).toEqual([
      { op: 'conv2d', filters: 4, size: 3, stride: 1, padding: 'same' },
      { op: 'relu' },
      { op: 'batch_norm', momentum: 0.9, epsilon: 0.001 },
      { op: 'max_pool2d', size: 2, stride: 2 },
      { op: 'flatten' },
      { op: 'dense', units: 8 },
      { op: 'relu' },
      { op: 'dense', units: 3 },
    ]);
    const network = networkOf(smallSpec({ input, layers, record: { features: 84, classes: 3 } }));
    expect(network.weightsLength).toBe(3 * 3 * 2 * 4 + 4 + 8 + 3 * 3 * 4 * 8 + 8 + 8 * 3 + 3);
  });

  it('may embed words', () => {
    const { input, layers } = layersFromKeras(read('words'));
    expect(input).toEqual([12]);
    expect(layers).toEqual([
      { op: 'embedding', vocabulary: 30, units: 6 },
      { op: 'dense', units: 6 },
      { op: 'relu' },
      { op: 'layer_norm', epsilon: 0.001 },
      { op: 'dropout', rate: 0.25 },
      { op: 'flatten' },
      { op: 'dense', units: 3 },
    ]);
    expect(networkOf(smallSpec({ input, layers })).weightsLength).toBe(30 * 6 + 6 * 6 + 6 + 12 + 72 * 3 + 3);
  });

  it('may come as Keras writes it: in model_config, with an input layer, its layers as a list', () => {
    const input = { class_name: 'InputLayer', config: { batch_shape: [null, 4] } };
    const layers = [{ op: 'dense', units: 3 }];
    expect(layersFromKeras({ modelTopology: { model_config: sequential(input, dense({})) } }).layers).toEqual(layers);
    expect(layersFromKeras({ class_name: 'Sequential', config: [dense({})] })).toEqual({ input: [4], layers });
  });
});

it.each([
  ['a graph of layers', { class_name: 'Functional', config: {} }, 'must be Sequential'],
  ['no layers', sequential(), 'must be a list of layers'],
  ['a layer that the opset has not', sequential({ class_name: 'LSTM', config: {} }), 'must be one of InputLayer'],
  ['a name from the prototype', sequential({ class_name: 'constructor', config: {} }), 'must be one of InputLayer'],
  ['an activation that the opset has not', sequential(dense({ activation: 'tanh' })), 'must be linear or relu'],
  ['a softmax inside', sequential(dense({ activation: 'softmax' }), dense({})), 'or softmax at the end'],
  ['no bias', sequential(dense({ use_bias: false })), 'use_bias: must be true'],
  ['no input shape', sequential({ class_name: 'Flatten', config: {} }), 'must say the shape of its input'],
  ['an open input shape', sequential(dense({ batch_input_shape: [null, null] })), 'must be a size'],
  ['a window that is not square', sequential({ class_name: 'MaxPooling2D', config: { pool_size: [2, 3] } }), 'square'],
  ['a padded pool', sequential({ class_name: 'MaxPooling2D', config: { padding: 'same' } }), 'padding: must be valid'],
  [
    'words that are masked',
    sequential({ class_name: 'Embedding', config: { batch_input_shape: [null, 4], mask_zero: true } }),
    'mask_zero: must be false',
  ],
  ['dropout of whole rows', sequential({ class_name: 'Dropout', config: { noise_shape: [1, 4] } }), 'noise_shape'],
  [
    'a norm over two axes',
    sequential(dense({}), { class_name: 'LayerNormalization', config: { axis: [1, 2] } }),
    'axis',
  ],
  ['a norm over records', sequential(dense({}), { class_name: 'LayerNormalization', config: { axis: [0] } }), 'axis'],
  ['something else', 'model', 'must be an object'],
])('refuses %s', (_name, json, reason) => {
  expect(() => layersFromKeras(json)).toThrow(SpecError);
  expect(() => layersFromKeras(json)).toThrow(reason);
});
