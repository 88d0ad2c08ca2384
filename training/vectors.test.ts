import { expect, it } from 'vitest';
import { floatsToBytes } from './bytes.ts';
import { leafHash, stepRoot } from './commit.ts';
import { sha256 } from './merkle.ts';
import { networkOf } from './network.ts';
import { initialUnit, train } from './run.ts';
import { smallSpec, syntheticData, testSeed } from './testing/fixtures.ts';
import { traceUnit } from './trace.ts';

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
