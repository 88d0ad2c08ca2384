import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { writeWhole } from '../durableFile.ts';

const fileShape = z.record(z.string(), z.int().min(0).max(1_000_000));

/**
 * What a person scored: no machine reads an expertise. A file for each contribution, `<id>.json`, from criterion to
 * score in 10^-6.
 */
export class ScoreFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws for a score that is no whole number from 0 to 1,000,000. */
  write(contributionId: bigint, scores: Readonly<Record<string, number>>): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeWhole(this.#path(contributionId), Buffer.from(`${JSON.stringify(fileShape.parse(scores))}\n`));
  }

  /**
   * One metric for each criterion, in their order. Throws where the operator has not scored it yet, or has left a
   * criterion out.
   */
  read(contributionId: bigint, rubric: readonly { readonly name: string }[]): Metric[] {
    const path = this.#path(contributionId);
    const names = rubric.map(({ name }) => `${name}=0.8`).join(' ');
    const how = `infinet-verifier score ${contributionId} ${names}`;
    if (!existsSync(path)) throw new Error(`contribution ${contributionId} waits for your scores: ${how}`);
    const scores = fileShape.parse(JSON.parse(readFileSync(path, 'utf8')));
    return rubric.map(({ name }) => {
      const value = scores[name];
      if (value === undefined) throw new Error(`${path} lacks a score for ${name}: ${how}`);
      return { name, value: BigInt(value) };
    });
  }

  #path(contributionId: bigint): string {
    return join(this.#folder, `${contributionId}.json`);
  }
}

/** `clarity=0.8 depth=1`: scores from 0 to 1 with up to six decimals, in 10^-6. Throws with the word that is none. */
export function parseScores(words: readonly string[]): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const word of words) {
    const [, name, whole, decimals = ''] = /^([a-z][a-z0-9_]*)=([01])(?:\.(\d{1,6}))?$/.exec(word) ?? [];
    const micro = Number(whole) * 1_000_000 + Number(decimals.padEnd(6, '0'));
    if (name === undefined || micro > 1_000_000) throw new Error(`${word} is no score: write it like clarity=0.8`);
    scores[name] = micro;
  }
  return scores;
}
