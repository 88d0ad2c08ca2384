import { disputeSize } from '../training/admit.ts';
import { StepTree } from '../training/commit.ts';
import { checkLeaf } from '../training/dispute.ts';
import { networkOf } from '../training/network.ts';
import { runUnit } from '../training/run.ts';
import { digitsSpec, syntheticData, testSeed } from '../training/testing/fixtures.ts';
import { factsOf, honestTrace, play, RUN_ID, steerTo, trainHonestly } from '../training/testing/play.ts';
import { type Benchmark, type Figures, median, rounded, type Say, timed } from './bench.ts';
import { largeNetworks } from './dispute/large.ts';

const steps = 300;

/** Replay, trace and disputes of the story's network, on synthetic records with seven features of ten at 0. */
async function run(say: Say): Promise<Figures> {
  const spec = digitsSpec({ steps });
  const data = syntheticData(spec, 2_000, 7);
  const network = networkOf(spec);
  const [trainTime, honest] = timed(() => trainHonestly(spec, data));
  say(`train and commit ${steps} steps: ${trainTime.toFixed(0)} ms`);

  const [replayTime] = timed(() => {
    for (let unit = 1; unit <= 24; unit += 1)
      runUnit(network, testSeed, data, unit, honest.states[unit - 1] ?? new Float32Array(0));
  });
  say(`replay 24 units: ${replayTime.toFixed(0)} ms`);

  const [traceTime, trace] = timed(() => {
    const made = honestTrace(honest, 2);
    made.groupTree(made.dag.batch);
    made.groupTree(made.dag.inner);
    return made;
  });
  say(`trace of one unit with its trees: ${traceTime.toFixed(0)} ms`);

  const facts = factsOf(honest, honest.leaves);
  const tree = new StepTree(RUN_ID, honest.leaves);
  const longest = { moves: 0, bytes: 0 };
  const leafTimes: number[] = [];
  for (let tensor = 2; tensor <= trace.dag.after; tensor += 1) {
    const element = Math.floor(trace.tensor(tensor).length / 2);
    const outcome = play(facts, 2, trace, tree, steerTo(tensor, element), (...move) => {
      const [time, winner] = timed(() => checkLeaf(...move));
      leafTimes.push(time);
      return winner;
    });
    longest.moves = Math.max(longest.moves, outcome.moves);
    longest.bytes = Math.max(longest.bytes, outcome.bytes);
  }
  const bound = disputeSize(spec, data.records);
  say(
    `longest dispute over all tensors: ${longest.moves} moves, ${longest.bytes} bytes; bound ${JSON.stringify(bound)}`,
  );
  say(`leaf: median ${median(leafTimes).toFixed(2)} ms, worst ${Math.max(...leafTimes).toFixed(2)} ms`);
  return {
    steps,
    trainAndCommitMs: rounded(trainTime, 0),
    replay24UnitsMs: rounded(replayTime, 0),
    traceMs: rounded(traceTime, 0),
    longestDisputeMoves: longest.moves,
    longestDisputeBytes: longest.bytes,
    leafMedianMs: rounded(median(leafTimes)),
    leafWorstMs: rounded(Math.max(...leafTimes)),
    ...largeNetworks(say),
  };
}

export const dispute: Benchmark = { about: "replay, trace, longest dispute and the chain's leaf check", run };
