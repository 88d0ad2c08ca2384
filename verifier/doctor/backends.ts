import { setTimeout as sleep } from 'node:timers/promises';
import { trainOnBackend } from '../../training/backend/index.ts';
import { selfTest } from '../../training/canonical/selfTest.ts';
import { stepFlops } from '../../training/network.ts';
import { encodeSpec } from '../../training/spec.ts';
import { openKernels } from '../../training/wasm/kernels.ts';
import { distance, type Probe, runCanonical } from './probe.ts';

export interface Check {
  readonly name: string;
  /** `missing` can be installed; `broken` is there, and must not be used. */
  readonly state: 'works' | 'missing' | 'broken';
  /** Without it this machine cannot verify. */
  readonly needed: boolean;
  /** What was found out, or what went wrong. */
  readonly note: string;
  readonly stepsPerSecond?: number;
  readonly gflops?: number;
  /** What helps, where something can be done. */
  readonly remedy?: string;
}

/** Steps that results are compared after; a short job beside a longer one takes the start-up out of the speed. */
const steps = { compared: 20, timed: 120 } as const;
/** As `training/backend` promises after so many steps, and tests. */
const tolerance = 1e-4;
/** A backend that does not answer by then counts as broken. */
const patienceMs = 120_000;

/** F itself, in plain TypeScript: the definition of what is correct, with which disputes are played. */
export function checkCanonical(probe: Probe): Check {
  const base = { name: 'canonical', needed: true };
  try {
    selfTest();
    const milliseconds = timed(() => runCanonical(probe, steps.compared)) / steps.compared;
    return { ...base, state: 'works', note: 'float32 is exact', ...speed(probe, milliseconds) };
  } catch (error) {
    const remedy = 'run it with the Node that the package asks for, on a machine of another kind';
    return { ...base, state: 'broken', note: messageOf(error), remedy };
  }
}

/** F in WebAssembly SIMD: the same bits, or it is broken. */
export async function checkKernels(probe: Probe, threads: number): Promise<Check> {
  const base = { name: `kernels, ${threads} thread${threads === 1 ? '' : 's'}`, needed: false };
  try {
    const kernels = openKernels(threads);
    try {
      const exact = runCanonical(probe, steps.compared).at(-1) ?? new Float32Array(0);
      const found = runCanonical(probe, steps.compared, kernels).at(-1) ?? new Float32Array(0);
      if (!sameBits(exact, found)) return { ...base, state: 'broken', note: 'gives other bits than canonical' };
      const milliseconds = timed(() => runCanonical(probe, steps.timed, kernels)) / steps.timed;
      return { ...base, state: 'works', note: 'the same bits as canonical', ...speed(probe, milliseconds) };
    } finally {
      await kernels.close();
    }
  } catch (error) {
    return { ...base, state: 'broken', note: messageOf(error), remedy: 'WebAssembly with SIMD and threads is needed' };
  }
}

/** A backend of TensorFlow.js, in a process of its own: near F, never equal to it. */
export async function checkBackend(
  probe: Probe,
  backend: string,
  remedy: string,
  run: typeof trainOnBackend = trainOnBackend,
): Promise<Check> {
  const base = { name: backend, needed: false };
  const states = runCanonical(probe, steps.compared);
  const [start = new Float32Array(0), exact = new Float32Array(0)] = [states[0], states.at(-1)];
  const job = (count: number) =>
    withPatience(
      run({
        backend,
        spec: encodeSpec(probe.spec),
        seed: probe.seed,
        records: probe.records,
        state: start,
        firstStep: 0,
        steps: count,
      }),
    );
  try {
    const [short, result] = await timedAsync(() => job(steps.compared));
    const [long] = await timedAsync(() => job(steps.compared + steps.timed));
    const off = distance(start, exact, result.state);
    if (!(off <= tolerance)) {
      const note = `its weights are ${off.toExponential(1)} of a change away from canonical`;
      return { ...base, state: 'broken', note, remedy: 'do not use it: an update of its driver or package may help' };
    }
    const note = `within ${off.toExponential(1)} of canonical`;
    return { ...base, state: 'works', note, ...speed(probe, Math.max(long - short, 0.001) / steps.timed) };
  } catch (error) {
    return { ...base, state: 'missing', note: messageOf(error), remedy };
  }
}

function speed({ network }: Probe, milliseconds: number): { stepsPerSecond: number; gflops: number } {
  return { stepsPerSecond: 1000 / milliseconds, gflops: stepFlops(network) / milliseconds / 1e6 };
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return (
    Buffer.compare(
      Buffer.from(a.buffer, a.byteOffset, a.byteLength),
      Buffer.from(b.buffer, b.byteOffset, b.byteLength),
    ) === 0
  );
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function timedAsync<T>(work: () => Promise<T>): Promise<[milliseconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

async function withPatience<T>(answer: Promise<T>): Promise<T> {
  const end = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: end.signal }).then(() => {
    throw new Error(`no answer within ${patienceMs / 1000} s`);
  });
  late.catch(() => {});
  return await Promise.race([answer, late]).finally(() => end.abort());
}

/** One line, without what the table says already: a backend's own errors may have many. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [line = text] = text.split('\n');
  return line.replace(/^training backend \S+: /, '').replace(/\. Run: .*$/, '');
}
