/** A second look at a verdict by a larger committee, before it is final. */
import type { Context } from '../../chain/context.ts';
import type { Appeal, Contribution } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { coinText, type Escrow, requireCoin } from './escrow.ts';
import { contributionAppealed } from './events.ts';

export type AppealResult = 'overturned' | 'upheld' | 'undecided' | 'dropped';

/** Why a verdict was reached that no committee could reach otherwise. */
const settledElsewhere = /^(superseded_by_|duplicate_of_|shard_refused$)/;

/** Only what seats measured can be measured again: models of runs have disputes, work is counted by the chain. */
export function isAppealable(contribution: Contribution): boolean {
  return contribution.taskId > 0n && !settledElsewhere.test(contribution.reason);
}

/** The deposit returns unless the first verdict was right. Returns the appeal as it is stored from now on. */
export function endAppeal(
  ctx: Context,
  parts: { readonly escrow: Escrow; readonly addresses: AddressCodec },
  contribution: Contribution,
  result: AppealResult,
): Appeal {
  const { appeal } = contribution;
  if (appeal === undefined) throw new Error(`contribution ${contribution.id} was not appealed`);
  const deposit = requireCoin(appeal.deposit);
  if (result === 'upheld') parts.escrow.forfeit(ctx, deposit);
  else parts.escrow.giveBack(ctx, parts.addresses.account(appeal.appellant), deposit);
  const ended = { ...appeal, deposit: { ...deposit, amount: '0' }, result };
  tellAppeal(ctx, contribution.id, { ...ended, deposit });
  return ended;
}

export function tellAppeal(ctx: Context, contributionId: bigint, appeal: Appeal): void {
  ctx.log.emit(
    contributionAppealed.encode({
      contribution_id: contributionId,
      appellant: appeal.appellant,
      deposit: coinText(requireCoin(appeal.deposit)),
      task_id: appeal.taskId,
      result: appeal.result,
    }),
  );
}
