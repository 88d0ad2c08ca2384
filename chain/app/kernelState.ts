import { LastBlock, ValidatorSet } from '../../proto/generated/infinet/chain/v1/state.ts';
import { cometParams } from '../../sdk/codec/index.ts';
import { Item, Table } from '../collections/collections.ts';
import { u64Key } from '../collections/keys.ts';
import { protoValue, remembered, textValue } from '../collections/values.ts';

/** The kernel's own committed store. */
export const kernelStore = 'infinet';

/** 0x00: the block that made this version. */
export const lastBlock = new Item(kernelStore, '\x00', remembered(protoValue(LastBlock)));

/** 0x01: `tendermint.types.ConsensusParams` in force. */
export const consensusParams = new Item(kernelStore, '\x01', remembered(protoValue(cometParams.ConsensusParams)));

/**
 * 0x02 | height, 8 bytes big-endian: who signs at that height. After block H there are H, H+1 and H+2: CometBFT lets a
 * change take effect two heights later, and H's votes are proven in block H+1.
 */
export const validatorSets = new Table(kernelStore, '\x02', u64Key, protoValue(ValidatorSet));

/** 0x03: least gas prices of the chain, as in `0.001uinf`; empty for none. */
export const minGasPrices = new Item(kernelStore, '\x03', textValue);

/** 0x04: the chain's Bech32 prefix. */
export const bech32Prefix = new Item(kernelStore, '\x04', textValue);
