import type { Database } from '../database/connect.ts';
import type { Source } from '../source/block.ts';
import type { Loaders } from './loaders.ts';

/** What resolvers of one request share. */
export interface GraphqlContext {
  readonly database: Database;
  readonly source: Source;
  readonly loaders: Loaders;
  /** Counts down: each proof is a call to a node. */
  readonly proofs: { left: number };
}
