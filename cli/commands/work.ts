import { type Command, InvalidArgumentError } from 'commander';
import { workRoot } from '../../modules/contribution/formulas.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import { Visibility } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { contribute } from '../contribute.ts';
import { print, type SignerFlags, sessionOf, wholeNumber, withSigner } from '../options.ts';

interface Flags extends SignerFlags {
  readonly objective: bigint;
  readonly units?: readonly [bigint, bigint];
  readonly deposit: bigint;
}

export function addWorkCommand(program: Command): void {
  withSigner(program.command('work'))
    .summary('offer the compute of a training run')
    .description(
      'Claim units of an own accepted run as compute. The chain counts them itself; each unit is paid once, and none of ' +
        'a run whose model is rewarded.',
    )
    .argument('<run>', 'id of the run', wholeNumber)
    .requiredOption('--objective <id>', 'an objective for compute', wholeNumber)
    .option('--units <first-last>', 'the units (default: all)', unitRange)
    .option('--deposit <amount>', 'in the smallest unit; returned when it is final', wholeNumber, 1_000_000n)
    .action(async (runId: bigint, flags: Flags) => {
      const session = await sessionOf(flags);
      try {
        const { run } = await session.querier.ask(verificationQueries.run, { id: runId });
        const [firstUnit, lastUnit] = flags.units ?? [1n, run?.units ?? 1n];
        const { contributionId, submit } = await contribute(session, {
          kind: ContributionKind.CONTRIBUTION_KIND_COMPUTE,
          objectiveId: flags.objective,
          manifest: {
            contentRoot: workRoot(runId, firstUnit, lastUnit),
            sizeBytes: lastUnit - firstUnit + 1n,
            mediaType: 'application/x-infinet-work',
            visibility: Visibility.VISIBILITY_PUBLIC,
            title: `Units ${firstUnit} to ${lastUnit} of run ${runId}`,
          },
          license: 'CC0-1.0',
          deposit: { denom: flags.denom, amount: flags.deposit.toString() },
          work: { runId, firstUnit, lastUnit },
        });
        print({ contribution_id: contributionId, height: submit.height, tx: submit.hash });
      } finally {
        session.close();
      }
    });
}

function unitRange(text: string): [bigint, bigint] {
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (first === undefined || last === undefined) throw new InvalidArgumentError('it must look like 1-40');
  return [BigInt(first), BigInt(last)];
}
