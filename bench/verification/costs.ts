import { gatherBatch } from '../../training/batch.ts';
import { trainStep } from '../../training/canonical/step.ts';
import { batchDigest, encodeLeaves, type Leaf, StepTree, stateRoot } from '../../training/commit.ts';
import { drawUnits } from '../../training/draw.ts';
import { networkOf } from '../../training/network.ts';
import { philoxKey } from '../../training/random.ts';
import { initialUnit, train } from '../../training/run.ts';
import type { Spec } from '../../training/spec.ts';
import { digitsSpec, syntheticData, testSeed } from '../../training/testing/fixtures.ts';
import { openKernels } from '../../training/wasm/kernels.ts';
import { openClaim, type Protocol } from '../../verifier/testing/attacks/audit.ts';
import { judgeRun } from '../../verifier/worker/replay.ts';
import { type Figures, median, rounded, type Say } from '../bench.ts';

/** CPU time of all seats' checks over CPU time of the training, c = 1; checking every leaf and state is counted. */
export async function compareWork(say: Say, steps: number, protocol: Protocol): Promise<Figures> {
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
export function overheads(say: Say): Figures {
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
