/** All keys and collections of the store `valuation`; their bytes are listed in the README. */
import { Item, KeySet, Sequence, Table } from '../../chain/collections/collections.ts';
import { bytesKey, pairKey, tripleKey, u64Key } from '../../chain/collections/keys.ts';
import { protoValue } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { RoundQueue, UsualRows, ValuationRound } from '../../proto/generated/infinet/valuation/v1/round.ts';
import { Params, Reputation, Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';

export const MODULE = 'valuation';

export const params = new Item(MODULE, '\x00', protoValue(Params));
/** By contribution. */
export const valuations = new Table(MODULE, '\x10', u64Key, protoValue(Valuation));
/** By address. */
export const reputations = new Table(MODULE, '\x20', bytesKey, protoValue(Reputation));

/** Next id of a round that is valued together. */
export const roundIds = new Sequence(MODULE, '\x01');
/** By id. */
export const rounds = new Table(MODULE, '\x30', u64Key, protoValue(ValuationRound));
/** By objective and shard: who waits, and what is being valued. */
export const queues = new Table(MODULE, '\x31', pairKey(u64Key, u64Key), protoValue(RoundQueue));
/** Height, objective and shard of queues whose time is fixed. */
export const queuesDue = new KeySet(MODULE, '\x32', tripleKey(u64Key, u64Key, u64Key));
/** By objective. */
export const usualRows = new Table(MODULE, '\x33', u64Key, protoValue(UsualRows));

export function requireValuation(ctx: Context, contributionId: bigint): Valuation {
  const valuation = valuations.get(ctx, contributionId);
  if (valuation === undefined) throw new Error(`contribution ${contributionId} was never appraised`);
  return valuation;
}
