import type { AddressCodec } from '../../sdk/address.ts';
import type { Escrow } from './escrow.ts';
import type { Assessor } from './expected.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Rounds } from './rounds.ts';

/** What handlers and keeper share, built once in index.ts. */
export interface Parts {
  readonly escrow: Escrow;
  readonly lifecycle: Lifecycle;
  readonly rounds: Rounds;
  readonly assessor: Assessor;
  readonly addresses: AddressCodec;
}
