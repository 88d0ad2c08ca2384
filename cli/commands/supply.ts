import type { CometClient } from '@cosmjs/tendermint-rpc';
import type { Command } from 'commander';
import { OperatorError } from '../../chain/node/failure.ts';
import { burn, coinbase } from '../../modules/bank/events.ts';
import { rewardsQueries } from '../../sdk/queries.ts';
import { createQuerier } from '../../sdk/query.ts';
import { type NodeFlags, print, say, wholeNumber, withNode } from '../options.ts';
import { connectNode } from '../session.ts';
import { amountOf, checkAudit, checkFlow, type Flow } from '../supply/checkAudit.ts';

interface SupplyFlags extends NodeFlags {
  readonly height?: bigint;
  readonly from?: bigint;
}

export function addSupplyCommand(program: Command): void {
  withNode(program.command('supply'))
    .summary('where every coin is, and where it came from')
    .description(
      'Ask for the audit of supply at a block (scheduled, issued, reserve, pools, claimed, burned) and add its parts up again on this ' +
        'machine. With --from, the coins that the blocks since then minted and burned are summed from their events too. The exit ' +
        'status is 1 when something does not hold.',
    )
    .option('--height <number>', 'block whose state is audited; the latest if not given', wholeNumber)
    .option('--from <number>', 'an earlier block; all blocks after it are read', wholeNumber)
    .action(auditSupply);
}

async function auditSupply(flags: SupplyFlags): Promise<void> {
  const comet = await connectNode(flags.node);
  try {
    const querier = createQuerier(comet);
    const audit = await querier.ask(rewardsQueries.supplyAudit, {}, flags.height);
    const problems = checkAudit(audit);
    let flow: Flow | undefined;
    if (flags.from !== undefined) {
      if (flags.from >= audit.height) throw new OperatorError(`--from must be below ${audit.height}`);
      const before = await querier.ask(rewardsQueries.supplyAudit, {}, flags.from);
      flow = await flowOf(comet, flags.from + 1n, audit.height, audit.denom);
      problems.push(...checkAudit(before), ...checkFlow(before, audit, flow));
    }
    for (const problem of problems) say(`does not hold: ${problem}`);
    say(`supply at height ${audit.height}: ${problems.length === 0 ? 'every coin is accounted for' : 'NOT sound'}`);
    print({ ...audit, ...(flow && { since: flags.from, ...flow }), problems });
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    comet.disconnect();
  }
}

/** What the blocks of these heights minted and burned, by all their events: of hooks and of txs. */
async function flowOf(comet: CometClient, first: bigint, last: bigint, denom: string): Promise<Flow> {
  let [minted, burned] = [0n, 0n];
  for (let height = first; height <= last; height++) {
    const results = await comet.blockResults(Number(height));
    const hooks = 'finalizeBlockEvents' in results ? results.finalizeBlockEvents : results.beginBlockEvents;
    // A failed tx keeps the events of its fee alone, and burns nothing.
    for (const event of [...hooks, ...results.results.flatMap(({ events }) => events)]) {
      if (event.type === coinbase.type) minted += amountOf(coinbase.decode(event).amount, denom);
      if (event.type === burn.type) burned += amountOf(burn.decode(event).amount, denom);
    }
  }
  return { minted, burned };
}
