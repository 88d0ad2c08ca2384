import { Item, Table } from '../../chain/collections/collections.ts';
import { bytesKey, pairKey, u64Key } from '../../chain/collections/keys.ts';
import { protoValue, u64Value } from '../../chain/collections/values.ts';
import {
  Emission,
  EpochSummary,
  OpenWeights,
  Params,
  Payout,
  PendingWeight,
  RewardRecord,
  VerifierWork,
} from '../../proto/generated/infinet/rewards/v1/types.ts';

export const STORE = 'rewards';

/** Module account that holds unclaimed rewards. */
export const MODULE_ACCOUNT = 'rewards';

/** Module account of the community's stream and of all dust. */
export const COMMUNITY_POOL = 'community_pool';

/** 0x00: parameters. */
export const params = new Item(STORE, '\x00', protoValue(Params));

/** 0x01: the open epoch and the sums over all closed ones. */
export const emission = new Item(STORE, '\x01', protoValue(Emission));

/** 0x02 || epoch (u64, big-endian) || contribution id (the same): weights of the open epoch and of those being paid. */
export const pendingWeights = new Table(STORE, '\x02', pairKey(u64Key, u64Key), protoValue(PendingWeight));

/** 0x03 || operator: a verifier's work in the open epoch. */
export const verifierWork = new Table(STORE, '\x03', bytesKey, protoValue(VerifierWork));

/** 0x04 || account: what it can claim (u64, big-endian). */
export const claimables = new Table(STORE, '\x04', bytesKey, u64Value);

/** 0x05 || epoch (u64, big-endian): how it closed. */
export const summaries = new Table(STORE, '\x05', u64Key, protoValue(EpochSummary));

/** 0x06 || contribution id (u64, big-endian): why it earned what it did. */
export const records = new Table(STORE, '\x06', u64Key, protoValue(RewardRecord));

/** 0x07: sums of the open epoch's weights. */
export const openWeights = new Item(STORE, '\x07', protoValue(OpenWeights));

/** 0x09: the demand of each stream after the last epoch; the same fields as the sums. */
export const demand = new Item(STORE, '\x09', protoValue(OpenWeights));

/** 0x08 || epoch (u64, big-endian): closed epochs whose contributions are being paid. */
export const payouts = new Table(STORE, '\x08', u64Key, protoValue(Payout));
