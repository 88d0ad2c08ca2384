/** The first kibibyte of the shared memory, as int32: how the threads of a pool tell each other what to do. */

export const control = { sequence: 0, waiting: 1, job: 2, failed: 3, arguments: 8 } as const;

export const CONTROL_WORDS = 256;

/** Where data begins: static data of the module lies between. */
export const HEAP = 65_536;

/** What a worker is started with. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly part: number;
  readonly parts: number;
}

export function controlOf(memory: WebAssembly.Memory): Int32Array {
  return new Int32Array(memory.buffer, 0, CONTROL_WORDS);
}
