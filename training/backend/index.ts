import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JobAnswer, TrainingJob, TrainingResult } from './job.ts';

/**
 * Trains some steps of a run on a TensorFlow.js backend, in a process of its own: F must never share one with
 * TensorFlow. The result is near F's, never equal to it.
 * @throws Error with the reason of the backend, or when its process ends without an answer
 */
export function trainOnBackend(job: TrainingJob): Promise<TrainingResult> {
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let complaint = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString()).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: JobAnswer) => {
      if ('result' in answer) resolve(answer.result);
      else reject(new Error(`training backend ${job.backend}: ${answer.error}`));
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`training backend ${job.backend} ended with ${code}: ${complaint}`)));
    child.send(job);
  });
}
