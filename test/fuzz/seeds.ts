/** Run in CI. A seed that found a bug stays here after the bug is mended, with the reason. */
export const keptSeeds: readonly {
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
  readonly why: string;
}[] = [
  { target: 'amino', seed: 1, runs: 6_000, why: 'the first one' },
  { target: 'config', seed: 1, runs: 4_000, why: 'the first one' },
  { target: 'decode', seed: 1, runs: 8_000, why: 'the first one' },
  { target: 'extension', seed: 1, runs: 2_000, why: 'the first one' },
  { target: 'frames', seed: 1, runs: 10_000, why: 'the first one' },
  { target: 'genesis', seed: 1, runs: 400, why: 'the first one' },
  { target: 'grpc', seed: 1, runs: 4_000, why: 'the first one' },
  {
    target: 'keyring',
    seed: 1,
    runs: 1_000,
    why: 'a public key of a wrong length was no damage that the operator is told about; found again after a rewrite',
  },
  { target: 'log', seed: 1, runs: 600, why: 'the first one' },
  { target: 'proof', seed: 1, runs: 4_000, why: 'the first one' },
  { target: 'query', seed: 1, runs: 4_000, why: 'the first one' },
  { target: 'rest', seed: 1, runs: 4_000, why: 'the first one' },
  { target: 'snapshot', seed: 1, runs: 200, why: 'the first one' },
  { target: 'tx', seed: 1, runs: 3_000, why: 'the first one' },
];
