import { expect, it } from 'vitest';
import { gatherBatch } from '../batch.ts';
import { networkOf } from '../network.ts';
import { philoxKey } from '../random.ts';
import {
  dataFor,
  deepSpec,
  normSpec,
  pictureSpec,
  poolSpec,
  sequenceSpec,
  smallSpec,
  syntheticData,
  testSeed,
} from '../testing/fixtures.ts';
import { accuracy } from './evaluate.ts';
import { initialState, trainStep } from './step.ts';

const key = philoxKey(testSeed);
const rate = 0.5;
const optimizer = { op: 'sgd', learning_rate: rate };

it.each([
  ['dense', smallSpec({ optimizer })],
  ['conv2d', pictureSpec({ optimizer })],
  ['pools', poolSpec({ optimizer })],
  ['batch norms', normSpec({ optimizer })],
  ['shards', smallSpec({ optimizer, shards: 4 })],
  ['residual connections and branches', deepSpec({ optimizer, schedule: { op: 'step_decay', every: 1, factor: 0.5 } })],
  ['embedding, attention, layer norm', sequenceSpec({ optimizer })],
  ['dropout', sequenceSpec({ optimizer, shards: 2 }, 0.3)],
  ['mse', smallSpec({ optimizer, loss: 'mse' })],
])('the gradient is the slope of the loss within 2e-3 and mostly 2e-4: %s', (_name, spec) => {
  const network = networkOf(spec);
  const state = initialState(network, key);
  // Norms bend sharply over the narrow embeddings of the start: wider ones can be measured.
  const table = network.parameters.find(({ name }) => name.endsWith('table'));
  for (let i = 0; table !== undefined && i < table.rows * table.cols; i += 1) state[i] = 16 * (state[i] ?? 0);
  const batch = gatherBatch(spec, key, dataFor(spec, 40), 0);
  const { state: next } = trainStep(network, state, batch);
  const lossAt = (i: number, weight: number) => {
    const moved = state.slice();
    moved[i] = weight;
    return trainStep(network, moved, batch).loss;
  };
  // Wide enough for float32 losses, narrow enough that few units of ReLU or windows of a maximum change sides.
  const h = 2 ** -11;
  const errors: number[] = [];
  for (let i = 0; i < network.weightsLength; i += Math.ceil(network.weightsLength / 100)) {
    const at = state[i] ?? 0;
    const slope = (lossAt(i, at + h) - lossAt(i, at - h)) / (2 * h);
    errors.push(Math.abs((at - (next[i] ?? 0)) / rate - slope));
  }
  // What is left where a unit does change sides shrinks with h; half of the weights are free of it.
  expect(Math.max(...errors)).toBeLessThan(2e-3);
  expect(errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(2e-4);
});

it('keeps running statistics of batch norms beside the weights, and evaluates with them alone', () => {
  const spec = normSpec({ optimizer: { op: 'sgd', learning_rate: 0.05 } });
  const network = networkOf(spec);
  const data = syntheticData(spec, 40);
  let state = initialState(network, key);
  const rows = network.statistics;
  expect(rows.map(({ length, initial }) => [length, initial])).toEqual([
    [3, 0],
    [3, 1],
    [6, 0],
    [6, 1],
  ]);
  const start = state.slice(network.weightsLength);
  expect([...start]).toEqual(rows.flatMap(({ length, initial }) => new Array(length).fill(initial)));
  for (let step = 0; step < 100; step += 1) state = trainStep(network, state, gatherBatch(spec, key, data, step)).state;
  expect(accuracy(network, state, data).ppm).toBeGreaterThan(600_000);
  // With the statistics of the start the same weights know nothing: evaluation reads those of the state.
  const forgotten = state.slice();
  forgotten.set(start, network.weightsLength);
  expect(accuracy(network, forgotten, data).ppm).not.toBe(accuracy(network, state, data).ppm);
});
