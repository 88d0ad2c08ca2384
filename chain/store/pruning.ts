/** Which versions stay readable. */
export interface Pruning {
  /** How many of the newest versions are kept; 0 keeps all. */
  readonly keepRecent: number;
  /** Old versions are removed every so many blocks. */
  readonly interval: number;
}

/** The Cosmos SDK's options by their names (store/pruning/types): `everything` keeps the last two versions. */
export const pruningPresets = {
  nothing: { keepRecent: 0, interval: 10 },
  default: { keepRecent: 362_880, interval: 10 },
  everything: { keepRecent: 2, interval: 10 },
} as const satisfies Record<string, Pruning>;

/** The oldest version that need not go at `height`, undefined if none has to go now. */
export function oldestToKeep({ keepRecent, interval }: Pruning, height: bigint): bigint | undefined {
  if (keepRecent === 0 || height % BigInt(interval) !== 0n) return undefined;
  const oldest = height - BigInt(keepRecent) + 1n;
  return oldest > 1n ? oldest : undefined;
}
