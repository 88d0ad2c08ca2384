import { workerData } from 'node:worker_threads';
import { control, controlOf, type WorkerData } from './control.ts';
import { instantiate } from './instance.ts';
import { jobNames, jobs } from './jobs.ts';

/** A thread of a pool: waits for the next job, does its part, says so. It ends when its owner terminates it. */
const { module, memory, part, parts }: WorkerData = workerData;
const kernels = instantiate(module, memory);
const words = controlOf(memory);
let sequence = 0;

function done(): void {
  if (Atomics.sub(words, control.waiting, 1) === 1) Atomics.notify(words, control.waiting);
}

done();
for (;;) {
  Atomics.wait(words, control.sequence, sequence);
  sequence = Atomics.load(words, control.sequence);
  const name = jobNames[words[control.job] ?? -1];
  try {
    if (name === undefined) throw new RangeError('no such job');
    jobs[name](kernels, words.subarray(control.arguments), { part, parts });
  } catch {
    Atomics.store(words, control.failed, 1);
  }
  done();
}
