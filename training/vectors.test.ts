import { expect, it } from 'vitest';
import { floatsToBytes } from './bytes.ts';
import { leafHash, stateRoot, stepRoot, tensorRoot } from './commit.ts';
import { sha256 } from './merkle.ts';
import { networkOf } from './network.ts';
import { initialUnit, runUnit, train } from './run.ts';
import { dataFor, pictureSpec, sequenceSpec, smallSpec, syntheticData, testSeed } from './testing/fixtures.ts';
import { traceUnit } from './trace.ts';
import { openKernels } from './wasm/kernels.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/**
 * Frozen: a change of any of these bits is another opset, since runs that are already committed would turn into fraud.
 * The run: testing/fixtures.ts, 20 steps of the small network over 40 synthetic records, run id 7.
 */
it('a 20-step reference run has the same bits on every machine, for ever', () => {
  const spec = smallSpec();
  const network = networkOf(spec);
  const data = syntheticData(spec, 40);
  const units = [...train(network, testSeed, data)];
  const leaves = units.map(({ leaf }) => leaf);
  const [first, last] = [units[0], units[20]];
  if (first === undefined || last === undefined) throw new Error('20 units were asked for');
  const trace = traceUnit(network, testSeed, data, 1, initialUnit(network, testSeed).state);
  expect({
    data: hex(data.root),
    initialWeights: hex(sha256(floatsToBytes(first.state))),
    finalWeights: hex(sha256(floatsToBytes(last.state))),
    losses: hex(sha256(floatsToBytes(Float32Array.from(units.flatMap(({ losses }) => losses))))),
    finalStateRoot: hex(last.leaf.stateRoot),
    finalBatchDigest: hex(last.leaf.batchDigest),
    leaf20: hex(leafHash(7n, 20, last.leaf)),
    stepRoot: hex(stepRoot(7n, leaves)),
    traceOfUnit1: hex(trace.groupTree(trace.dag.inner).root),
  }).toEqual({
    data: 'fb247831c933bfd7e3318fd67904bde2aebfd48a25dcd2f2683b1a06eff93c47',
    finalBatchDigest: '7468c98b9fcef0e0afa405b53621a3c8d8fc1898c795306ebbd8e37a5265fec1',
    finalStateRoot: 'ba23527dfcdd791127ae9d5d6ede32c30625c991daaa62c00926b5d7ebf0356b',
    finalWeights: '5d447f7fa2d322539ae30fb3e28f9c4456f6d5b8933e7b74cfc5c503d57b59ff',
    initialWeights: '8e5def487d9c6a2273ade7c899e18ef7e27cb211a778650acc7ec38f0eb897de',
    leaf20: '81753627a08b196e7d3729df5bdb9786697a73551ce739df685a5f3c7154a90c',
    losses: '8843a045f6da8bf0f940b57bfda8fc3c704d0bede843a7956bd7500912c52fd2',
    stepRoot: 'a1a0c8049fb7c1ea6491abf42c734f356b5f6d33ec2082949b87f728ce7c8c80',
    traceOfUnit1: 'bb86495cd73b9b2989aa862f1ccea88ad304b746d6ed6b3b37df095070593a04',
  });
});

const optimizers = {
  sgd: { op: 'sgd', learning_rate: 0.05 },
  momentum: { op: 'momentum', learning_rate: 0.02, momentum: 0.9 },
  adam: { op: 'adam', learning_rate: 0.005, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  adamw: { op: 'adamw', learning_rate: 0.005, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weight_decay: 0.01 },
};

/**
 * Frozen from this implementation, which the DAG's leaves and the WebAssembly match bit by bit and TensorFlow.js nearly;
 * unlike the run above they have no second implementation yet. Every operator of the opset: both losses, all optimizers, convolutions of both paddings,
 * both pools.
 */
const references = [
  ['sgd', 'softmax_cross_entropy'],
  ['momentum', 'mse'],
  ['adam', 'softmax_cross_entropy'],
  ['adamw', 'mse'],
] as const;

const frozen: Readonly<Record<string, readonly [state: string, losses: string, trace: string]>> = {
  sgd: [
    'ba1680406ddd8f32b8096a215d9f4632af78b0db25eacae939eeded644c2a46a',
    '221b85eb0c5f45fc8744726d44d60fc8e070be4dd477786227da5023eefea465',
    '16c9482b2fd51a350a79bbf5564163aa3935840d394b3a584d647a45e4f52ed4',
  ],
  momentum: [
    '9885173a0d3ca029d1990fca5b06debb57f7b23754ae6db48ea8d8a59dfa75a8',
    '24faaf3326e0929fe8f04986598968000dd601fe8f4cef46f9dcf7b3e9d984df',
    'cb509d70f0aa90205e6666f525cb2508d04d258d1e42f5e574b5d34677bcf298',
  ],
  adam: [
    'a7d5f8140dbefe502267d37d8a5047e1fffb8ebf03c5ea16282c5f224cb5391c',
    '5cdf34ad5dc588e0cb20a8aa62ce77cd4e733a404a4a9e6ab20f134ea11fa488',
    '9756d3adf77dd409aff6b36cf132500fe8c9ff5efb15d30617ac2b6a95bf1b6e',
  ],
  adamw: [
    'b48ebd6e01cdda4a866d27935aa15e6bd1b00aeba37717fb1b26c2154cfa680c',
    '71e8f48d1bfcabd739cf3353fabab777981258f3900e8f550a3fe8b0db9eb331',
    'ae09c1a4fb759cf90f0fe85dc7554677c0a04e50350bd41b7ff2c1720680e0e2',
  ],
};

it.each(references)(
  '200 steps over every layer have the same weights and losses for ever: %s, %s',
  async (optimizer, loss) => {
    const spec = pictureSpec({
      layers: [
        { op: 'conv2d', filters: 4, size: 3, stride: 1, padding: 'same' },
        { op: 'relu' },
        { op: 'max_pool2d', size: 2, stride: 1 },
        { op: 'conv2d', filters: 3, size: 2, stride: 2, padding: 'valid' },
        { op: 'avg_pool2d', size: 2, stride: 1 },
        { op: 'flatten' },
        { op: 'dense', units: 3 },
      ],
      optimizer: optimizers[optimizer],
      loss,
      steps: 200,
    });
    const network = networkOf(spec);
    const data = syntheticData(spec, 40);
    const units = [...train(network, testSeed, data)];
    const kernels = openKernels(2);
    let { state } = initialUnit(network, testSeed);
    for (let unit = 1; unit <= 200; unit += 1) {
      kernels.reset();
      ({ state } = runUnit(network, testSeed, data, unit, state, kernels));
    }
    await kernels.close();
    expect(hex(stateRoot(state))).toBe(hex(units[200]?.leaf.stateRoot ?? new Uint8Array(0)));
    const losses = Float32Array.from(units.flatMap((unit) => unit.losses));
    const trace = traceUnit(network, testSeed, data, 200, units[199]?.state ?? new Float32Array(0));
    expect([
      hex(units[200]?.leaf.stateRoot ?? new Uint8Array(0)),
      hex(sha256(floatsToBytes(losses))),
      hex(trace.groupTree(trace.dag.inner).root),
    ]).toEqual(frozen[optimizer]);
    expect(losses[199]).toBeLessThan(0.8 * (losses[0] ?? 0));
  },
);

/** Frozen from this implementation alone: dropout, a schedule and two shards beside every operator for sequences. */
it('200 steps over words in two shards have the same weights and losses for ever, on any kernels and from any step', async () => {
  const spec = sequenceSpec(
    {
      optimizer: optimizers.adamw,
      schedule: { op: 'cosine_decay', warmup: 20, end: 0.1 },
      steps: 200,
      commit_every: 2,
      shards: 2,
    },
    0.1,
  );
  const network = networkOf(spec);
  const data = dataFor(spec, 64);
  const units = [...train(network, testSeed, data)];
  const kernels = openKernels(2);
  for (let unit = 1; unit <= 100; unit += 1) {
    kernels.reset();
    const { state } = runUnit(network, testSeed, data, unit, units[unit - 1]?.state ?? new Float32Array(0), kernels);
    expect(hex(stateRoot(state))).toBe(hex(units[unit]?.leaf.stateRoot ?? new Uint8Array(0)));
  }
  await kernels.close();
  const losses = Float32Array.from(units.flatMap((unit) => unit.losses));
  const trace = traceUnit(network, testSeed, data, 100, units[99]?.state ?? new Float32Array(0));
  expect([
    hex(units[100]?.leaf.stateRoot ?? new Uint8Array(0)),
    hex(sha256(floatsToBytes(losses))),
    hex(trace.groupTree(trace.dag.inner).root),
  ]).toEqual([
    'dc3862d212793d8afb2c9ac18f26b7683ba017a3723cd7a0a9d2aee5bd4a7d9e',
    '6818bccc9ca34e70deee4ad6beeb33583abe21cbec16fd94b8d3a568fb5d4d65',
    '85954caf1ead8268b707b8f5f5fe6b547a5cb69af1efb17bcbe2ba1a441e075b',
  ]);
  expect(hex(tensorRoot(trace.tensor(trace.dag.after)))).toBe(hex(units[100]?.leaf.stateRoot ?? new Uint8Array(0)));
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(losses.subarray(180))).toBeLessThan(0.8 * mean(losses.subarray(0, 20)));
});
