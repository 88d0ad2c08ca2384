import type { Kernels } from '../canonical/kernels.ts';
import { Dataset, encodeRecords } from '../dataset.ts';
import { equalBytes } from '../merkle.ts';
import { networkOf } from '../network.ts';
import { philoxKey, randomWord, unitFloat } from '../random.ts';
import { initialUnit, runUnit } from '../run.ts';
import { checkSpec, type Spec } from '../spec.ts';

const SEED = new Uint8Array(32).fill(5);
const adam = { op: 'adam', learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Small networks that run through every kernel. */
function probes(): Spec[] {
  const record = { features: 300, classes: 3 };
  const common = { opset: 1, lane: 'exact', batch: 12, steps: 2, commit_every: 2, shards: 1, record };
  const norm = { op: 'batch_norm', momentum: 0.9, epsilon: 1e-3 };
  const layers = [
    { op: 'conv2d', filters: 5, size: 3, stride: 1, padding: 'same' },
    norm,
    { op: 'relu' },
    { op: 'max_pool2d', size: 2, stride: 2 },
    { op: 'avg_pool2d', size: 2, stride: 1 },
    { op: 'flatten' },
    { op: 'dense', units: 3 },
  ];
  const loss = 'softmax_cross_entropy';
  const small = [{ op: 'dense', units: 9 }, { op: 'relu' }, { op: 'dense', units: 3 }];
  const momentum = { op: 'momentum', learning_rate: 0.1, momentum: 0.9 };
  return [
    { ...common, input: [10, 10, 3], layers, loss, optimizer: { ...adam, op: 'adamw', weight_decay: 0.01 } },
    { ...common, input: [300], layers: small, loss: 'mse', optimizer: momentum, shards: 2 },
    { ...common, input: [300], layers: small, loss, optimizer: { op: 'sgd', learning_rate: 0.1 } },
  ].map(checkSpec);
}

/** Takes two steps of small networks by the kernels and by plain TypeScript. @throws Error at the first bit that differs */
export function checkKernels(kernels: Kernels): void {
  for (const spec of probes()) {
    const network = networkOf(spec);
    const data = probeData(spec);
    const { state } = initialUnit(network, SEED);
    const expected = runUnit(network, SEED, data, 1, state);
    const found = runUnit(network, SEED, probeData(spec), 1, state, kernels);
    const same =
      equalBytes(expected.leaf.stateRoot, found.leaf.stateRoot) &&
      equalBytes(expected.leaf.batchDigest, found.leaf.batchDigest) &&
      expected.state.every((value, i) => Object.is(value, found.state[i])) &&
      expected.losses.every((loss, i) => loss === found.losses[i]);
    const ops = [...spec.layers.map(({ op }) => op), spec.loss, spec.optimizer.op].join(', ');
    if (!same) throw new Error(`they give other bits than plain TypeScript for ${ops}`);
  }
}

/** The rows that batches hash are kept by the data: each side has its own. */
function probeData({ record }: Spec): Dataset {
  const key = philoxKey(SEED);
  const rows = Array.from({ length: 30 }, (_, row) => ({
    features: Float32Array.from({ length: record.features }, (__, col) =>
      unitFloat(randomWord(key, 'order', 1, row, col)),
    ),
    label: row % record.classes,
  }));
  return new Dataset(record, encodeRecords(record, rows));
}
