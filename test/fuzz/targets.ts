import { aminoTarget } from './amino.ts';
import { framesTarget } from './frames.ts';
import { proofTarget } from './proofs.ts';
import { queryTarget } from './queries.ts';
import type { Target } from './target.ts';
import { txTarget } from './txs.ts';

/** By the name that `npm run fuzz -- NAME` takes. */
export const targets: Readonly<Record<string, () => Target | Promise<Target>>> = {
  amino: aminoTarget,
  frames: framesTarget,
  tx: txTarget,
  proof: proofTarget,
  query: queryTarget,
};
