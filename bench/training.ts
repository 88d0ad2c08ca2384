import { existsSync } from 'node:fs';
import { tensorflowFolder } from '../training/backend/folder.ts';
import { trainOnBackend } from '../training/backend/index.ts';
import { networkOf, stepFlops } from '../training/network.ts';
import { initialUnit, runUnit } from '../training/run.ts';
import { encodeSpec, type Spec } from '../training/spec.ts';
import { digitsSpec, syntheticBytes, syntheticData, testSeed } from '../training/testing/fixtures.ts';
import { openKernels, type WasmKernels } from '../training/wasm/kernels.ts';
import { type Benchmark, median, rounded, timed } from './bench.ts';
import { kernelFigures } from './training/kernels.ts';

const records = 2_000;
/** Seven features of ten are 0, as pictures of digits have them; F passes over zeros. */
const zeros = 7;
const steps = 200;
const rounds = 3;

/** Milliseconds a step of F in this process: plain TypeScript on one core, or WebAssembly on the threads of `kernels`. */
function timeCanonical(spec: Spec, kernels?: WasmKernels): number {
  const network = networkOf(spec);
  const data = syntheticData(spec, records, zeros);
  const times = Array.from({ length: rounds }, () => {
    let { state } = initialUnit(network, testSeed);
    const [time] = timed(() => {
      for (let unit = 1; unit <= steps; unit += 1) {
        kernels?.reset();
        ({ state } = runUnit(network, testSeed, data, unit, state, kernels));
      }
    });
    return time / steps;
  });
  return median(times);
}

/** Milliseconds a step of a TensorFlow.js backend: a longer job less a short one, so that its start does not count. */
async function timeBackend(backend: string, spec: Spec): Promise<number> {
  const bytes = syntheticBytes(spec, records, zeros);
  const start = initialUnit(networkOf(spec), testSeed).state;
  const short = 20;
  const job = async (count: number): Promise<number> => {
    const from = performance.now();
    const common = { spec: encodeSpec(spec), seed: testSeed, records: bytes, state: start, firstStep: 0 };
    await trainOnBackend({ backend, ...common, steps: count });
    return performance.now() - from;
  };
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    times.push(((await job(steps)) - (await job(short))) / (steps - short));
  return median(times);
}

export const training: Benchmark = {
  about: "steps a second of F and of TensorFlow.js on the story's digits network, synthetic records",
  run: async (say) => {
    const spec = digitsSpec({ steps });
    const flops = stepFlops(networkOf(spec));
    const figures: Record<string, number> = { batch: spec.batch, flopsPerStep: flops };
    const report = (name: string, millisecondsPerStep: number) => {
      figures[`${name}StepsPerSecond`] = rounded(1000 / millisecondsPerStep, 0);
      figures[`${name}Gflops`] = rounded(flops / millisecondsPerStep / 1e6);
      say(`${name.padEnd(16)} ${figures[`${name}StepsPerSecond`]} steps/s, ${figures[`${name}Gflops`]} GFLOP/s`);
    };
    report('canonical', timeCanonical(spec));
    for (const threads of [1, 2, 4]) {
      const kernels = openKernels(threads);
      report(`wasm_${threads}_threads`, timeCanonical(spec, kernels));
      Object.assign(figures, kernelFigures(kernels, say));
      await kernels.close();
    }
    const native = existsSync(tensorflowFolder()) ? ['tensorflow'] : [];
    for (const backend of ['cpu', 'wasm', ...native]) report(`tfjs_${backend}`, await timeBackend(backend, spec));
    say('GFLOP/s counts every multiplication and addition, also those with zeros that F leaves out.');
    return figures;
  },
};
