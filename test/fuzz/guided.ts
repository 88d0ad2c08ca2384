import type { Random } from '../sim/random.ts';
import type { CoverageMeter } from './coverage.ts';
import { mutate } from './mutate.ts';
import { damage } from './mutateFields.ts';
import { InputTimer } from './target.ts';

/** A decoder that reads bytes and nothing else: the same bytes take the same way through it. */
export interface Reader {
  readonly name: string;
  /** Bytes at the start that choose what the rest is read as; they change apart from it. */
  readonly header: number;
  /** Where the search begins. */
  readonly seeds: readonly Uint8Array[];
  /** Says whether the bytes were taken. Throws only where the decoder did what it never may. */
  read(bytes: Uint8Array): boolean;
  close(): Promise<void>;
}

export interface GuidedOptions {
  readonly runs: number;
  readonly random: Random;
  /** Inputs that earlier searches kept. */
  readonly corpus: readonly Uint8Array[];
}

export interface GuidedResult {
  readonly runs: number;
  readonly taken: number;
  /** Blocks of code, and powers of two of how often they ran: those that the seeds reach, and those that all inputs do. */
  readonly seedPlaces: number;
  readonly places: number;
  /** Inputs that reached something new, the corpus' first. */
  readonly kept: readonly Uint8Array[];
}

/** Looking at the coverage costs milliseconds: so many inputs are read between two looks. */
const batchSize = 500;
/** Of so many batches one is looked at input by input, since in a batch nobody sees how often one of them runs a block. */
const closeLook = 40;
/** Longer inputs reach nothing new, and take long. */
const longest = 4096;

/** Longer ones are not worth their place in the repository. */
const longestKept = 1000;

/** Searches for inputs that take other ways through a decoder than those before; each becomes the start of others. */
export async function searchGuided(
  reader: Reader,
  meter: CoverageMeter,
  { runs, random, corpus }: GuidedOptions,
): Promise<GuidedResult> {
  const timer = new InputTimer(reader.name);
  const seen = new Set<string>();
  let [done, taken, batches] = [0, 0, 0];
  const read = (bytes: Uint8Array): void => {
    if (timer.time(done, () => reader.read(bytes), `${Buffer.from(bytes).toString('hex')}`)) taken++;
    done++;
  };
  /** Whether it was somewhere where none before was. Between two looks nothing but the decoder runs. */
  const isNew = (bytes: Uint8Array): boolean => {
    read(bytes);
    return addNew(seen, meter.take());
  };
  const kept: Uint8Array[] = [];
  /** Halves what reached a new block until it is one input. */
  const search = (inputs: readonly Uint8Array[]): void => {
    for (const bytes of inputs) read(bytes);
    const places = meter.take();
    if ([...places.keys()].every((place) => seen.has(place))) return;
    if (inputs.length > 1) {
      const half = inputs.length >> 1;
      search(inputs.slice(0, half));
      search(inputs.slice(half));
    } else if (addNew(seen, places)) kept.push(...inputs);
    // What only came of the order, as the filling of a cache, is no news the next time.
    for (const place of places.keys()) seen.add(place);
  };
  try {
    begin(reader.seeds, seen, meter, read);
    const seedPlaces = seen.size;
    kept.push(...corpus.filter(isNew));
    while (done < runs) {
      const batch = Array.from({ length: Math.min(batchSize, runs - done) }, () => next(random, reader, kept));
      if (batches++ % closeLook === 0) kept.push(...batch.filter(isNew));
      else search(batch);
    }
    if (taken === 0) throw new Error(`${reader.name}: none of ${done} inputs got through`);
    return { runs: done, taken, seedPlaces, places: seen.size, kept };
  } finally {
    await timer.close();
  }
}

/** Some of the seeds are looked at one by one, all of them together: most lead where others led. */
function begin(
  seeds: readonly Uint8Array[],
  seen: Set<string>,
  meter: CoverageMeter,
  read: (bytes: Uint8Array) => void,
) {
  meter.take();
  const step = Math.ceil(seeds.length / 60);
  for (const seed of seeds.filter((_seed, at) => at % step === 0)) {
    read(seed);
    addNew(seen, meter.take());
  }
  for (const seed of seeds) read(seed);
  for (const place of meter.take().keys()) seen.add(place);
}

/** Half of the inputs come from what was found last. */
function next(random: Random, { seeds, header }: Reader, kept: readonly Uint8Array[]): Uint8Array {
  const all = [...seeds, ...kept];
  const input = random.pick(kept.length > 0 && random.oneIn(2) ? kept.slice(-50) : all);
  const other = random.pick(all);
  const head = Uint8Array.from(input.subarray(0, header));
  if (header > 0 && random.oneIn(4)) head[random.below(head.length)] = random.word() & 0xff;
  const body = input.subarray(header);
  const change = random.pick([damage, mutate, poke]);
  return Buffer.concat([head, change(random, body, other.subarray(header))]).subarray(0, longest);
}

/** One byte another, since a way that was found is lost by larger changes. */
function poke(random: Random, input: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(input);
  // Most choices are made at the beginning.
  const at = random.below(random.oneIn(2) ? Math.min(input.length, 16) + 1 : input.length + 1);
  if (at < changed.length) changed[at] = random.word() & 0xff;
  return changed;
}

/** A block that runs twice, four or eight times as often is a new place, too. */
function addNew(seen: Set<string>, places: ReadonlyMap<string, number>): boolean {
  const before = seen.size;
  for (const [place, count] of places) {
    seen.add(place);
    if (count > 1) seen.add(`${place}:${Math.floor(Math.log2(count))}`);
  }
  return seen.size > before;
}

/** As few of the inputs as reach all that they reach together, greedily: short ones first. */
export function smallest(reader: Reader, meter: CoverageMeter, inputs: readonly Uint8Array[]): Uint8Array[] {
  const seen = new Set<string>();
  const isNew = (bytes: Uint8Array): boolean => {
    reader.read(bytes);
    return addNew(seen, meter.take());
  };
  begin(reader.seeds, seen, meter, (bytes) => void reader.read(bytes));
  const short = inputs.filter(({ length }) => length <= longestKept);
  return short.sort((a, b) => a.length - b.length).filter(isNew);
}
