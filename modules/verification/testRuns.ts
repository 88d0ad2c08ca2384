/** Trainers in tests: they register, train for real with `training/`, and commit; some of them cheat. */
import { ContributionStatus } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { MsgRegisterRun } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { RunStatus } from '../../proto/generated/infinet/verification/v1/types.ts';
import { type Leaf, StepTree } from '../../training/commit.ts';
import { networkOf } from '../../training/network.ts';
import { initialUnit, runUnit, type UnitResult } from '../../training/run.ts';
import { encodeSpec, recordBytes, unitCount } from '../../training/spec.ts';
import { smallSpec, syntheticData } from '../../training/testing/fixtures.ts';
import { msgCommitRun, msgRegisterRun } from './messages.ts';
import { address, dataset, denom, type TestNetwork } from './testNetwork.ts';

export const spec = smallSpec();
export const data = syntheticData(spec, 40);
export const trainer = address('trainer');
export const challenger = address('challenger');

export function coin(amount: bigint) {
  return { denom, amount: amount.toString() };
}

/** A registration on the trainer's own data that the chain takes. */
export function registration(changes: Partial<MsgRegisterRun> = {}): MsgRegisterRun {
  return {
    trainer,
    objectiveId: 2n,
    spec: encodeSpec(spec),
    data: {
      $case: 'ownData',
      value: {
        root: data.root,
        records: BigInt(data.records),
        recordBytes: recordBytes(spec),
        uris: ['http://127.0.0.1/records'],
      },
    },
    stake: coin(1_001n),
    fee: coin(100n),
    ...changes,
  };
}

/** An accepted contribution whose bytes are the records. */
export function acceptRecords(network: TestNetwork, id: bigint): void {
  const contribution = dataset(id, address('alice'), ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED);
  const manifest = contribution.manifest;
  if (manifest === undefined) throw new Error('the dataset has a manifest');
  const sizeBytes = BigInt(data.records * recordBytes(spec));
  network.contributions.set(id, { ...contribution, manifest: { ...manifest, contentRoot: data.root, sizeBytes } });
}

export interface TrainedRun {
  readonly runId: bigint;
  readonly taskId: bigint;
  readonly seed: Uint8Array;
  readonly states: readonly Float32Array[];
  readonly leaves: readonly Leaf[];
  readonly steps: StepTree;
}

/** Trains; in the units of `skipped` the weights stay as they were, and training goes on from there. */
export function trainUnits(seed: Uint8Array, skipped: readonly number[]): UnitResult[] {
  const network = networkOf(spec);
  const units = [initialUnit(network, seed)];
  for (let unit = 1; unit <= unitCount(spec); unit++) {
    const before = units[unit - 1];
    if (before === undefined) throw new RangeError(`no unit ${unit - 1}`);
    const honest = runUnit(network, seed, data, unit, before.state);
    const lie = { ...honest, state: before.state, leaf: { ...honest.leaf, stateRoot: before.leaf.stateRoot } };
    units.push(skipped.includes(unit) ? lie : honest);
  }
  return units;
}

/** Registers and waits for the seed. */
export function seededRun(network: TestNetwork, changes: Partial<MsgRegisterRun> = {}): bigint {
  const { runId } = network.ok(msgRegisterRun, registration(changes));
  network.until(() => network.keeper.run(network.context(), runId)?.status === RunStatus.RUN_STATUS_SEEDED);
  return runId;
}

export function trained(network: TestNetwork, runId: bigint, skipped: readonly number[] = []) {
  const seed = network.keeper.run(network.context(), runId)?.seed ?? new Uint8Array();
  const units = trainUnits(seed, skipped);
  const leaves = units.map(({ leaf }) => leaf);
  return { runId, seed, states: units.map(({ state }) => state), leaves, steps: new StepTree(runId, leaves) };
}

export function commitment(run: ReturnType<typeof trained>) {
  const last = run.leaves.length - 1;
  return {
    trainer,
    runId: run.runId,
    stepRoot: run.steps.root,
    finalRoot: run.leaves[last]?.stateRoot ?? new Uint8Array(),
    lastLeaf: run.steps.open(last),
    uris: ['http://127.0.0.1/run'],
  };
}

export function committedRun(network: TestNetwork, skipped: readonly number[] = []): TrainedRun {
  const run = trained(network, seededRun(network), skipped);
  const { taskId } = network.ok(msgCommitRun, commitment(run));
  return { ...run, taskId };
}
