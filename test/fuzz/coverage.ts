import { type Profiler, Session } from 'node:inspector';

/**
 * What V8 says was executed: each block of each function of our own sources and of the Protobuf codecs beneath, with how
 * often. V8 counts by itself (precise block coverage), so nothing in the sources knows of it.
 */
export class CoverageMeter {
  readonly #session = new Session();
  readonly #isRelevant: (url: string) => boolean;

  /** @param isRelevant which sources count */
  constructor(isRelevant = isOfDecoders) {
    this.#isRelevant = isRelevant;
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true }, requireNoError);
  }

  /** Blocks that were executed since the last time, by file and place, and how often. */
  take(): ReadonlyMap<string, number> {
    const places = new Map<string, number>();
    // In a session of the own process the answer is there before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      requireNoError(error);
      for (const { url, functions } of result) {
        if (!this.#isRelevant(url)) continue;
        for (const { ranges } of functions) addRanges(places, url, ranges);
      }
    });
    return places;
  }

  close(): void {
    this.#post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  #post(method: 'Profiler.enable' | 'Profiler.stopPreciseCoverage'): void {
    this.#session.post(method, requireNoError);
  }
}

function addRanges(places: Map<string, number>, url: string, ranges: readonly Profiler.CoverageRange[]): void {
  for (const { startOffset, endOffset, count } of ranges) {
    if (count > 0) places.set(`${url}:${startOffset}:${endOffset}`, count);
  }
}

/** The fuzzer itself is no news, nor is what Node does. */
function isOfDecoders(url: string): boolean {
  if (!url.startsWith('file:') || url.includes('/test/')) return false;
  return !url.includes('/node_modules/') || /\/node_modules\/(cosmjs-types|@confio\/ics23|@cosmjs)\//.test(url);
}

function requireNoError(error: Error | null): void {
  if (error !== null) throw error;
}
