/** Chains worth running again, each with the reason. A seed that found a bug stays here after the bug is mended. */
export const notableSeeds: readonly { readonly seed: number; readonly blocks: number; readonly why: string }[] = [
  { seed: 1, blocks: 60, why: 'the first one: every module acts within 60 blocks' },
];
