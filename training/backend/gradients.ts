import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GradientAnswer, GradientJob, GradientRequest, GradientResult } from './job.ts';

/** A device that computes gradients of a run, in a process of its own: F must never share one with TensorFlow or Dawn. */
export interface GradientSource {
  readonly backend: string;
  /** @throws Error with the backend's reason, or when its process has ended */
  gradient(state: Float32Array, step: number): Promise<GradientResult>;
  close(): void;
}

/** @throws Error where the backend cannot be had, with its reason */
export async function openGradients(job: GradientJob): Promise<GradientSource> {
  const child = fork(fileURLToPath(new URL('./gradientProcess.ts', import.meta.url)), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let complaint = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString()).slice(-2_000);
  });
  const ask = async (message: GradientJob | GradientRequest) => {
    const answer = await ended(child, message, () => complaint);
    if ('error' in answer) throw new Error(`training backend ${job.backend}: ${answer.error}`);
    return answer.result;
  };
  try {
    await ask(job);
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    backend: job.backend,
    async gradient(state, step) {
      const result = await ask({ state, step });
      if (result === undefined) throw new Error(`training backend ${job.backend} gave no gradient`);
      return result;
    },
    close: () => void child.kill(),
  };
}

/** The answer to one message; there is never more than one on its way. */
function ended(
  child: ChildProcess,
  message: GradientJob | GradientRequest,
  complaint: () => string,
): Promise<GradientAnswer> {
  if (child.exitCode !== null || !child.connected) {
    return Promise.resolve({ error: `its process has ended: ${complaint()}` });
  }
  return new Promise((resolve) => {
    const gone = (code: number | null) => resolve({ error: `its process ended with ${code}: ${complaint()}` });
    child.once('exit', gone);
    child.once('message', (answer: GradientAnswer) => {
      child.off('exit', gone);
      resolve(answer);
    });
    child.send(message);
  });
}
