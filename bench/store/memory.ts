import { readFileSync } from 'node:fs';

/** What a process holds, MB. LMDB's pages are file-backed: the kernel takes them back when it needs room. */
export interface Memory {
  readonly rss: number;
  /** Resident and backed by no file: the JavaScript heap, buffers and LMDB's pages that are being written. */
  readonly anonymous: number;
  /** Objects of the main thread's heap, garbage included. */
  readonly heapUsed: number;
}

export function memoryMb(): Memory {
  const status = readFileSync('/proc/self/status', 'utf8');
  const mb = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { rss: mb('VmRSS'), anonymous: mb('RssAnon'), heapUsed: Math.round(process.memoryUsage().heapUsed / 2 ** 20) };
}

/** Memory over a run: 20 points of it, and the largest of all. */
export class MemoryCurve {
  readonly #blocks: number;
  readonly #points: number[] = [];
  #most = 0;

  constructor(blocks: number) {
    this.#blocks = blocks;
  }

  /** Told of each block; returns what was measured if this is one of the points. */
  block(number: number): Memory | undefined {
    const every = Math.max(1, Math.floor(this.#blocks / 20));
    if (number % every !== 0) return undefined;
    const memory = memoryMb();
    this.#points.push(memory.anonymous);
    this.#most = Math.max(this.#most, memory.anonymous);
    return memory;
  }

  get mostMb(): number {
    return this.#most;
  }

  /** Anonymous memory at the points, MB. */
  get text(): string {
    return this.#points.join(' ');
  }
}
