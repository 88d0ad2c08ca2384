import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';

/** Writes the topologies of TensorFlow.js layers models as their `model.json` have them: node training/testing/keras/make.ts */
const pictures = tf.sequential({
  name: 'pictures',
  layers: [
    tf.layers.conv2d({ inputShape: [7, 6, 2], filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
    tf.layers.batchNormalization({ momentum: 0.9, epsilon: 0.001 }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 8 }),
    tf.layers.reLU(),
    tf.layers.dense({ units: 3, activation: 'softmax' }),
  ],
});
const words = tf.sequential({
  name: 'words',
  layers: [
    tf.layers.embedding({ inputDim: 30, outputDim: 6, inputLength: 12 }),
    tf.layers.dense({ units: 6, activation: 'relu' }),
    tf.layers.layerNormalization({ epsilon: 0.001 }),
    tf.layers.dropout({ rate: 0.25 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 3, activation: 'softmax' }),
  ],
});
for (const [name, model] of [
  ['model', pictures],
  ['words', words],
] as const) {
  const topology: unknown = model.toJSON('', false);
  const file = { format: 'layers-model', modelTopology: topology, weightsManifest: [] };
  writeFileSync(new URL(`./${name}.json`, import.meta.url), `${JSON.stringify(file, undefined, 2)}\n`);
}
