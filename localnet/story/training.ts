import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../cli/session.ts';
import { defend } from '../../cli/trainer/defend.ts';
import { commitRun, registerRun, untilSeeded } from '../../cli/trainer/run.ts';
import { readState, type Tamper, type TrainedRun, trainRun } from '../../cli/trainer/trainRun.ts';
import type { Run, Task } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { Dataset } from '../../training/dataset.ts';
import { type Network as NeuralNetwork, networkOf } from '../../training/network.ts';
import { checkSpec, recordBytes, type Spec } from '../../training/spec.ts';
import { Trace, traceUnit } from '../../training/trace.ts';
import { artifactUrl, objectives } from '../genesis.ts';
import { httpUrl } from '../topology.ts';
import { expectThat, inf, type Stage, short } from './stage.ts';

/** A network of 784-32-10 units, 200 steps over batches of 32 digits: about 5 MFLOP a step. */
const spec: Spec = checkSpec({
  opset: 1,
  lane: 'exact',
  input: [784],
  layers: [{ op: 'dense', units: 32 }, { op: 'relu' }, { op: 'dense', units: 10 }],
  loss: 'softmax_cross_entropy',
  optimizer: { op: 'sgd', learning_rate: 0.2 },
  batch: 32,
  steps: 200,
  commit_every: 1,
  shards: 1,
  record: { features: 784, classes: 10 },
});

/** A run that is committed, with everything that its trainer needs to defend it. */
export interface CommittedRun {
  readonly session: Session;
  readonly run: Run;
  readonly taskId: bigint;
  readonly trained: TrainedRun;
  readonly network: NeuralNetwork;
  readonly data: Dataset;
  readonly folder: string;
}

export function loadDigits(stage: Stage): Dataset {
  const file = join(stage.network.paths.artifacts, 'story', 'digits.records');
  return new Dataset(spec.record, readFileSync(file));
}

/** Registers a run, waits for its seed, trains it for real and commits to every unit of it. */
export async function trainAndCommit(
  stage: Stage,
  session: Session,
  scene: string,
  data: Dataset,
  tamper?: Tamper,
): Promise<CommittedRun> {
  const { topology, paths } = stage.network;
  const uris = [artifactUrl(topology, 'digits.records')];
  const { runId, tx } = await registerRun(session, {
    objectiveId: objectives.digits,
    spec,
    data: { root: data.root, records: BigInt(data.records), recordBytes: recordBytes(spec), uris },
    denom: topology.denom,
  });
  const run = await untilSeeded(session, runId, 60);
  stage.say(
    `${scene}  run ${runId} registered at height ${tx.height} by ${session.address}, stake ${inf(run.stake?.amount ?? 0n)}; ` +
      `beacon round ${run.seedRound} seeds it with ${short(run.seed)}...`,
  );
  const network = networkOf(spec);
  const folder = join(paths.artifacts, 'runs', `${runId}`);
  const started = performance.now();
  let loss: number | undefined;
  const trained = await trainRun({
    network,
    runId,
    seed: run.seed,
    data,
    folder,
    tamper,
    onProgress: (_unit, _units, last) => {
      stage.signal.throwIfAborted();
      loss = last ?? loss;
    },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const committed = await commitRun(session, run, trained, [httpUrl(topology.artifacts, `/runs/${runId}`)]);
  stage.say(
    `${scene}  trained ${spec.steps} steps on ${data.records} digits in ${seconds} s (last loss ${loss?.toFixed(3)}), ` +
      `committed at height ${committed.tx.height}: step root ${short(trained.steps.root)}...`,
  );
  return { session, run, taskId: committed.taskId, trained, network, data, folder };
}

/** Answers disputes until the run has ended; a cheater's trace is bent to end where its leaf says. */
export async function seeThrough(stage: Stage, scene: string, committed: CommittedRun): Promise<Run> {
  const { run, trained, network, data, folder } = committed;
  const traceOf = (unit: number): Trace => {
    const before = unit === 0 ? new Float32Array(0) : readState(folder, unit - 1);
    const trace = traceUnit(network, run.seed, data, unit, before);
    return new Trace(trace.dag, trace.values.with(trace.dag.after, readState(folder, unit)), data.tree);
  };
  return await defend(committed.session, {
    run,
    trained,
    traceOf,
    signal: stage.signal,
    onMove: (dispute, what) =>
      stage.say(`${scene}  dispute ${dispute.id}, move ${dispute.moves + 1}: the trainer ${what}`),
  });
}

export async function taskOf(session: Session, id: bigint): Promise<Task> {
  const { task } = await session.querier.ask(verificationQueries.task, { id });
  expectThat(task !== undefined, `the chain should have task ${id}`);
  return task;
}
