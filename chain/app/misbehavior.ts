import { abci, cometValidator } from '../../sdk/codec/index.ts';
import type { CommitVote, Misbehavior } from '../module.ts';
import { fromTimestamp } from '../time.ts';

const kinds: ReadonlyMap<abci.MisbehaviorType, Misbehavior['kind']> = new Map([
  [abci.MisbehaviorType.DUPLICATE_VOTE, 'duplicate_vote'],
  [abci.MisbehaviorType.LIGHT_CLIENT_ATTACK, 'light_client_attack'],
]);

/** The faults of a block in CometBFT's order; kinds that nobody here knows are left out, as x/evidence does. */
export function provenFaults(misbehavior: readonly abci.Misbehavior[]): Misbehavior[] {
  return misbehavior.flatMap(({ type, validator: { address, power }, height, time }) => {
    const kind = kinds.get(type);
    return kind === undefined ? [] : [{ kind, validator: address, power, height, time: fromTimestamp(time) }];
  });
}

/** Who voted on the last block, in CometBFT's order. */
export function commitVotes({ votes }: abci.CommitInfo): CommitVote[] {
  return votes.map(({ validator: { address, power }, blockIdFlag }) => ({
    validator: address,
    power,
    absent: blockIdFlag === cometValidator.BlockIDFlag.BLOCK_ID_FLAG_ABSENT,
  }));
}
