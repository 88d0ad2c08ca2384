import { mkdirSync, statfsSync } from 'node:fs';
import { tensorRoot } from '../../training/commit.ts';
import type { Dataset } from '../../training/dataset.ts';
import type { Network } from '../../training/network.ts';
import { initialUnit } from '../../training/run.ts';
import { unitCount } from '../../training/spec.ts';
import type { Engine } from '../../training/wasm/engine.ts';

/** What being verified costs a run, measured here with its own network and data. Times are in milliseconds. */
export interface VerificationPrice {
  readonly units: number;
  readonly stepsPerUnit: number;
  /** A unit, its leaf included; of it, hashing the state. */
  readonly unitMs: number;
  readonly hashMs: number;
  /** Bytes of one state, and of everything that `--out` will hold. */
  readonly stateBytes: number;
  readonly storageBytes: number;
  /** Seats, and units that each replays. */
  readonly seats: number;
  readonly unitsPerSeat: number;
}

export interface PriceInput {
  readonly network: Network;
  readonly data: Dataset;
  readonly engine: Engine;
  readonly seats: number;
  /** Drawn by each seat, besides the first, the last and the initial weights. */
  readonly drawnPerSeat: number;
  /** How long the measure may go on; one unit is always trained. */
  readonly budgetMs?: number;
}

const leafBytes = 64;
const maxUnits = 16;
/** More of a unit's time than this for its leaf is worth a larger `commit_every`. */
const tolerableShare = 0.05;

/** Trains the first units with some seed, as the run's own is not known yet, and throws them away. */
export function measurePrice(input: PriceInput): VerificationPrice {
  const { network, data, engine, seats, drawnPerSeat, budgetMs = 2000 } = input;
  const units = unitCount(network.spec);
  const seed = new Uint8Array(32).fill(1);
  let { state } = initialUnit(network, seed);
  const unitTimes: number[] = [];
  const hashTimes: number[] = [];
  const started = performance.now();
  for (let unit = 1; unit <= Math.min(units, maxUnits); unit++) {
    unitTimes.push(
      timed(() => {
        state = engine.runUnit(network, seed, data, unit, state).state;
      }),
    );
    hashTimes.push(timed(() => void engine.with((kernels) => tensorRoot(state, kernels))));
    if (performance.now() - started > budgetMs) break;
  }
  const stateBytes = 4 * network.stateLength;
  return {
    units,
    stepsPerUnit: network.spec.commit_every,
    unitMs: median(unitTimes),
    hashMs: median(hashTimes),
    stateBytes,
    storageBytes: (units + 1) * (stateBytes + leafBytes),
    seats,
    unitsPerSeat: Math.min(units + 1, drawnPerSeat + 3),
  };
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Share of the training that hashing adds; 0.04 is 4%. */
export function overheadOf({ unitMs, hashMs }: VerificationPrice): number {
  return hashMs / Math.max(unitMs - hashMs, hashMs / 1000, Number.MIN_VALUE);
}

/** Share of the training that all seats do again. */
export function verificationRate({ seats, unitsPerSeat, units }: VerificationPrice): number {
  return (seats * unitsPerSeat) / (units + 1);
}

/** The smallest `commit_every` with which hashing adds no more than a twentieth. */
export function proposedCommitEvery(price: VerificationPrice): number {
  const stepMs = Math.max(price.unitMs - price.hashMs, 0.001) / price.stepsPerUnit;
  return Math.max(1, Math.ceil(price.hashMs / (tolerableShare * stepMs)));
}

/** Lines for people, before anything is spent. */
export function describeVerificationPrice(price: VerificationPrice): string[] {
  const overhead = overheadOf(price);
  const lines = [
    `training      about ${duration(price.units * (price.unitMs - price.hashMs))} here: ${price.units} units of ` +
      `${price.unitMs.toPrecision(2)} ms`,
    `commitments   ${percent(overhead)} on top: hashing a state of ${bytes(price.stateBytes)} takes ` +
      `${price.hashMs.toPrecision(2)} ms`,
    `storage       ${bytes(price.storageBytes)} in --out, to be served until the chain has decided`,
    `verification  ${price.seats} seats replay ${price.unitsPerSeat} units each, ` +
      `${percent(verificationRate(price))} of the training`,
  ];
  const proposed = proposedCommitEvery(price);
  if (overhead > tolerableShare && proposed > price.stepsPerUnit) {
    lines.push(
      `              "commit_every": ${proposed} in the specification would bring commitments to 5% and storage to ` +
        `${bytes((price.storageBytes * price.stepsPerUnit) / proposed)}; a verifier then replays ${proposed} steps a unit`,
    );
  }
  return lines;
}

/** Throws when the states do not fit where they are to be written. */
export function requireRoom(folder: string, { storageBytes }: VerificationPrice): void {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < storageBytes) {
    throw new RangeError(
      `the states need ${bytes(storageBytes)}, and ${folder} has room for ${bytes(free)}: choose another --out, or a ` +
        'larger commit_every',
    );
  }
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)}%`;
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 100) return `${seconds.toPrecision(2)} s`;
  return seconds < 6000 ? `${(seconds / 60).toPrecision(2)} min` : `${(seconds / 3600).toPrecision(2)} h`;
}

function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let at = 0;
  for (; value >= 999.5 && at < units.length - 1; at++) value /= 1000;
  return `${at === 0 || value >= 999.5 ? Math.round(value) : value.toPrecision(3)} ${units[at]}`;
}
