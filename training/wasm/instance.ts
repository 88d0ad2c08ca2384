import { jobNames, type KernelExports } from './jobs.ts';

/** The kernels over a shared memory. @throws TypeError for another module */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  demandKernels(exports);
  return exports;
}

function demandKernels(exports: WebAssembly.Exports): asserts exports is WebAssembly.Exports & KernelExports {
  const missing = [...jobNames, 'firstNonFinite'].find((name) => typeof exports[name] !== 'function');
  if (missing !== undefined) throw new TypeError(`the module has no kernel ${missing}`);
}
