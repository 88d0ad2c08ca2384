import { availableParallelism } from 'node:os';
import { type Check, checkBackend, checkCanonical, checkKernels } from './backends.ts';
import { makeProbe } from './probe.ts';
import { checkQuality } from './quality.ts';

/** Backends of TensorFlow.js, and what makes each work where it does not. */
const backends: Readonly<Record<string, string>> = {
  tensorflow:
    'npm run tensorflow (TensorFlow itself, for a GPU with CUDA or without one; npm run tensorflow -- --help)',
  wasm: 'npm install (it brings @tensorflow/tfjs-backend-wasm)',
  cpu: 'npm install (it brings @tensorflow/tfjs)',
};

/** Every check, one after another: they are timed. `onCheck` hears of each as it ends. */
export async function diagnose(onCheck: (check: Check) => void): Promise<Check[]> {
  const checks: Check[] = [];
  const done = (check: Check) => {
    checks.push(check);
    onCheck(check);
  };
  const probe = makeProbe();
  done(checkCanonical(probe));
  for (const threads of new Set([1, availableParallelism()])) done(await checkKernels(probe, threads));
  for (const [backend, remedy] of Object.entries(backends)) done(await checkBackend(probe, backend, remedy));
  done(await checkQuality());
  return checks;
}

/** One check for people; what helps stands in a line of its own. */
export function describeCheck({ name, state, note, stepsPerSecond, gflops, remedy }: Check): string[] {
  const speed =
    stepsPerSecond === undefined ? '' : `${stepsPerSecond.toFixed(0)} steps/s, ${(gflops ?? 0).toFixed(1)} GFLOP/s`;
  const line = `${name.padEnd(18)}  ${state.padEnd(7)}  ${speed.padEnd(28)}  ${note}`.trimEnd();
  return remedy === undefined ? [line] : [line, `${''.padEnd(29)}to fix: ${remedy}`];
}

/** What all of it means, and whether the exit status is 0. */
export function conclude(checks: readonly Check[]): { readonly able: boolean; readonly text: string } {
  const lacking = checks.filter(({ needed, state }) => needed && state !== 'works');
  if (lacking.length > 0) {
    return {
      able: false,
      text: `This machine cannot verify: ${lacking.map(({ name }) => name).join(', ')} must work.`,
    };
  }
  const broken = checks.filter(({ state }) => state === 'broken').map(({ name }) => name);
  const warning = broken.length === 0 ? '' : ` Do not use what is broken: ${broken.join(', ')}.`;
  return { able: true, text: `This machine can verify. What is missing is only needed to train on it.${warning}` };
}
