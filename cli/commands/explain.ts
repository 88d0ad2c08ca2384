import type { Command } from 'commander';
import { appraise } from '../../modules/valuation/formulas.ts';
import { rewardsQueries, valuationQueries } from '../../sdk/queries.ts';
import { orUndefined } from '../../sdk/query.ts';
import { type NodeFlags, print, wholeNumber, withNode, withQuerier } from '../options.ts';

export function addExplainCommand(program: Command): void {
  withNode(program.command('explain'))
    .summary('show why a contribution earned what it did')
    .description(
      "Fetch every input of a contribution's weight and reward from the node, compute the weight again on this machine, " +
        'and say whether the chain has the same. The exit status is 1 when it has not.',
    )
    .argument('<contribution>', 'id of the contribution', wholeNumber)
    .action(async (contributionId: bigint, flags: NodeFlags) => {
      await withQuerier(flags, async (querier) => {
        const { valuation, formula, steps } = await querier.ask(valuationQueries.explain, { contributionId });
        if (valuation === undefined) throw new Error(`contribution ${contributionId} has no valuation yet`);
        const again = appraise(valuation);
        const equal = again.weight === valuation.weight && again.passed === valuation.passed;
        const reward = await orUndefined(querier.ask(rewardsQueries.rewardExplanation, { contributionId }));
        print({ valuation, formula, steps, recomputed_weight: again.weight, equal, reward });
        if (!equal) process.exitCode = 1;
      });
    });
}
