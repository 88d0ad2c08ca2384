import { aminoReader } from './amino.ts';
import { decodeReader } from './decode.ts';
import { framesReader } from './frames.ts';
import type { Reader } from './guided.ts';
import { proofReader } from './proofs.ts';
import { queryReader } from './queries.ts';

/** By the name that `npm run fuzz -- NAME --guided` takes. */
export const readers: Readonly<Record<string, () => Reader | Promise<Reader>>> = {
  amino: aminoReader,
  decode: decodeReader,
  frames: framesReader,
  proof: proofReader,
  query: queryReader,
};
