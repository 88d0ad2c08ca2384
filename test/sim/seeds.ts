/** Chains worth running again, each with the reason. A seed that found a bug stays here after the bug is mended. */
export const notableSeeds: readonly { readonly seed: number; readonly blocks: number; readonly why: string }[] = [
  {
    seed: 1,
    blocks: 120,
    why: 'the process ended in the middle of closing its store: nothing kept it alive while a checkpoint was written',
  },
];
