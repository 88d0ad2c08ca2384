import { Item, Table } from '../../chain/collections/collections.ts';
import { lengthPrefixedKey } from '../../chain/collections/keys.ts';
import { protoValue } from '../../chain/collections/values.ts';
import { slashing } from '../../sdk/codec/index.ts';
import { paramsValue } from './params.ts';

export const slashingStore = 'slashing';

export type SigningInfo = slashing.ValidatorSigningInfo;

/**
 * All state of slashing, byte for byte as in cosmos-sdk v0.50 (x/slashing/types/keys.go):
 *
 * | key | value |
 * |---|---|
 * | `00` | Params |
 * | `01` length consensus address | ValidatorSigningInfo |
 */
export class SlashingState {
  readonly params = new Item(slashingStore, '\x00', paramsValue);
  readonly signingInfos = new Table(
    slashingStore,
    '\x01',
    lengthPrefixedKey,
    protoValue<SigningInfo>(slashing.ValidatorSigningInfo),
  );
}
