import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';

/** Writes the topology of a TensorFlow.js layers model as its `model.json` has it: node training/testing/keras/make.ts */
const model = tf.sequential({
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
const topology: unknown = model.toJSON('', false);
const file = { format: 'layers-model', modelTopology: topology, weightsManifest: [] };
writeFileSync(new URL('./model.json', import.meta.url), `${JSON.stringify(file, undefined, 2)}\n`);
