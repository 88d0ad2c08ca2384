import type { Context } from '../../../chain/context.ts';
import { ensure, fail } from '../../../chain/errors.ts';
import { ContributionKind } from '../../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Contribution,
  ContributionStatus,
  ObjectiveStatus,
} from '../../../proto/generated/infinet/contribution/v1/types.ts';
import type { MsgRegisterRun, MsgRegisterRunResponse } from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { type Run, RunStatus, type TrainingData } from '../../../proto/generated/infinet/verification/v1/types.ts';
import { type Env, gasCosts } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';
import { hold, requireCoin } from '../escrow.ts';
import { runRegistered } from '../events.ts';
import { runFee } from '../formulas.ts';
import { attempts, awaiting, itemKind, moveRun, paramsItem, runIds, runs, runsByTrainer } from '../state.ts';
import type { RunShape } from '../training.ts';

/** Declares a run before its seed can be known, and pays for its verification. */
export function registerRun(env: Env, ctx: Context, message: MsgRegisterRun): MsgRegisterRunResponse {
  const trainer = env.addresses.account(message.trainer);
  const params = paramsItem.require(ctx);
  requireObjective(env, ctx, message.objectiveId);
  const shape = requireShape(env, ctx, message.spec);
  const data = requireData(env, ctx, message, shape);
  ctx.gas.consume(gasCosts.tensor * env.training.tensors(message.spec), 'laying out a unit');
  orRefused(() => env.training.admit(message.spec, data));
  const leastFee = runFee(shape, params.seats, params.unitsPerSeat, BigInt(params.gflopPriceMicro));
  const stake = requireCoin(env, ctx, message.stake, BigInt(params.minRunStake), errors.stakeTooSmall);
  const fee = requireCoin(env, ctx, message.fee, leastFee, errors.feeTooSmall);
  hold(env, ctx, trainer, BigInt(stake.amount) + BigInt(fee.amount));
  const run: Run = {
    id: runIds.next(ctx),
    trainer: env.addresses.accountText(trainer),
    objectiveId: message.objectiveId,
    spec: message.spec,
    specHash: shape.hash,
    dataContributionId: message.data?.$case === 'dataContributionId' ? message.data.value : 0n,
    data,
    stake,
    fee,
    status: RunStatus.RUN_STATUS_UNSPECIFIED,
    attempt: (attempts.get(ctx, [shape.hash, data.root]) ?? 0n) + 1n,
    units: shape.units,
    unitFlop: shape.unitFlop,
    registeredHeight: ctx.block.height,
    seedRound: env.beacon.nextRoundAfterNow(ctx),
    seed: new Uint8Array(),
    commitDeadline: 0n,
    stepRoot: new Uint8Array(),
    finalRoot: new Uint8Array(),
    uris: [],
    committedHeight: 0n,
    taskId: 0n,
    openDisputes: 0,
    accuracyPpm: 0n,
    modelContributionId: 0n,
    closedHeight: 0n,
  };
  moveRun(ctx, run, RunStatus.RUN_STATUS_REGISTERED);
  runs.set(ctx, run.id, run);
  runsByTrainer.add(ctx, [trainer, run.id]);
  attempts.set(ctx, [shape.hash, data.root], run.attempt);
  awaiting.add(ctx, [run.seedRound, itemKind.run, run.id]);
  announce(ctx, run, data);
  return { runId: run.id };
}

function announce(ctx: Context, run: Run, data: TrainingData): void {
  ctx.log.emit(
    runRegistered.encode({
      run_id: run.id,
      trainer: run.trainer,
      objective_id: run.objectiveId,
      spec_hash: run.specHash,
      data_contribution_id: run.dataContributionId,
      data_root: data.root,
      records: data.records,
      stake: BigInt(run.stake?.amount ?? '0'),
      fee: BigInt(run.fee?.amount ?? '0'),
      attempt: run.attempt,
      units: run.units,
      unit_flop: run.unitFlop,
      seed_round: run.seedRound,
    }),
  );
}

function requireObjective(env: Env, ctx: Context, id: bigint): void {
  const objective =
    env.contributions.objective(ctx, id) ?? fail(errors.unknownObjective, `objective ${id} does not exist`);
  ensure(
    objective.kind === ContributionKind.CONTRIBUTION_KIND_MODEL,
    errors.unknownObjective,
    `objective ${id} does not ask for models`,
  );
  ensure(
    objective.status === ObjectiveStatus.OBJECTIVE_STATUS_OPEN,
    errors.unknownObjective,
    `objective ${id} is closed`,
  );
}

/** Size of the run that a specification describes, within the parameters. */
function requireShape(env: Env, ctx: Context, spec: Uint8Array): RunShape {
  ctx.gas.consume(gasCosts.parseSpec, 'reading the specification');
  const shape = orRefused(() => env.training.shape(spec));
  const { maxUnits, maxUnitFlop } = paramsItem.require(ctx);
  ensure(shape.units <= maxUnits, errors.specTooLarge, `${shape.units} units, at most ${maxUnits}`);
  ensure(
    shape.unitFlop <= maxUnitFlop,
    errors.specTooLarge,
    `${shape.unitFlop} operations a unit, at most ${maxUnitFlop}`,
  );
  return shape;
}

function requireData(env: Env, ctx: Context, message: MsgRegisterRun, shape: RunShape): TrainingData {
  if (message.data === undefined) return fail(errors.invalidData, 'no data is named');
  const data = message.data.$case === 'ownData' ? message.data.value : recordsOf(env, ctx, message.data.value, shape);
  ensure(
    data.recordBytes === shape.recordBytes,
    errors.invalidData,
    `records of ${data.recordBytes} bytes, the specification has ${shape.recordBytes}`,
  );
  ensure(
    data.records >= shape.batch && data.records <= maxRecords,
    errors.invalidData,
    `${data.records} records, a batch takes ${shape.batch} and a run at most ${maxRecords}`,
  );
  return data;
}

/** Turns the complaint of the training rules into this module's error. */
function orRefused<T>(rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    return fail(errors.invalidSpec, error instanceof Error ? error.message : String(error));
  }
}

/** Batch order is a permutation of 32-bit indices. */
const maxRecords = 1n << 31n;

function recordsOf(env: Env, ctx: Context, id: bigint, shape: RunShape): TrainingData {
  const contribution = env.contributions.get(ctx, id);
  if (contribution === undefined) return fail(errors.invalidData, `contribution ${id} does not exist`);
  ensure(
    contribution.kind === ContributionKind.CONTRIBUTION_KIND_DATA,
    errors.invalidData,
    `contribution ${id} is not a dataset`,
  );
  ensure(isAccepted(contribution), errors.invalidData, `contribution ${id} has not been accepted`);
  const { contentRoot: root, sizeBytes = 0n, uris = [] } = contribution.manifest ?? {};
  ensure(
    root !== undefined && sizeBytes % BigInt(shape.recordBytes) === 0n,
    errors.invalidData,
    `the ${sizeBytes} bytes of contribution ${id} are not records of ${shape.recordBytes} bytes`,
  );
  return { root, records: sizeBytes / BigInt(shape.recordBytes), recordBytes: shape.recordBytes, uris: [...uris] };
}

function isAccepted(contribution: Contribution): boolean {
  const { status, accepted } = contribution;
  return (
    status === ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED ||
    (status === ContributionStatus.CONTRIBUTION_STATUS_FINAL && accepted)
  );
}
