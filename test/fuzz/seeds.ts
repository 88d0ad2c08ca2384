/** Run in CI. A seed that found a bug stays here after the bug is mended, with the reason. */
export const keptSeeds: readonly {
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
  readonly why: string;
}[] = [
  { target: 'frames', seed: 1, runs: 20_000, why: 'the first one' },
  { target: 'tx', seed: 1, runs: 4_000, why: 'the first one' },
  { target: 'amino', seed: 1, runs: 10_000, why: 'the first one' },
  { target: 'proof', seed: 1, runs: 4_000, why: 'the first one' },
  { target: 'query', seed: 1, runs: 4_000, why: 'the first one' },
];
