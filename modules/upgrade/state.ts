import { Item, Table } from '../../chain/collections/collections.ts';
import { pairKey, textKey, u64Key } from '../../chain/collections/keys.ts';
import { bytesValue, protoValue, u64Value } from '../../chain/collections/values.ts';
import { upgrade } from '../../sdk/codec/index.ts';

export const upgradeStore = 'upgrade';

/**
 * All state of upgrade, byte for byte as in cosmossdk.io/x/upgrade v0.1 (types/keys.go):
 *
 * | key | value |
 * |---|---|
 * | `00` | Plan |
 * | `01` height (8 bytes) name | `01`: done at that height |
 * | `02` module | its version, 8 bytes |
 * | `03` | how many upgrades the chain has had, 8 bytes |
 */
export class UpgradeState {
  readonly plan = new Item(upgradeStore, '\x00', protoValue<upgrade.Plan>(upgrade.Plan));
  readonly done = new Table(upgradeStore, '\x01', pairKey(u64Key, textKey), bytesValue);
  readonly versions = new Table(upgradeStore, '\x02', textKey, u64Value);
  readonly protocolVersion = new Item(upgradeStore, '\x03', u64Value);
}
