import type { Command } from 'commander';
import { MsgClaimRewardsResponse } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import { print, type SignerFlags, sessionOf, withSigner } from '../options.ts';

export function addClaimCommand(program: Command): void {
  withSigner(program.command('claim'))
    .description('Pay out everything that the key has earned.')
    .action(async (flags: SignerFlags) => {
      const session = await sessionOf(flags);
      try {
        const value = { claimant: session.address };
        const { hash, height, responses } = await session.send([
          { typeUrl: '/infinet.rewards.v1.MsgClaimRewards', value },
        ]);
        const { amount } = MsgClaimRewardsResponse.decode(responses[0] ?? new Uint8Array());
        print({ claimant: session.address, amount, height, tx: hash });
      } finally {
        session.close();
      }
    });
}
