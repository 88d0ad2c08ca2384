import { inputGradientPatches, type Patches, patchLength, positionsOf } from '../../training/canonical/patches.ts';
import type { WasmKernels } from '../../training/wasm/kernels.ts';
import { rounded, type Say } from '../bench.ts';

/** Operations that one figure covers: long enough for the clock of CPU time. */
const WORK = 6e9;

interface Case {
  readonly name: string;
  readonly flops: number;
  /** Takes the operands to where the kernels work; the time of that counts. */
  readonly work: (kernels: WasmKernels) => void;
}

function numbers(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 7_919) % 1_009) / 1_009 - 0.5);
}

/** A dense layer's three products: forward, gradient of the kernel, gradient of the input. */
function denseCases(batch: number, inputs: number, units: number): Case[] {
  const [x, w, dy] = [numbers(batch * inputs), numbers(inputs * units), numbers(batch * units)];
  const flops = 2 * batch * inputs * units;
  const name = `dense_${batch}x${inputs}x${units}`;
  return [
    { name: `${name}_forward`, flops, work: (k) => k.multiply(x, w, batch, inputs, units) },
    { name: `${name}_kernel_gradient`, flops, work: (k) => k.transposedMultiply(x, dy, inputs, batch, units) },
    { name: `${name}_input_gradient`, flops, work: (k) => k.multiplyTransposed(dy, w, batch, units, inputs) },
  ];
}

/** A 3x3 convolution with `same` padding: forward, gradient of the kernel, gradient of the input. */
function convolutionCases(records: number, side: number, channels: number, filters: number): Case[] {
  const picture = { height: side, width: side, channels, outHeight: side, outWidth: side };
  const p: Patches = { ...picture, size: 3, step: 1, spread: 1, top: 1, left: 1 };
  const back = inputGradientPatches(p, filters);
  const [x, dy] = [numbers(records * side * side * channels), numbers(records * side * side * filters)];
  const w = numbers(patchLength(p) * filters);
  const flops = 2 * positionsOf(p, records) * patchLength(p) * filters;
  const name = `conv3x3_${records}x${side}x${side}x${channels}x${filters}`;
  return [
    { name: `${name}_forward`, flops, work: (k) => k.convolve(x, w, p, records, filters) },
    { name: `${name}_kernel_gradient`, flops, work: (k) => k.convolveGradient(x, dy, p, records, filters) },
    { name: `${name}_input_gradient`, flops, work: (k) => k.convolve(dy, w, back, records, channels) },
  ];
}

export const kernelCases: readonly Case[] = [
  ...convolutionCases(32, 28, 32, 32),
  ...convolutionCases(16, 14, 64, 64),
  ...denseCases(128, 784, 128),
  ...denseCases(512, 512, 512),
];

/**
 * GFLOP/s of every heavy kernel by wall clock, and by the CPU time of all threads: the latter is the speed of one core,
 * which a busy machine disturbs less.
 */
export function kernelFigures(kernels: WasmKernels, say: Say): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const { name, flops, work } of kernelCases) {
    const repeat = (times: number) => {
      for (let i = 0; i < times; i += 1) {
        kernels.reset();
        work(kernels);
      }
    };
    repeat(5);
    const times = Math.ceil(WORK / flops);
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    repeat(times);
    const milliseconds = performance.now() - wall;
    const { user, system } = process.cpuUsage(cpu);
    const [perWall, perCore] = [
      rounded((flops * times) / milliseconds / 1e6),
      rounded((flops * times) / (user + system) / 1e3),
    ];
    say(`${`${name}, ${kernels.threads} threads`.padEnd(52)} ${perWall} GFLOP/s, ${perCore} a core`);
    figures[`${name}_${kernels.threads}t_gflops`] = perWall;
    figures[`${name}_${kernels.threads}t_gflops_core`] = perCore;
  }
  return figures;
}
