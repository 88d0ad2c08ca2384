/** Chains worth running again, each with the reason. A seed that found a bug stays here after the bug is mended. */
export const notableSeeds: readonly { readonly seed: number; readonly blocks: number; readonly why: string }[] = [
  {
    seed: 1,
    blocks: 120,
    why: 'the process ended in the middle of closing its store: nothing kept it alive while a checkpoint was written',
  },
];

/** Together enough for every message type to succeed at least once. */
export const coveringSeeds: readonly { readonly seed: number; readonly blocks: number }[] = [
  { seed: 27, blocks: 170 },
  { seed: 43, blocks: 170 },
];

/** In its first 64 blocks nodes join from snapshots, the chain is upgraded and starts anew from its export. */
export const livelySeed = 103;
