import type { Network } from '../network.ts';

/** What every scene has at hand. */
export interface Stage {
  readonly network: Network;
  /** 1 for the first play on this network; later plays offer other rows and train new runs. */
  readonly play: number;
  /** One readable line. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A step of the story did not hold: the sentence says what should have been. */
export class StoryBroken extends Error {
  override readonly name = 'StoryBroken';
}

export function expectThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new StoryBroken(sentence);
}

/** `12.345678 INF` */
export function inf(amount: bigint | string): string {
  const units = BigInt(amount);
  const fraction = (units % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return `${units / 1_000_000n}${fraction === '' ? '' : `.${fraction}`} INF`;
}

/** 10^-6 as per cent with two places. */
export function percent(ppm: bigint): string {
  return `${(Number(ppm) / 10_000).toFixed(2)}%`;
}

export function short(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').slice(0, 12);
}
