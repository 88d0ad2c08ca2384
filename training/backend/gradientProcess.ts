import { gatherBatch } from '../batch.ts';
import { Dataset } from '../dataset.ts';
import { networkOf } from '../network.ts';
import { philoxKey } from '../random.ts';
import { parseSpec } from '../spec.ts';
import type { GradientAnswer, GradientJob, GradientRequest, GradientResult } from './job.ts';
import { chooseBackend, tensorflowGradient } from './tensorflow.ts';

/** The process that has TensorFlow.js loaded: takes a run from its parent, then answers steps until it is ended. */

type Compute = (request: GradientRequest) => Promise<GradientResult>;

async function open({ backend, spec: bytes, seed, records }: GradientJob): Promise<Compute> {
  await chooseBackend(backend);
  const spec = parseSpec(bytes);
  const network = networkOf(spec);
  const data = new Dataset(spec.record, records);
  const key = philoxKey(seed);
  return ({ state, step }) => tensorflowGradient(network, state, gatherBatch(spec, key, data, step), step);
}

function answer(work: Promise<GradientResult | undefined>): void {
  work
    .then((result): GradientAnswer => ({ result }))
    .catch((error: unknown): GradientAnswer => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((message) => process.send?.(message));
}

process.once('message', (job: GradientJob) => {
  const opened = open(job);
  answer(opened.then(() => undefined));
  process.on('message', (request: GradientRequest) => answer(opened.then((compute) => compute(request))));
});
