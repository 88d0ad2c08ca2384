import { aminoTarget } from './amino.ts';
import { grpcTarget, restTarget } from './api.ts';
import { decodeTarget } from './decode.ts';
import { extensionTarget } from './extensions.ts';
import { configTarget, genesisTarget, keyringTarget } from './files.ts';
import { framesTarget } from './frames.ts';
import { proofTarget } from './proofs.ts';
import { queryTarget } from './queries.ts';
import { logTarget, snapshotTarget } from './store.ts';
import type { Target } from './target.ts';
import { txTarget } from './txs.ts';

/** By the name that `npm run fuzz -- NAME` takes. */
export const targets: Readonly<Record<string, () => Target | Promise<Target>>> = {
  amino: aminoTarget,
  config: configTarget,
  decode: decodeTarget,
  extension: extensionTarget,
  frames: framesTarget,
  genesis: genesisTarget,
  grpc: grpcTarget,
  keyring: keyringTarget,
  log: logTarget,
  proof: proofTarget,
  query: queryTarget,
  rest: restTarget,
  snapshot: snapshotTarget,
  tx: txTarget,
};
