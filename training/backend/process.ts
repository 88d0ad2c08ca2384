import { gatherBatch } from '../batch.ts';
import { Dataset } from '../dataset.ts';
import { networkOf } from '../network.ts';
import { philoxKey } from '../random.ts';
import { parseSpec } from '../spec.ts';
import type { JobAnswer, TrainingJob, TrainingResult } from './job.ts';
import { chooseBackend, tensorflowStep } from './tensorflow.ts';

/** The process that has TensorFlow.js loaded: takes one job from its parent, answers, and ends. */

async function runJob(job: TrainingJob): Promise<TrainingResult> {
  await chooseBackend(job.backend);
  const spec = parseSpec(job.spec);
  const network = networkOf(spec);
  const data = new Dataset(spec.record, job.records);
  const key = philoxKey(job.seed);
  const losses: number[] = [];
  let { state } = job;
  for (let i = 0; i < job.steps; i += 1) {
    const result = await tensorflowStep(
      network,
      state,
      gatherBatch(spec, key, data, job.firstStep + i),
      job.firstStep + i,
    );
    state = result.state;
    losses.push(result.loss);
  }
  return { state, losses };
}

process.once('message', (job: TrainingJob) => {
  runJob(job)
    .then((result): JobAnswer => ({ result }))
    .catch((error: unknown): JobAnswer => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((answer) => {
      process.send?.(answer, undefined, {}, () => process.disconnect());
    });
});
