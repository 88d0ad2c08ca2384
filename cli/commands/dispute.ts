import type { Command } from 'commander';
import { OperatorError } from '../../chain/node/failure.ts';
import type { Dispute, Run } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { createQuerier } from '../../sdk/query.ts';
import type { RunFacts } from '../../training/dispute.ts';
import { parseSpec } from '../../training/spec.ts';
import { fetchBlock, recordOf } from '../dispute/chainMoves.ts';
import { replayDispute } from '../dispute/replay.ts';
import { type NodeFlags, print, say, wholeNumber, withNode } from '../options.ts';
import { connectNode } from '../session.ts';

export function addDisputeCommand(program: Command): void {
  const dispute = program.command('dispute').description('Disputes over units of training runs.');
  withNode(dispute.command('replay'))
    .summary('play a dispute again from the chain alone and say who was right')
    .description(
      'Read every move of a dispute out of the blocks, apply the rules to them on this machine, compute the leaf again, and ' +
        'say who was right and whether the chain has the same. The exit status is 1 when it has not.',
    )
    .argument('<dispute>', 'id of the dispute', wholeNumber)
    .action(replay);
}

async function replay(id: bigint, flags: NodeFlags): Promise<void> {
  const comet = await connectNode(flags.node);
  try {
    const querier = createQuerier(comet);
    const { dispute } = await querier.ask(verificationQueries.dispute, { id });
    if (dispute === undefined) throw new OperatorError(`the node answered without dispute ${id}`);
    const { run } = await querier.ask(verificationQueries.run, { id: dispute.runId });
    if (run === undefined) throw new OperatorError(`the node answered without run ${dispute.runId}`);
    const last = BigInt((await comet.abciInfo()).lastBlockHeight ?? 0);
    const record = await recordOf(id, dispute.openedHeight, last, async (height) => {
      try {
        return await fetchBlock(comet, height);
      } catch (cause) {
        throw new OperatorError(`the node has no block ${height}: ask one with --node that keeps the history`, {
          cause,
        });
      }
    });
    const replayed = replayDispute(factsOf(run), Number(dispute.unit), record);
    for (const { height, side, move, shows, bytes } of replayed.moves) {
      say(`height ${height}  ${side.padEnd(10)}  ${move.padEnd(9)}  ${shows} (${bytes} bytes)`);
    }
    const { leaf, right, because } = replayed;
    if (leaf !== undefined) {
      say(`leaf: ${leaf.tensor}, element ${leaf.element}: claimed ${leaf.claimed}, computed here ${leaf.computed}`);
    }
    // What the state counts must be what the blocks show, or moves came another way than by txs.
    const equal = replayed.equal && dispute.moves === replayed.moves.length;
    say(`${right === undefined ? 'nobody was found right' : `the ${right} was right`}: ${because}`);
    print({
      dispute: id,
      run: run.id,
      unit: dispute.unit,
      ...replayed,
      chain: chainSays(dispute, record.ending),
      equal,
    });
    if (!equal) process.exitCode = 1;
  } finally {
    comet.disconnect();
  }
}

function chainSays({ moves, reason }: Dispute, ending: { winner: string; height: bigint } | undefined) {
  return { moves, winner: ending?.winner ?? '', reason, ended_height: ending?.height ?? 0n };
}

function factsOf(run: Run): RunFacts {
  const { data } = run;
  if (data === undefined) throw new OperatorError(`the node answered without the data of run ${run.id}`);
  return {
    spec: parseSpec(run.spec),
    runId: run.id,
    seed: run.seed,
    dataRoot: data.root,
    records: Number(data.records),
    stepRoot: run.stepRoot,
  };
}
