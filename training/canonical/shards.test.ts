import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { gatherBatch } from '../batch.ts';
import { networkOf } from '../network.ts';
import { philoxKey } from '../random.ts';
import { initialUnit, runUnit } from '../run.ts';
import { encodeSpec, type Spec } from '../spec.ts';
import { dataFor, deepSpec, normSpec, pictureSpec, sequenceSpec, smallSpec, testSeed } from '../testing/fixtures.ts';
import type { ShardJob } from '../testing/shardWorker.ts';
import { traceUnit } from '../trace.ts';
import { openKernels } from '../wasm/kernels.ts';
import { inTree } from './shards.ts';
import { finishStep, initialState, type ShardSum, shardSum, trainStep } from './step.ts';

const key = philoxKey(testSeed);
const pools = [1, 2, 4].map(openKernels);
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const networks: readonly (readonly [string, (shards: number) => Spec])[] = [
  ['dense', (shards) => smallSpec({ shards, commit_every: 2 })],
  ['convolutions', (shards) => pictureSpec({ shards })],
  ['batch norms', (shards) => normSpec({ shards })],
  [
    '300 classes',
    (shards) => smallSpec({ shards, layers: [{ op: 'dense', units: 300 }], record: { features: 12, classes: 300 } }),
  ],
  ['branches', (shards) => deepSpec({ shards })],
  ['attention, layer norm, embedding, dropout', (shards) => sequenceSpec({ shards }, 0.25)],
];

/** Shards of one step, each computed in a thread that holds nothing but its job. */
async function inWorkers(spec: Spec, job: Omit<ShardJob, 'spec' | 'shards'>, threads: number): Promise<ShardSum[]> {
  const all = Array.from({ length: spec.shards }, (_, shard) => shard);
  const answers = await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const shards = all.filter((shard) => shard % threads === thread);
      const workerData: ShardJob = { ...job, spec: encodeSpec(spec), shards };
      return new Promise<readonly [readonly number[], ShardSum[]]>((resolve, reject) => {
        const worker = new Worker(new URL('../testing/shardWorker.ts', import.meta.url), { workerData, execArgv: [] });
        worker.once('message', (sums: ShardSum[]) => resolve([shards, sums]));
        worker.once('error', reject);
      });
    }),
  );
  const sums: ShardSum[] = [];
  for (const [shards, results] of answers) {
    shards.forEach((shard, i) => {
      const sum = results[i];
      if (sum !== undefined) sums[shard] = sum;
    });
  }
  return sums;
}

describe.each(networks)('a batch in shards: %s', (_name, specOf) => {
  it.each([1, 2, 4])('of %i gives the same bytes on 1, 2 and 4 threads, and leaf by leaf', (shards) => {
    const spec = specOf(shards);
    const network = networkOf(spec);
    const data = dataFor(spec, 40);
    let { state } = initialUnit(network, testSeed);
    for (let unit = 1; unit <= 2; unit += 1) {
      const expected = runUnit(network, testSeed, data, unit, state);
      for (const pool of pools) {
        pool.reset();
        expect(runUnit(network, testSeed, data, unit, state, pool)).toEqual(expected);
      }
      const trace = traceUnit(network, testSeed, data, unit, state);
      expect(trace.tensor(trace.dag.after)).toEqual(expected.state);
      expect(trace.groupTree(trace.dag.batch).root).toEqual(expected.leaf.batchDigest);
      state = expected.state;
    }
  });

  it('takes the step of the whole batch up to rounding, or up to the batch norms of each shard', () => {
    const stateOf = (shards: number) => {
      const spec = specOf(shards);
      const network = networkOf(spec);
      return trainStep(network, initialState(network, key), gatherBatch(spec, key, dataFor(spec, 40), 0));
    };
    const whole = stateOf(1);
    const normed = specOf(1).layers.some(({ op }) => op === 'batch_norm');
    for (const shards of [2, 4]) {
      const { state, loss } = stateOf(shards);
      expect(Math.abs(loss - whole.loss)).toBeLessThan(normed ? 0.5 : 1e-6);
      const distance = Math.max(...state.map((value, i) => Math.abs(value - (whole.state[i] ?? 0))));
      expect(distance).toBeLessThan(normed ? 0.5 : 2e-7);
      expect(distance).toBeGreaterThan(0);
    }
  });
});

it.each([1, 2, 3])('shards that %i threads computed apart add up to the very step', async (threads) => {
  for (const spec of [normSpec({ shards: 4 }), sequenceSpec({ shards: 4 }, 0.25)]) {
    const network = networkOf(spec);
    const state = initialState(network, key);
    const batch = gatherBatch(spec, key, dataFor(spec, 40), 3);
    const sums = await inWorkers(spec, { state, batch }, threads);
    expect(finishStep(network, state, batch, sums)).toEqual(trainStep(network, state, batch));
    expect(sums[2]).toEqual(shardSum(network, state, batch, 2));
  }
});

describe('the tree over shards', () => {
  const shape = (count: number) =>
    inTree(
      Array.from({ length: count }, (_, i) => String(i)),
      (left, right) => `(${left} ${right})`,
    );

  it('adds neighbours first, and takes the odd one up', () => {
    expect([1, 2, 3, 4, 5, 7].map(shape)).toEqual([
      '0',
      '(0 1)',
      '((0 1) 2)',
      '((0 1) (2 3))',
      '(((0 1) (2 3)) 4)',
      '(((0 1) (2 3)) ((4 5) 6))',
    ]);
    expect(() => shape(0)).toThrow('at least one shard');
  });

  it('has every shard once, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (count) => {
        expect(shape(count).match(/\d+/g)).toEqual(Array.from({ length: count }, (_, i) => String(i)));
      }),
    );
  });
});
