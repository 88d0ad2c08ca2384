import type { Command } from 'commander';
import { OperatorError } from '../../chain/node/failure.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { oddsLines, oddsTable } from '../odds/oddsTable.ts';
import { type NodeFlags, print, say, wholeNumber, withNode, withQuerier } from '../options.ts';

interface Flags extends NodeFlags {
  readonly units: bigint;
  readonly unitFlop: bigint;
  readonly stake?: bigint;
}

export function addVerificationCommand(program: Command): void {
  const verification = program.command('verification').description('How training runs are checked.');
  withNode(verification.command('odds'))
    .summary("what cheating is worth under the chain's parameters")
    .description(
      'The chance that a cheat in 0.1%, 1% and 10% of the units escapes all honest seats, what it saves and what it ' +
        'risks, by the formulas of modules/verification with the parameters that the node has now.',
    )
    .option('--units <number>', 'units of the run', wholeNumber, 10_000n)
    .option('--unit-flop <number>', 'operations of one unit', wholeNumber, 1_000_000_000n)
    .option('--stake <amount>', 'stake of the run; the least that the chain takes if not given', wholeNumber)
    .action(odds);
}

async function odds({ units, unitFlop, stake: given, ...flags }: Flags): Promise<void> {
  await withQuerier(flags, async (querier) => {
    const { params } = await querier.ask(verificationQueries.params, {});
    if (params === undefined) throw new OperatorError('the node answered without verification parameters');
    if (units < 3n) throw new OperatorError('a run of fewer than three units is checked whole');
    const stake = given ?? BigInt(params.minRunStake);
    const rows = oddsTable(params, { units, unitFlop, stake });
    for (const line of oddsLines(rows)) say(line);
    print({ units, unit_flop: unitFlop, stake, units_per_seat: params.unitsPerSeat, seats: params.seats, rows });
  });
}
