import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { control, controlOf, HEAP, type WorkerData } from './control.ts';
import { instantiate } from './instance.ts';
import { type JobName, jobNames, jobs, type KernelExports } from './jobs.ts';

const PAGE = 65_536;
/** 4 GiB, all that 32-bit addresses reach; only what is used is backed by memory. */
const MAXIMUM_PAGES = 65_536;
const START_PAGES = 64;
/** No job takes so long, even on a busy machine: a thread that has died never answers. */
const PATIENCE_SECONDS = 600;

/** A step needs more memory than the kernels can have: plain TypeScript has no such bound. */
export class KernelMemoryError extends Error {
  constructor(bytes: number) {
    super(`${Math.ceil(bytes / 2 ** 20)} MiB are more than the kernels' memory can hold on this machine`);
    this.name = 'KernelMemoryError';
  }
}

/** The module's instance, its memory and the threads that work on it. Calls return when every thread is done. */
export class KernelPool {
  readonly kernels: KernelExports;
  readonly threads: number;
  private readonly memory: WebAssembly.Memory;
  private readonly words: Int32Array;
  private readonly workers: readonly Worker[];
  /** Every buffer that the memory has had: one that has grown has another over the same bytes. */
  private readonly buffers = new WeakSet<ArrayBufferLike>();
  private top = HEAP;

  /** @param threads this thread included; the others start now and are ready when `run` first needs them */
  constructor(threads: number) {
    if (!Number.isInteger(threads) || threads < 1 || threads > 256) throw new RangeError('1 to 256 threads');
    this.threads = threads;
    const module = new WebAssembly.Module(readFileSync(fileURLToPath(new URL('./kernels.wasm', import.meta.url))));
    this.memory = new WebAssembly.Memory({ initial: START_PAGES, maximum: MAXIMUM_PAGES, shared: true });
    this.words = controlOf(this.memory);
    this.kernels = instantiate(module, this.memory);
    Atomics.store(this.words, control.waiting, threads - 1);
    this.workers = Array.from({ length: threads - 1 }, (_, i) => {
      const workerData: WorkerData = { module, memory: this.memory, part: i + 1, parts: threads };
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, execArgv: [] });
      worker.unref();
      return worker;
    });
  }

  /** Runs a job on all threads, or on this one alone where that is quicker. @throws Error if a thread failed */
  run(name: JobName, args: readonly number[], alone: boolean): void {
    this.words.set(args, control.arguments);
    const own = this.words.subarray(control.arguments);
    if (alone || this.threads === 1) {
      jobs[name](this.kernels, own, { part: 0, parts: 1 });
      return;
    }
    this.join();
    Atomics.store(this.words, control.job, jobNames.indexOf(name));
    Atomics.store(this.words, control.waiting, this.threads - 1);
    Atomics.add(this.words, control.sequence, 1);
    Atomics.notify(this.words, control.sequence);
    jobs[name](this.kernels, own, { part: 0, parts: this.threads });
    this.join();
    if (Atomics.load(this.words, control.failed) !== 0) throw new Error(`a thread failed in ${name}`);
  }

  /** Room for `length` floats at a multiple of 64 bytes, of unknown content. @throws KernelMemoryError beyond 4 GiB */
  allocate(length: number): Float32Array {
    const start = this.top;
    const end = start + Math.ceil((length * 4) / 64) * 64;
    const pages = this.memory.buffer.byteLength / PAGE;
    const needed = Math.ceil(end / PAGE);
    if (needed > MAXIMUM_PAGES) throw new KernelMemoryError(end);
    if (needed > pages) this.grow(Math.min(MAXIMUM_PAGES, Math.max(needed, pages + START_PAGES)) - pages, end);
    this.top = end;
    this.buffers.add(this.memory.buffer);
    return new Float32Array(this.memory.buffer, start, length);
  }

  /** The same memory as integers or bytes. */
  integers(pointer: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, length);
  }

  bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }

  /** Forgets everything allocated: arrays of before are not to be used again. */
  reset(): void {
    this.top = HEAP;
  }

  /** Whether an array lies in this memory. */
  owns(values: Float32Array | Uint8Array): boolean {
    return this.buffers.has(values.buffer);
  }

  private grow(pages: number, bytes: number): void {
    try {
      this.memory.grow(pages);
    } catch {
      throw new KernelMemoryError(bytes);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  /** Waits for the workers: a short spin, since most jobs end together, then a sleep. */
  private join(): void {
    for (let spin = 0; spin < 2_000; spin += 1) if (Atomics.load(this.words, control.waiting) === 0) return;
    for (let seconds = 0; seconds < PATIENCE_SECONDS; seconds += 1) {
      let waiting = Atomics.load(this.words, control.waiting);
      while (waiting !== 0 && Atomics.wait(this.words, control.waiting, waiting, 1_000) !== 'timed-out') {
        waiting = Atomics.load(this.words, control.waiting);
      }
      if (Atomics.load(this.words, control.waiting) === 0) return;
    }
    throw new Error(`a thread of the kernels has not answered for ${PATIENCE_SECONDS} seconds`);
  }
}
