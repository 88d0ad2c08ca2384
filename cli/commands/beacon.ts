import type { Command } from 'commander';
import { OperatorError } from '../../chain/node/failure.ts';
import { beaconQueries } from '../../sdk/queries.ts';
import { createQuerier, type Querier, QueryError } from '../../sdk/query.ts';
import { verifyRound } from '../beacon/verifyRound.ts';
import { type NodeFlags, print, say, wholeNumber, withNode } from '../options.ts';
import { connectNode } from '../session.ts';

export function addBeaconCommand(program: Command): void {
  const beacon = program.command('beacon').description('The public randomness that draws verifiers and seeds runs.');
  withNode(beacon.command('verify'))
    .summary('compute the value of a round again from its proofs')
    .description(
      "Fetch a closed round's proofs and keys, check each proof, compute input and value again on this machine, and say " +
        'whether the chain has the same. The exit status is 1 when it has not.',
    )
    .argument('[round]', 'number of the round; the last closed one if not given', wholeNumber)
    .action(verify);
}

async function verify(wanted: bigint | undefined, flags: NodeFlags): Promise<void> {
  const comet = await connectNode(flags.node);
  try {
    const querier = createQuerier(comet);
    const open = (await querier.ask(beaconQueries.current, {})).round?.round ?? 0n;
    const number = wanted ?? open - 1n;
    if (number < 1n || number >= open) {
      throw new OperatorError(`round ${number} is not closed: the open one is round ${open}`);
    }
    const { round, outputs } = await querier.ask(beaconQueries.round, { round: number });
    if (round === undefined) throw new OperatorError(`the node answered without round ${number}`);
    const previousValue = await keptValue(querier, number - 1n);
    const { keys } = await querier.ask(beaconQueries.keys, {});
    const checked = verifyRound({
      chainId: (await comet.status()).nodeInfo.network,
      round,
      outputs,
      previousValue,
      keys,
    });
    for (const { operator, proves, key } of checked.outputs) {
      say(`${operator}  proof ${proves ? 'good' : 'bad'}, key ${key}`);
    }
    if (checked.alpha === undefined)
      say(`round ${number - 1n} is no longer kept: the input itself could not be checked`);
    for (const problem of checked.problems) say(`not equal: ${problem}`);
    const equal = checked.problems.length === 0;
    say(`round ${number}: ${equal ? 'equal' : 'NOT equal'} to what the proofs give`);
    print({ ...checked, chain_value: round.value, closed_height: round.closedHeight, equal });
    if (!equal) process.exitCode = 1;
  } finally {
    comet.disconnect();
  }
}

/** Undefined where the node keeps that round no longer. */
async function keptValue(querier: Querier, round: bigint): Promise<Uint8Array | undefined> {
  if (round === 0n) return undefined;
  try {
    return (await querier.ask(beaconQueries.round, { round })).round?.value;
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}
