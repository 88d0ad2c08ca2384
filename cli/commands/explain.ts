import type { Command } from 'commander';
import { rewardsQueries, valuationQueries } from '../../sdk/queries.ts';
import { orUndefined } from '../../sdk/query.ts';
import { type OfflineCheck, recompute } from '../explain/recompute.ts';
import { type NodeFlags, print, wholeNumber, withNode, withQuerier } from '../options.ts';

export function addExplainCommand(program: Command): void {
  withNode(program.command('explain'))
    .summary('show why a contribution earned what it did')
    .description(
      "Fetch every input of a contribution's weight and reward from the node, compute both again on this machine, " +
        'and say whether the chain has the same. The exit status is 1 when it has not.',
    )
    .argument('<contribution>', 'id of the contribution', wholeNumber)
    .action(async (contributionId: bigint, flags: NodeFlags) => {
      await withQuerier(flags, async (querier) => {
        const { formula, round, steps, valuation } = await querier.ask(valuationQueries.explain, { contributionId });
        if (valuation === undefined) throw new Error(`contribution ${contributionId} has no valuation yet`);
        const reward = await orUndefined(querier.ask(rewardsQueries.rewardExplanation, { contributionId }));
        const checked: OfflineCheck = recompute({ valuation, round, reward });
        print({ valuation, round, formula, steps, reward, ...checked });
        if (!checked.equal) process.exitCode = 1;
      });
    });
}
