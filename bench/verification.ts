import { parseArgs } from 'node:util';
import { defaultParams } from '../modules/verification/params.ts';
import { disputeSize } from '../training/admit.ts';
import { gatherBatch } from '../training/batch.ts';
import { trainStep } from '../training/canonical/step.ts';
import { batchDigest, encodeLeaves, type Leaf, StepTree, stateRoot } from '../training/commit.ts';
import { drawUnits } from '../training/draw.ts';
import { networkOf } from '../training/network.ts';
import { philoxKey } from '../training/random.ts';
import { initialUnit, train } from '../training/run.ts';
import type { Spec } from '../training/spec.ts';
import { digitsSpec, smallSpec, syntheticData, testSeed } from '../training/testing/fixtures.ts';
import { openKernels } from '../training/wasm/kernels.ts';
import type { Attack } from '../verifier/testing/attacks/attack.ts';
import { audit, honestClaim, openClaim, Settings } from '../verifier/testing/attacks/audit.ts';
import { corpus } from '../verifier/testing/attacks/corpus.ts';
import { playDispute } from '../verifier/testing/attacks/dispute.ts';
import { judgeRun } from '../verifier/worker/replay.ts';
import { type Benchmark, type Figures, median, rounded, type Say } from './bench.ts';

const protocol = { seats: defaultParams.seats, unitsPerSeat: defaultParams.unitsPerSeat };

/** What became of all claims of one attack. */
interface Tally {
  claims: number;
  caught: number;
  bad: number;
  badCaught: number;
}

async function run(say: Say): Promise<Figures> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { seeds: { type: 'string', default: '100' }, steps: { type: 'string', default: '10000' } },
  });
  const attacked = await attackAll(say, Number(values.seeds));
  const disputed = disputeAll(say);
  const worked = await compareWork(say, Number(values.steps));
  return { ...attacked, ...disputed, ...worked, ...overheads(say) };
}

/** The corpus against the worker's own code: three seats draw, replay and judge each claim. */
async function attackAll(say: Say, seeds: number): Promise<Figures> {
  const spec = smallSpec({ steps: 200 });
  const data = syntheticData(spec, 64);
  const tallies = new Map<Attack, Tally>(
    corpus.map((attack) => [attack, { claims: 0, caught: 0, bad: 0, badCaught: 0 }]),
  );
  let honestSteps = 0;
  let honestFlagged = 0;
  for (let number = 0; number < seeds; number++) {
    const settings = new Settings(spec, data, number);
    const everything = { seats: 1, unitsPerSeat: spec.steps };
    for (const recipe of new Set(corpus.map((attack) => attack.recipe))) {
      const setting = settings.of(recipe);
      const honest = await audit(setting, honestClaim(setting), everything);
      honestSteps += honest.good;
      honestFlagged += honest.goodFlagged;
    }
    for (const [attack, tally] of tallies) {
      const setting = settings.of(attack.recipe);
      const found = await audit(setting, attack.cheat(setting), protocol, attack.name);
      honestSteps += found.good;
      honestFlagged += found.goodFlagged;
      tally.claims += 1;
      tally.caught += found.caught ? 1 : 0;
      tally.bad += found.bad;
      tally.badCaught += found.badCaught;
    }
    if ((number + 1) % 10 === 0) say(`${number + 1} of ${seeds} seeds`);
  }
  for (const [{ name, extent }, { claims, caught, bad, badCaught }] of tallies) {
    say(
      `${name.padEnd(26)} ${extent.padEnd(6)} claims caught ${caught}/${claims}, bad units drawn and caught ${badCaught}/${bad}`,
    );
  }
  const sum = (of: readonly Tally[], key: keyof Tally) => of.reduce((total, tally) => total + tally[key], 0);
  const all = [...tallies.values()];
  const tenth = [...tallies].flatMap(([{ extent }, tally]) => (extent === 'tenth' ? [tally] : []));
  const one = [...tallies].flatMap(([{ extent }, tally]) => (extent === 'one' ? [tally] : []));
  const missed = sum(tenth, 'claims') - sum(tenth, 'caught');
  say(`at a tenth of the units: ${missed} of ${sum(tenth, 'claims')} claims got through`);
  return {
    seeds,
    honest_steps: honestSteps,
    honest_flagged: honestFlagged,
    attacks: corpus.length,
    sampled_bad: sum(all, 'bad'),
    sampled_bad_caught: sum(all, 'badCaught') / sum(all, 'bad'),
    claims_at_a_tenth: sum(tenth, 'claims'),
    claims_caught: rounded(sum(tenth, 'caught') / sum(tenth, 'claims'), 4),
    // One-sided 95% bound on the share that gets through, by the exact binomial for few misses (Garwood, 1936).
    claims_caught_at_least: rounded(1 - poissonBound(missed) / sum(tenth, 'claims'), 4),
    claims_with_one_bad_unit_caught: rounded(sum(one, 'caught') / sum(one, 'claims'), 4),
  };
}

/** The largest mean of a Poisson variable that gives so few or fewer with 5%. */
function poissonBound(count: number): number {
  const atMost = (mean: number) => {
    let term = Math.exp(-mean);
    let total = term;
    for (let i = 1; i <= count; i++) {
      term *= mean / i;
      total += term;
    }
    return total;
  };
  let [low, high] = [0, count + 10 * Math.sqrt(count + 1) + 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Every attack that can be accused, on the story's digits network, down to the leaf. */
function disputeAll(say: Say): Figures {
  const spec = digitsSpec({ steps: 20 });
  const data = syntheticData(spec, 640, 7);
  const settings = new Settings(spec, data, 0);
  let [rounds, bytes, played, won] = [0, 0, 0, 0];
  for (const attack of corpus.filter(({ unavailable }) => unavailable !== true)) {
    const setting = settings.of(attack.recipe);
    const claim = attack.cheat(setting);
    const [unit] = claim.bad;
    if (unit === undefined) throw new Error(`${attack.name} cheats nowhere`);
    const outcome = playDispute(setting, claim, unit);
    played += 1;
    won += outcome.winner === 'challenger' ? 1 : 0;
    rounds = Math.max(rounds, outcome.moves);
    bytes = Math.max(bytes, outcome.bytes);
  }
  const bound = disputeSize(spec, data.records);
  say(`${won} of ${played} disputes won by the challenger, at most ${rounds} moves of the trainer and ${bytes} bytes`);
  say(`no dispute over this network can take more than ${bound.moves} moves and ${bound.bytes} bytes`);
  return {
    disputes: played,
    disputes_won: won,
    dispute_rounds: rounds,
    dispute_bytes: bytes,
    dispute_rounds_bound: bound.moves,
    dispute_bytes_bound: bound.bytes,
  };
}

/** CPU time of all seats' checks over CPU time of the training, c = 1; checking every leaf and state is counted. */
async function compareWork(say: Say, steps: number): Promise<Figures> {
  const spec = digitsSpec({ steps });
  const data = syntheticData(spec, 2_000, 7);
  const network = networkOf(spec);
  const output = (seat: number) => new Uint8Array(64).fill(seat + 1);
  const draws = Array.from({ length: protocol.seats }, (_, seat) => [
    0,
    ...drawUnits(output(seat), steps, protocol.unitsPerSeat),
  ]);
  const needed = new Set([...draws.flat().map((unit) => unit - 1), steps]);
  const kept = new Map<number, Float32Array>();
  const leaves: Leaf[] = [];
  const trained = cpuSeconds();
  for (const { unit, leaf, state } of train(network, testSeed, data)) {
    leaves.push(leaf);
    if (needed.has(unit)) kept.set(unit, state);
  }
  const stepRoot = new StepTree(1n, leaves).root;
  const training = trained();
  const claim = {
    stepRoot,
    leaves,
    leafBytes: encodeLeaves(leaves),
    served: (unit: number) => kept.get(unit),
    bad: new Set<number>(),
    batches: new Map(),
  };
  const setting = { network, runId: 1n, seed: testSeed, data, honest: [], chosen: [] };
  const holdout = syntheticData(spec, 200, 7);
  const checked = cpuSeconds();
  for (const units of draws) {
    const opened = await openClaim(setting, claim);
    if (opened === undefined) throw new Error('the claim does not open');
    await judgeRun(opened, units, new Uint8Array(20), async () => holdout);
  }
  const checking = checked();
  const fetched = protocol.seats * (claim.leafBytes.length + (draws[0]?.length ?? 0) * 4 * network.stateLength);
  say(
    `training ${steps} units ${training.toFixed(1)} s of CPU; ${protocol.seats} seats together ${checking.toFixed(2)} s`,
  );
  say(`the seats fetch ${(fetched / 1e6).toFixed(1)} MB of leaves and states, and the data set once each`);
  return {
    verification_steps: steps,
    verification_ratio: rounded(checking / training, 4),
    verification_units_ratio: rounded(draws.flat().length / steps, 4),
    verification_bytes: fetched,
  };
}

/** Networks whose trainers hash: the story's, and one of convolutions. */
const nets: Readonly<Record<string, (batch: number) => Spec>> = {
  dense: (batch) => digitsSpec({ batch, steps: 8 }),
  conv: (batch) =>
    digitsSpec({
      batch,
      steps: 8,
      input: [28, 28, 1],
      layers: [
        { op: 'conv2d', filters: 16, size: 3, stride: 1, padding: 'same' },
        { op: 'relu' },
        { op: 'conv2d', filters: 32, size: 3, stride: 2, padding: 'same' },
        { op: 'relu' },
        { op: 'flatten' },
        { op: 'dense', units: 10 },
      ],
    }),
};

/** Hashing a leaf over training its unit by the fastest kernels on one thread, by network, batch and c. */
function overheads(say: Say): Figures {
  const figures: Record<string, number> = {};
  const kernels = openKernels(1);
  for (const [name, specOf] of Object.entries(nets)) {
    for (const batch of [32, 128, 512, 2_048]) {
      const spec = specOf(batch);
      const network = networkOf(spec);
      const data = syntheticData(spec, batch, 7);
      const { state } = initialUnit(network, testSeed);
      const first = gatherBatch(spec, philoxKey(testSeed), data, 0);
      const repeat = Math.max(1, Math.ceil((name === 'dense' ? 2_000 : 200) / batch));
      const step = perCall(repeat, () => {
        kernels.reset();
        trainStep(network, state, first, kernels);
      });
      const gather = perCall(repeat, () => gatherBatch(spec, philoxKey(testSeed), data, 0));
      const stateHash = perCall(repeat, () => stateRoot(state));
      const batchHash = perCall(repeat, () => batchDigest([first]));
      const [each, eighth] = [1, 8].map((c) => (stateHash / c + batchHash) / (step + gather));
      figures[`trainer_overhead_${name}_${batch}`] = rounded(each ?? Number.NaN, 4);
      figures[`trainer_overhead_${name}_${batch}_c8`] = rounded(eighth ?? Number.NaN, 4);
      const percent = (share = Number.NaN) => `${(100 * share).toFixed(1)}%`;
      say(`${name} ${batch}: commitments cost ${percent(each)} of training, ${percent(eighth)} with c = 8`);
    }
  }
  return { trainer_overhead: figures.trainer_overhead_conv_128 ?? Number.NaN, ...figures };
}

/** Seconds of CPU that this process takes until the result is called: other programs do not count. */
function cpuSeconds(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
}

function perCall(times: number, work: () => unknown): number {
  work();
  const rounds = Array.from({ length: 3 }, () => {
    const spent = cpuSeconds();
    for (let i = 0; i < times; i++) work();
    return spent() / times;
  });
  return median(rounds);
}

export const verification: Benchmark = {
  about: 'the attack corpus against the verifier, disputes, and what checking and committing cost',
  run,
};
