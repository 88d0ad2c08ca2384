/**
 * Times and sizes of verified training on one core: `node bench/training.ts [steps]`. The network is the one of the
 * localnet's story, on synthetic records with seven features of ten at 0, as pictures of digits have them.
 */
import { disputeSize } from '../training/admit.ts';
import { StepTree } from '../training/commit.ts';
import { checkLeaf } from '../training/dispute.ts';
import { networkOf, stepFlops } from '../training/network.ts';
import { runUnit } from '../training/run.ts';
import { digitsSpec, syntheticData, testSeed } from '../training/testing/fixtures.ts';
import { factsOf, honestTrace, play, RUN_ID, steerTo, trainHonestly } from '../training/testing/play.ts';

const steps = Number(process.argv[2] ?? 300);
const spec = digitsSpec({ steps });
const data = syntheticData(spec, 2_000, 7);
const network = networkOf(spec);

function timed<T>(work: () => T): [milliseconds: number, result: T] {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

const [trainTime, run] = timed(() => trainHonestly(spec, data));
console.log(`train and commit ${steps} steps: ${trainTime.toFixed(0)} ms, ${(trainTime / steps).toFixed(2)} ms a step`);
console.log(`  ${((stepFlops(network) * steps) / trainTime / 1e6).toFixed(2)} GFLOP/s counted as if no feature were 0`);

const dense = syntheticData(spec, 2_000, 0);
const [denseTime] = timed(() => trainHonestly(spec, dense));
console.log(`the same without zeros in the data: ${denseTime.toFixed(0)} ms`);

const [replayTime] = timed(() => {
  for (let unit = 1; unit <= 24; unit += 1)
    runUnit(network, testSeed, data, unit, run.states[unit - 1] ?? new Float32Array(0));
});
console.log(`replay 24 units: ${replayTime.toFixed(0)} ms`);

const [traceTime, trace] = timed(() => {
  const made = honestTrace(run, 2);
  made.groupTree(made.dag.batch);
  made.groupTree(made.dag.inner);
  return made;
});
console.log(`trace of one unit with its trees: ${traceTime.toFixed(0)} ms`);

const facts = factsOf(run, run.leaves);
const tree = new StepTree(RUN_ID, run.leaves);
let worst = { moves: 0, bytes: 0, walkBytes: 0 };
const leafTimes: number[] = [];
for (let tensor = 2; tensor <= trace.dag.after; tensor += 1) {
  const element = Math.floor(trace.tensor(tensor).length / 2);
  const outcome = play(facts, 2, trace, tree, steerTo(tensor, element), (...move) => {
    const [time, winner] = timed(() => checkLeaf(...move));
    leafTimes.push(time);
    return winner;
  });
  worst = {
    moves: Math.max(worst.moves, outcome.moves),
    bytes: Math.max(worst.bytes, outcome.bytes),
    walkBytes: Math.max(worst.walkBytes, outcome.walkBytes),
  };
}
leafTimes.sort((a, b) => a - b);
console.log(
  'longest dispute over all tensors, encoded:',
  worst,
  'bound from the spec:',
  disputeSize(spec, data.records),
);
console.log(
  `leaf: median ${leafTimes[leafTimes.length >> 1]?.toFixed(2)} ms, worst ${leafTimes.at(-1)?.toFixed(2)} ms`,
);
