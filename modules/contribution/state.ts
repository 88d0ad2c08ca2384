/** All keys and collections of the store `contribution`; their bytes are listed in the README. */
import { Item, KeySet, Sequence, Table } from '../../chain/collections/collections.ts';
import { bytesKey, pairKey, tripleKey, u64Key } from '../../chain/collections/keys.ts';
import { intValue, protoValue, u64Value } from '../../chain/collections/values.ts';
import {
  Commitment,
  Contribution,
  Objective,
  Params,
  Round,
  Stream,
} from '../../proto/generated/infinet/contribution/v1/types.ts';

/** Store and module account. */
export const MODULE = 'contribution';

export const params = new Item(MODULE, '\x00', protoValue(Params));
/** What the module account owes to depositors, in the deposits' denomination. */
export const held = new Item(MODULE, '\x01', intValue);
export const objectiveIds = new Sequence(MODULE, '\x02');
export const contributionIds = new Sequence(MODULE, '\x03');

export const objectives = new Table(MODULE, '\x10', u64Key, protoValue(Objective));
/** (deadline height, objective) of open objectives. */
export const objectiveDeadlines = new KeySet(MODULE, '\x11', pairKey(u64Key, u64Key));

/** (objective, number) of rounds that somebody contributed to. */
export const rounds = new Table(MODULE, '\x12', pairKey(u64Key, u64Key), protoValue(Round));
/** (height, objective, round): rounds to look at in the end of that block. */
export const roundsDue = new KeySet(MODULE, '\x13', tripleKey(u64Key, u64Key, u64Key));
/** (objective, round, contribution). */
export const byRound = new KeySet(MODULE, '\x14', tripleKey(u64Key, u64Key, u64Key));
/** (objective, round, contribution) that wait for the round's shard. */
export const waiting = new KeySet(MODULE, '\x15', tripleKey(u64Key, u64Key, u64Key));
/** (objective, round): rounds with work for the next blocks: opened, refused or being paid. */
export const activeRounds = new KeySet(MODULE, '\x16', pairKey(u64Key, u64Key));

export const contributions = new Table(MODULE, '\x20', u64Key, protoValue(Contribution));
/** Content root to the contribution that holds it. */
export const byRoot = new Table(MODULE, '\x21', bytesKey, u64Value);
export const byContributor = new KeySet(MODULE, '\x22', pairKey(bytesKey, u64Key));
export const byObjective = new KeySet(MODULE, '\x23', pairKey(u64Key, u64Key));
/** (status number, contribution). */
export const byStatus = new KeySet(MODULE, '\x24', pairKey(u64Key, u64Key));
/** (parent, child). */
export const children = new KeySet(MODULE, '\x25', pairKey(u64Key, u64Key));
/** (height at which the appeal window ends, contribution). */
export const finalQueue = new KeySet(MODULE, '\x26', pairKey(u64Key, u64Key));
/** (one of the smallest sketch values, contribution): where near-duplicates meet. */
export const bySketch = new KeySet(MODULE, '\x27', pairKey(u64Key, u64Key));

/** Earlier version to the next one. */
export const nextVersions = new Table(MODULE, '\x28', u64Key, u64Value);
/** (run, first unit) to the COMPUTE contribution that was paid for it. */
export const spentWork = new Table(MODULE, '\x29', pairKey(u64Key, u64Key), u64Value);
export const streams = new Table(MODULE, '\x2a', u64Key, protoValue(Stream));

/** By (contributor, commitment). */
export const commitments = new Table(MODULE, '\x30', pairKey(bytesKey, bytesKey), protoValue(Commitment));
/** (last height at which it can be opened, contributor, commitment). */
export const commitmentExpiries = new KeySet(MODULE, '\x31', tripleKey(u64Key, bytesKey, bytesKey));
