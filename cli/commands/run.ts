import type { Command } from 'commander';
import { verificationQueries } from '../../sdk/queries.ts';
import { type NodeFlags, print, wholeNumber, withNode, withQuerier } from '../options.ts';

export function addRunCommand(program: Command): void {
  withNode(program.command('run'))
    .description('Show a training run with its task, its seats and its disputes.')
    .argument('<run>', 'id of the run', wholeNumber)
    .action(async (id: bigint, flags: NodeFlags) => {
      await withQuerier(flags, async (querier) => {
        const { run } = await querier.ask(verificationQueries.run, { id });
        const taskId = run?.taskId ?? 0n;
        const task = taskId === 0n ? undefined : (await querier.ask(verificationQueries.task, { id: taskId })).task;
        const { disputes } = await querier.ask(verificationQueries.disputes, { runId: id });
        print({ run, task, disputes });
      });
    });
}
