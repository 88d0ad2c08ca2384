import { MsgCommitRunResponse, MsgRegisterRunResponse } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { type Run, RunStatus, type TrainingData } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { encodeSpec, type Spec, unitCount } from '../../training/spec.ts';
import type { Session, TxDone } from '../session.ts';
import { until } from '../until.ts';
import type { TrainedRun } from './trainRun.ts';

export interface RunPlan {
  readonly objectiveId: bigint;
  readonly spec: Spec;
  readonly data: TrainingData;
  readonly denom: string;
}

export interface RunPrice {
  readonly units: bigint;
  readonly unitFlop: bigint;
  readonly minFee: string;
  readonly minStake: string;
}

/** What the chain asks for a run of this specification, before anything is spent. */
export async function priceOf(session: Session, spec: Spec): Promise<RunPrice> {
  return await session.querier.ask(verificationQueries.runPrice, { spec: encodeSpec(spec) });
}

/** Registers a run on data of the trainer's own, with the least stake and fee that the chain takes. */
export async function registerRun(session: Session, plan: RunPlan): Promise<{ runId: bigint; tx: TxDone }> {
  const { minFee, minStake } = await priceOf(session, plan.spec);
  const coin = (amount: string) => ({ denom: plan.denom, amount });
  const value = {
    trainer: session.address,
    objectiveId: plan.objectiveId,
    spec: encodeSpec(plan.spec),
    data: { $case: 'ownData', value: plan.data },
    stake: coin(minStake),
    fee: coin(minFee),
  };
  const tx = await session.send([{ typeUrl: '/infinet.verification.v1.MsgRegisterRun', value }]);
  const [response] = tx.responses;
  if (response === undefined) throw new Error(`tx ${tx.hash} has no response`);
  return { runId: MsgRegisterRunResponse.decode(response).runId, tx };
}

export async function runOf(session: Session, id: bigint): Promise<Run> {
  const { run } = await session.querier.ask(verificationQueries.run, { id });
  if (run === undefined) throw new Error(`the node answered without run ${id}`);
  return run;
}

/** Waits for the beacon round that gives the run its seed. */
export async function untilSeeded(session: Session, id: bigint, seconds: number): Promise<Run> {
  return await until(`the seed of run ${id}`, seconds, async () => {
    const run = await runOf(session, id);
    return run.status === RunStatus.RUN_STATUS_REGISTERED ? undefined : run;
  });
}

const ended: ReadonlySet<RunStatus> = new Set([
  RunStatus.RUN_STATUS_ACCEPTED,
  RunStatus.RUN_STATUS_REJECTED,
  RunStatus.RUN_STATUS_EXPIRED,
  RunStatus.RUN_STATUS_SLASHED,
]);

export function hasEnded(run: Run): boolean {
  return ended.has(run.status);
}

/** Commits what was trained; from here on the trainer must serve the files and answer disputes until the run ends. */
export async function commitRun(
  session: Session,
  run: Run,
  trained: TrainedRun,
  uris: readonly string[],
): Promise<{ taskId: bigint; tx: TxDone }> {
  const last = unitCountOf(trained);
  const lastLeaf = trained.steps.open(last);
  const value = {
    trainer: session.address,
    runId: run.id,
    stepRoot: trained.steps.root,
    finalRoot: lastLeaf.stateRoot,
    lastLeaf,
    uris,
  };
  const tx = await session.send([{ typeUrl: '/infinet.verification.v1.MsgCommitRun', value }]);
  const [response] = tx.responses;
  if (response === undefined) throw new Error(`tx ${tx.hash} has no response`);
  return { taskId: MsgCommitRunResponse.decode(response).taskId, tx };
}

function unitCountOf(trained: TrainedRun): number {
  return trained.leaves.length - 1;
}

/** Units of the specification, for people. */
export function describeSize(spec: Spec): string {
  return `${unitCount(spec)} units of ${spec.commit_every} step${spec.commit_every === 1 ? '' : 's'}`;
}
