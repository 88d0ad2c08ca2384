import type { Command } from 'commander';
import { MsgAppealResponse } from '../../proto/generated/infinet/contribution/v1/tx.ts';
import { onlyResponse } from '../contribute.ts';
import { print, type SignerFlags, sessionOf, wholeNumber, withSigner } from '../options.ts';

export function addAppealCommand(program: Command): void {
  withSigner(program.command('appeal'))
    .summary('ask for a larger committee')
    .description(
      'Appeal a verdict before it is final: the rejection of an own contribution, or the acceptance of another one. The ' +
        'deposit is lost if the larger committee finds the same.',
    )
    .argument('<contribution>', 'id of the contribution', wholeNumber)
    .requiredOption('--deposit <amount>', 'in the smallest unit', wholeNumber)
    .action(async (contributionId: bigint, flags: SignerFlags & { readonly deposit: bigint }) => {
      const session = await sessionOf(flags);
      try {
        const deposit = { denom: flags.denom, amount: flags.deposit.toString() };
        const value = { appellant: session.address, contributionId, deposit };
        const tx = await session.send([{ typeUrl: '/infinet.contribution.v1.MsgAppeal', value }]);
        const { taskId } = MsgAppealResponse.decode(onlyResponse(tx));
        print({ contribution_id: contributionId, task_id: taskId, height: tx.height, tx: tx.hash });
      } finally {
        session.close();
      }
    });
}

export function addWithdrawCommand(program: Command): void {
  withSigner(program.command('withdraw'))
    .description('Take back an own contribution that is not final; before the verdict that costs its deposit.')
    .argument('<contribution>', 'id of the contribution', wholeNumber)
    .action(async (contributionId: bigint, flags: SignerFlags) => {
      const session = await sessionOf(flags);
      try {
        const value = { contributor: session.address, contributionId };
        const tx = await session.send([{ typeUrl: '/infinet.contribution.v1.MsgWithdrawContribution', value }]);
        print({ contribution_id: contributionId, height: tx.height, tx: tx.hash });
      } finally {
        session.close();
      }
    });
}
