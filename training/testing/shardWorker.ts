import { parentPort, workerData } from 'node:worker_threads';
import type { Batch } from '../batch.ts';
import { shardSum } from '../canonical/step.ts';
import { networkOf } from '../network.ts';
import { parseSpec } from '../spec.ts';

/** A thread that computes some shards of a step by itself, as a device of its own would. */
export interface ShardJob {
  readonly spec: Uint8Array;
  readonly state: Float32Array;
  readonly batch: Batch;
  readonly shards: readonly number[];
}

const { spec, state, batch, shards }: ShardJob = workerData;
const network = networkOf(parseSpec(spec));
parentPort?.postMessage(shards.map((shard) => shardSum(network, state, batch, shard)));
