/** All keys and collections of the store `valuation`; their bytes are listed in the README. */
import { Item, Table } from '../../chain/collections/collections.ts';
import { bytesKey, u64Key } from '../../chain/collections/keys.ts';
import { protoValue } from '../../chain/collections/values.ts';
import { Params, Reputation, Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';

export const MODULE = 'valuation';

export const params = new Item(MODULE, '\x00', protoValue(Params));
/** By contribution. */
export const valuations = new Table(MODULE, '\x10', u64Key, protoValue(Valuation));
/** By address. */
export const reputations = new Table(MODULE, '\x20', bytesKey, protoValue(Reputation));
