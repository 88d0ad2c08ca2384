import { describe, expect, test } from 'vitest';
import type { DisputeWalk } from '../../proto/generated/infinet/verification/v1/dispute.ts';
import { QueryDisputesRequest, QueryDisputesResponse } from '../../proto/generated/infinet/verification/v1/query.ts';
import {
  DisputeStatus,
  Outcome,
  RunStatus,
  TaskPhase,
  Verdict,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { networkOf } from '../../training/network.ts';
import { firstDifference, openNode, proveLeaf } from '../../training/prover.ts';
import { Trace, traceUnit } from '../../training/trace.ts';
import { disputeResolved, runSlashed, verifierSlashed } from './events.ts';
import { msgOpenDispute, msgProveLeaf, msgRevealNodes, msgSelectNode } from './messages.ts';
import { address, createTestNetwork, type TestNetwork } from './testNetwork.ts';
import { challenger, coin, committedRun, data, spec, type TrainedRun, trainer } from './testRuns.ts';
import { playTask, registerAll, runAttestation, seatedOperators } from './testSeats.ts';
import { exactTraining } from './training.ts';

function start(params: Record<string, unknown> = {}): TestNetwork {
  const network = createTestNetwork({
    validators: 4,
    training: exactTraining,
    params: { units_per_seat: 20, ...params },
  });
  registerAll(network);
  network.endBlock();
  return network;
}

function dispute(network: TestNetwork, id: bigint) {
  const found = network
    .query('Disputes', QueryDisputesRequest, QueryDisputesResponse, { runId: 0n, pagination: undefined })
    .disputes.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no dispute ${id}`);
  return found;
}

function open(network: TestNetwork, run: TrainedRun, unit: bigint, by = challenger): bigint {
  return network.ok(msgOpenDispute, { challenger: by, runId: run.runId, unit, bond: coin(150n) }).disputeId;
}

function stateBefore(run: TrainedRun, unit: number): Float32Array {
  return run.states[unit - 1] ?? new Float32Array(0);
}

/** What a side that computes the unit holds. */
function honestTrace(run: TrainedRun, unit: number): Trace {
  return traceUnit(networkOf(spec), run.seed, data, unit, stateBefore(run, unit));
}

/** What the trainer shows: the honest trace with the state that it committed as its end. */
function claimedTrace(run: TrainedRun, unit: number): Trace {
  const honest = honestTrace(run, unit);
  const values = [...honest.values];
  values[honest.dag.after] = run.states[unit] ?? new Float32Array(0);
  return new Trace(honest.dag, values, data.tree);
}

/** Both sides move until the dispute is over, or the challenger finds nothing to name. */
function playOut(network: TestNetwork, run: TrainedRun, id: bigint, select = firstDifference): void {
  const unit = Number(dispute(network, id).unit);
  const claimed = claimedTrace(run, unit);
  const own = honestTrace(run, unit);
  for (let moves = 0; moves < 40; moves++) {
    const { status, walk } = dispute(network, id);
    if (walk === undefined) throw new Error('a dispute has a walk');
    if (status === DisputeStatus.DISPUTE_STATUS_REVEAL) {
      network.ok(msgRevealNodes, { trainer, disputeId: id, opening: openNode(walk, claimed, run.steps) });
    } else if (status === DisputeStatus.DISPUTE_STATUS_SELECT) {
      const index = select(walk, own);
      if (index === undefined) return;
      network.ok(msgSelectNode, { challenger, disputeId: id, index });
    } else if (status === DisputeStatus.DISPUTE_STATUS_LEAF) {
      network.ok(msgProveLeaf, { trainer, disputeId: id, leaf: proveLeaf(walk, claimed) });
    } else {
      return;
    }
    network.endBlock();
  }
  throw new Error('the dispute does not end');
}

describe('a skipped unit', () => {
  test('is led down to one element that the chain computes: the trainer is slashed, half goes to the challenger', () => {
    const network = start();
    const before = { trainer: network.balance(trainer), challenger: network.balance(challenger) };
    const total = network.totalBalance();
    const run = committedRun(network, [7]);
    const id = open(network, run, 7n);
    playOut(network, run, id);
    expect(dispute(network, id)).toMatchObject({
      status: DisputeStatus.DISPUTE_STATUS_CHALLENGER_WON,
      reason: 'leaf_wrong',
    });
    expect(network.keeper.run(network.context(), run.runId)?.status).toBe(RunStatus.RUN_STATUS_SLASHED);
    expect(network.keeper.task(network.context(), run.taskId)).toMatchObject({
      phase: TaskPhase.TASK_PHASE_DONE,
      outcome: Outcome.OUTCOME_SLASHED,
    });
    expect(network.balance(challenger)).toBe(before.challenger + 500n);
    expect(network.balance(trainer)).toBe(before.trainer - 1_101n);
    expect(network.eventsOf(runSlashed)).toMatchObject([
      { unit: 7n, challenger_reward: 500n, stake_burned: 501n, fee_burned: 100n },
    ]);
    expect(network.totalBalance()).toBe(total);
    network.until(() => network.height > 60n);
    expect(network.acceptedRuns).toEqual([]);
  });

  test('costs the verifiers that called it valid, since they had drawn it, and the fee goes to those that saw it', () => {
    const network = start();
    const run = committedRun(network, [7]);
    playTask(network, run.taskId, (seat, at) =>
      at === 2
        ? runAttestation(network, run.taskId, seat, { verdict: Verdict.VERDICT_FRAUD, badUnit: 7n })
        : runAttestation(network, run.taskId, seat),
    );
    const [first, second, honest] = seatedOperators(network, run.taskId).map(({ operator }) => operator);
    if (first === undefined || second === undefined || honest === undefined) throw new Error('three seats expected');
    const faultHeight = network.keeper.task(network.context(), run.taskId)?.fixedHeight ?? 0n;
    expect(faultHeight).toBeGreaterThan(0n);
    playOut(network, run, open(network, run, 7n));
    // The stake of the draw, not what is left of it after those who knew better have unbonded.
    expect(network.slashes).toEqual([first, second].map((operator) => ({ operator, fraction: 10_000n, faultHeight })));
    expect(network.eventsOf(verifierSlashed)).toMatchObject([
      { operator: first, unit: 7n, amount: 7n },
      { operator: second, unit: 7n },
    ]);
    expect(network.balance(honest)).toBe(100n);
    expect(network.work.get(honest)).toBe(1n);
    expect(network.work.has(first)).toBe(false);
  });
});

describe('an honest run', () => {
  test('gets the bond of a challenger that finds nothing to name in time, and is accepted afterwards', () => {
    const network = start();
    const before = network.balance(trainer);
    const run = committedRun(network);
    playTask(network, run.taskId, (seat) => runAttestation(network, run.taskId, seat));
    const id = open(network, run, 4n);
    playOut(network, run, id);
    network.until(() => dispute(network, id).status === DisputeStatus.DISPUTE_STATUS_TRAINER_WON);
    expect(dispute(network, id).reason).toBe('challenger_missed_deadline');
    network.until(() => network.acceptedRuns.length === 1);
    expect(network.balance(trainer)).toBe(before - 100n + 150n);
  });

  test('wins at the leaf against a challenger that lies about where it is wrong', () => {
    const network = start();
    const run = committedRun(network);
    const id = open(network, run, 4n);
    const last = ({ stage }: DisputeWalk) => (stage?.$case === 'children' ? stage.value.children.length - 1 : 0);
    playOut(network, run, id, last);
    expect(dispute(network, id)).toMatchObject({
      status: DisputeStatus.DISPUTE_STATUS_TRAINER_WON,
      reason: 'leaf_right',
    });
    expect(network.eventsOf(disputeResolved)).toMatchObject([{ winner: 'trainer', bond: 150n, bond_to: trainer }]);
  });

  test('is not accepted while a dispute is open', () => {
    const network = start({ dispute_move_window: '30' });
    const run = committedRun(network);
    playTask(network, run.taskId, (seat) => runAttestation(network, run.taskId, seat));
    const task = () => network.keeper.task(network.context(), run.taskId);
    const windowEnd = task()?.deadline ?? 0n;
    const id = open(network, run, 4n);
    network.until(() => network.height > windowEnd + 5n);
    expect(task()?.phase).toBe(TaskPhase.TASK_PHASE_CHALLENGE);
    expect(network.send(msgOpenDispute, { challenger, runId: run.runId, unit: 5n, bond: coin(150n) })).toEqual({
      code: 'verification 11',
    });
    const { walk } = dispute(network, id);
    if (walk === undefined) throw new Error('a dispute has a walk');
    network.ok(msgRevealNodes, { trainer, disputeId: id, opening: openNode(walk, claimedTrace(run, 4), run.steps) });
    network.until(() => network.acceptedRuns.length === 1);
    expect(dispute(network, id).status).toBe(DisputeStatus.DISPUTE_STATUS_TRAINER_WON);
  });
});

describe('several disputes', () => {
  test('run side by side; when one is won the others end with their bonds returned', () => {
    const network = start();
    const carol = address('carol');
    const before = network.balance(carol);
    const run = committedRun(network, [7]);
    const other = open(network, run, 3n, carol);
    const unit = open(network, run, 0n, carol);
    playOut({ ...network, endBlock: () => undefined } as TestNetwork, run, open(network, run, 7n));
    for (const id of [other, unit]) {
      expect(dispute(network, id)).toMatchObject({
        status: DisputeStatus.DISPUTE_STATUS_CLOSED,
        reason: 'run_slashed',
      });
    }
    expect(network.balance(carol)).toBe(before);
    network.endBlock();
  });

  test('a lost dispute leaves its unit open to others for a move longer, even at the end of the window', () => {
    const network = start();
    const run = committedRun(network, [7]);
    playTask(network, run.taskId, (seat) => runAttestation(network, run.taskId, seat));
    const task = () => network.keeper.task(network.context(), run.taskId);
    const windowEnd = task()?.deadline ?? 0n;
    network.until(() => network.height === windowEnd);
    const id = open(network, run, 7n, address('carol'));
    const { walk } = dispute(network, id);
    if (walk === undefined) throw new Error('a dispute has a walk');
    network.ok(msgRevealNodes, { trainer, disputeId: id, opening: openNode(walk, claimedTrace(run, 7), run.steps) });
    network.until(() => dispute(network, id).status === DisputeStatus.DISPUTE_STATUS_TRAINER_WON);
    playOut(network, run, open(network, run, 7n));
    expect(network.keeper.run(network.context(), run.runId)?.status).toBe(RunStatus.RUN_STATUS_SLASHED);
  });
});

test('a trainer that does not answer in time loses; since nothing was proven, its verifiers are paid and not slashed', () => {
  const network = start();
  const run = committedRun(network);
  playTask(network, run.taskId, (seat) => runAttestation(network, run.taskId, seat));
  const id = open(network, run, 4n);
  network.until(() => dispute(network, id).status === DisputeStatus.DISPUTE_STATUS_CHALLENGER_WON);
  expect(dispute(network, id).reason).toBe('trainer_missed_deadline');
  expect(network.slashes).toEqual([]);
  const paid = seatedOperators(network, run.taskId).map(({ operator }) => network.balance(operator));
  expect(paid).toEqual([34n, 33n, 33n]);
  expect(network.eventsOf(runSlashed)).toMatchObject([{ proven: false, fee_paid: 100n, fee_burned: 0n }]);
});

test('a dispute is refused with a code that says why', () => {
  const network = start({ max_open_disputes: 2 });
  const run = committedRun(network);
  const good = { challenger, runId: run.runId, unit: 4n, bond: coin(150n) };
  const code = (changes: Partial<typeof good>) => network.send(msgOpenDispute, { ...good, ...changes });
  expect(code({ runId: 99n })).toEqual({ code: 'verification 24' });
  expect(code({ challenger: trainer })).toEqual({ code: 'verification 36' });
  expect(code({ challenger: trainer.toUpperCase() })).toEqual({ code: 'verification 36' });
  expect(code({ unit: 21n })).toEqual({ code: 'verification 28' });
  expect(code({ bond: coin(99n) })).toEqual({ code: 'verification 31' });
  expect(code({ bond: { denom: 'uatom', amount: '500' } })).toEqual({ code: 'verification 23' });
  const first = open(network, run, 4n);
  expect(code({})).toEqual({ code: 'verification 29' });
  open(network, run, 5n);
  expect(code({ unit: 6n })).toEqual({ code: 'verification 30' });

  const walk = dispute(network, first).walk;
  if (walk === undefined) throw new Error('a dispute has a walk');
  const opening = openNode(walk, claimedTrace(run, 4), run.steps);
  expect(network.send(msgRevealNodes, { trainer, disputeId: 99n, opening })).toEqual({ code: 'verification 32' });
  expect(network.send(msgRevealNodes, { trainer: challenger, disputeId: first, opening })).toEqual({
    code: 'verification 25',
  });
  expect(network.send(msgSelectNode, { challenger, disputeId: first, index: 0 })).toEqual({ code: 'verification 34' });
  expect(network.send(msgProveLeaf, { trainer, disputeId: first, leaf: { inputs: [] } })).toEqual({
    code: 'verification 34',
  });
  const wrongUnit = openNode({ ...walk, unit: 5 }, claimedTrace(run, 5), run.steps);
  expect(network.send(msgRevealNodes, { trainer, disputeId: first, opening: wrongUnit })).toEqual({
    code: 'verification 35',
  });
  network.ok(msgRevealNodes, { trainer, disputeId: first, opening });
  expect(network.send(msgSelectNode, { challenger: trainer, disputeId: first, index: 0 })).toEqual({
    code: 'verification 33',
  });
  expect(network.send(msgSelectNode, { challenger, disputeId: first, index: 4096 })).toEqual({
    code: 'verification 35',
  });
});
