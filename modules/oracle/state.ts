import { Item, Table } from '../../chain/collections/collections.ts';
import { bytesKey, textKey } from '../../chain/collections/keys.ts';
import { protoValue, u64Value } from '../../chain/collections/values.ts';
import { Attendance, Params, SymbolState } from '../../proto/generated/infinet/oracle/v1/types.ts';

export const STORE = 'oracle';

/** 0x00: parameters. */
export const params = new Item(STORE, '\x00', protoValue(Params));

/** 0x01 || symbol (UTF-8): what is known of a symbol. */
export const symbols = new Table(STORE, '\x01', textKey, protoValue(SymbolState));

/** 0x02 || consensus address: what this validator did not say. */
export const attendances = new Table(STORE, '\x02', bytesKey, protoValue(Attendance));

/** 0x03: blocks that had a price in the open window of attendance (u64, big-endian). */
export const windowBlocks = new Item(STORE, '\x03', u64Value);
