import { gatherBatch } from '../../training/batch.ts';
import { trainStep } from '../../training/canonical/step.ts';
import { batchRoots, digestOf, encodeLeaves, type Leaf, StepTree, tensorRoot } from '../../training/commit.ts';
import { drawUnits } from '../../training/draw.ts';
import { networkOf } from '../../training/network.ts';
import { philoxKey } from '../../training/random.ts';
import { initialUnit, train } from '../../training/run.ts';
import type { Spec } from '../../training/spec.ts';
import { syntheticData, testSeed } from '../../training/testing/fixtures.ts';
import { openEngine } from '../../training/wasm/engine.ts';
import { openKernels } from '../../training/wasm/kernels.ts';
import { openClaim, type Protocol } from '../../verifier/testing/attacks/audit.ts';
import { judgeRun } from '../../verifier/worker/replay.ts';
import { type Figures, median, rounded, type Say } from '../bench.ts';
import { batches, nets } from './nets.ts';

/**
 * CPU time of all seats' checks over CPU time of the training, c = 1, both by the kernels on one thread. Opening every
 * leaf and every state before a unit counts, and so do the bytes that are fetched.
 */
export async function compareWork(say: Say, name: string, spec: Spec, protocol: Protocol): Promise<Figures> {
  const { steps } = spec;
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
  const kernels = openKernels(1);
  const trained = cpuSeconds();
  for (const { unit, leaf, state } of train(network, testSeed, data, kernels)) {
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
  const holdout = syntheticData(spec, 200, 7);
  const engine = await openEngine({ threads: 1, say });
  let checking = 0;
  for (const units of draws) {
    // Each seat has the data anew: nothing of another's work is known to it.
    const seat = { network, runId: 1n, seed: testSeed, data: syntheticData(spec, 2_000, 7), honest: [], chosen: [] };
    const checked = cpuSeconds();
    const opened = await openClaim(seat, claim, engine.hashAll);
    if (opened === undefined) throw new Error('the claim does not open');
    await judgeRun(opened, units, new Uint8Array(20), async () => holdout, engine);
    checking += checked();
  }
  await engine.close();
  const fetched = protocol.seats * (claim.leafBytes.length + (draws[0]?.length ?? 0) * 4 * network.stateLength);
  const ratio = checking / training;
  say(
    `${name}: training ${steps} units takes ${training.toFixed(1)} s of CPU, ${protocol.seats} seats together ${checking.toFixed(3)} s (${(100 * ratio).toFixed(2)}%)`,
  );
  say(`the seats fetch ${(fetched / 1e6).toFixed(1)} MB of leaves and states, and the data set once each`);
  return {
    [`verification_ratio_${name}`]: rounded(ratio, 4),
    verification_steps: steps,
    verification_units_ratio: rounded(draws.flat().length / steps, 4),
    [`verification_bytes_${name}`]: fetched,
  };
}

/** Hashing a leaf over training its unit, both by the kernels on one thread, by network, batch and c. */
export function overheads(say: Say): Figures {
  const figures: Record<string, number> = {};
  const kernels = openKernels(1);
  const key = philoxKey(testSeed);
  for (const [name, specOf] of Object.entries(nets)) {
    for (const batch of batches) {
      const spec = specOf({ batch, steps: 64 });
      const network = networkOf(spec);
      // The records have been hashed once before, as in every epoch but the first.
      const data = syntheticData(spec, 2 * batch, 7);
      const { state } = initialUnit(network, testSeed);
      const repeat = Math.max(1, Math.ceil((name === 'dense' ? 4_000 : 200) / batch));
      const timed = (work: () => unknown, times = repeat) =>
        perCall(times, () => {
          kernels.reset();
          work();
        });
      const first = gatherBatch(spec, key, data, 0);
      const step = timed(() => trainStep(network, state, gatherBatch(spec, key, data, 0, kernels), kernels));
      const stateHash = timed(() => tensorRoot(state, kernels), 100);
      const batchHash = timed(() => digestOf(batchRoots(first, data, kernels)), 40);
      for (const c of [1, 8, 64]) {
        figures[`trainer_overhead_${name}_${batch}${c === 1 ? '' : `_c${c}`}`] = rounded(
          (stateHash / c + batchHash) / step,
          4,
        );
      }
      const percent = (c: number) => `${((100 * (stateHash / c + batchHash)) / step).toFixed(1)}%`;
      const milliseconds = [step, stateHash, batchHash].map((seconds) => (1_000 * seconds).toFixed(2));
      say(
        `${name} ${batch}: step ${milliseconds[0]} ms, state ${milliseconds[1]} ms, batch ${milliseconds[2]} ms; ` +
          `commitments cost ${percent(1)} of training, ${percent(8)} with c = 8, ${percent(64)} with c = 64`,
      );
    }
  }
  return { trainer_overhead: figures.trainer_overhead_conv_128 ?? Number.NaN, ...figures };
}

/**
 * CPU of a step on several threads: of the whole process and of the main thread, whose share is what the step would take
 * where every thread has a core of its own. A busy machine disturbs neither much.
 */
export async function scaling(say: Say): Promise<Figures> {
  const figures: Record<string, number> = {};
  const spec = nets.conv({ batch: 128, steps: 64 });
  const network = networkOf(spec);
  const data = syntheticData(spec, 256, 7);
  const { state } = initialUnit(network, testSeed);
  let alone = 0;
  for (const threads of [1, 2, 4]) {
    const kernels = openKernels(threads);
    const work = () => {
      kernels.reset();
      const batch = gatherBatch(spec, philoxKey(testSeed), data, 0, kernels);
      const result = trainStep(network, state, batch, kernels);
      return [tensorRoot(result.state, kernels), digestOf(batchRoots(batch, data, kernels))];
    };
    work();
    const all = process.cpuUsage();
    const main = process.threadCpuUsage();
    const rounds = 5;
    for (let i = 0; i < rounds; i += 1) work();
    const used = process.cpuUsage(all);
    const own = process.threadCpuUsage(main);
    await kernels.close();
    const [total, share] = [used, own].map(({ user, system }) => (user + system) / rounds / 1_000);
    if (threads === 1) alone = total ?? 0;
    figures[`scaling_${threads}t_cpu`] = rounded((total ?? 0) / alone, 3);
    figures[`scaling_${threads}t_speedup`] = rounded(alone / (share ?? 0), 2);
    say(
      `conv 128 on ${threads} threads: ${total?.toFixed(0)} ms of CPU a unit, ${share?.toFixed(0)} ms of them on the main thread`,
    );
  }
  return figures;
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
