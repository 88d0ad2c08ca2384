import { describe, expect, test } from 'vitest';
import {
  QueryTasksForOperatorRequest,
  QueryTasksForOperatorResponse,
} from '../../proto/generated/infinet/verification/v1/query.ts';
import { Outcome, SeatState, TaskPhase, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { taskAssigned, taskDecided, taskPostponed } from './events.ts';
import * as msgs from './messages.ts';
import { address, addresses, createTestNetwork, operatorOf, type TestNetwork } from './testNetwork.ts';
import { ack, attestation, commit, playTask, registerAll, reveal, seatedOperators } from './testSeats.ts';
import { exactTraining } from './training.ts';

const good = attestation({ metrics: [{ name: 'completeness', value: 990_000n }] });

function start(validators = 4, params: Record<string, unknown> = {}): { network: TestNetwork; taskId: bigint } {
  const network = createTestNetwork({ validators, training: exactTraining, params });
  registerAll(network);
  network.endBlock();
  return { network, taskId: network.contribute(1n, address('alice')) };
}

function task(network: TestNetwork, id: bigint) {
  const found = network.keeper.task(network.context(), id);
  if (found === undefined) throw new Error(`no task ${id}`);
  return found;
}

describe('a contribution', () => {
  test('is accepted with the metrics that all seats measured', () => {
    const { network, taskId } = start();
    playTask(network, taskId, () => good);
    expect(network.assessed.get(1n)).toEqual({ accepted: true, reason: '', metrics: good.metrics, fraud: false });
    expect(task(network, taskId).phase).toBe(TaskPhase.TASK_PHASE_DONE);
    expect([...network.work.values()]).toEqual([1n, 1n, 1n]);
    expect(network.eventsOf(taskDecided)).toMatchObject([
      { outcome: 'valid', metrics: 'completeness=990000', seats: 3n, agreed: 3n },
    ]);
  });

  test('is accepted when one of three seats measured something else, and that seat is not paid', () => {
    const { network, taskId } = start();
    const odd = attestation({ metrics: [{ name: 'completeness', value: 1n }] });
    playTask(network, taskId, (_, at) => (at === 1 ? odd : good));
    expect(network.assessed.get(1n)?.accepted).toBe(true);
    const outsider = seatedOperators(network, taskId)[1]?.operator ?? '';
    expect(network.work.has(outsider)).toBe(false);
  });

  test('is rejected for disagreement when every seat measured something else', () => {
    const { network, taskId } = start();
    playTask(network, taskId, (_, at) => attestation({ metrics: [{ name: 'rows', value: BigInt(at) }] }));
    expect(network.assessed.get(1n)).toMatchObject({ accepted: false, reason: 'disagreement', fraud: false });
  });

  test('is rejected as a fraud when two thirds find that the bytes are not those of the manifest', () => {
    const { network, taskId } = start();
    playTask(network, taskId, (_, at) => (at === 0 ? good : attestation({ verdict: Verdict.VERDICT_INVALID })));
    expect(network.assessed.get(1n)).toMatchObject({ accepted: false, reason: 'invalid', fraud: true });
  });

  test('is rejected without blame as soon as two thirds cannot get the bytes', () => {
    const { network, taskId } = start();
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_ACK);
    for (const [at, seat] of seatedOperators(network, taskId).entries()) ack(network, taskId, seat, at === 0);
    network.endBlock();
    expect(network.assessed.get(1n)).toMatchObject({ accepted: false, reason: 'unavailable', fraud: false });
    expect(network.work.size).toBe(0);
  });

  test('never gives a seat to its own contributor', () => {
    const network = createTestNetwork({ validators: 4, training: exactTraining });
    registerAll(network);
    for (let id = 1n; id <= 12n; id++) {
      const taskId = network.contribute(id, operatorOf(0).operator);
      network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_ACK);
      expect(task(network, taskId).seats.map((seat) => seat.operator)).not.toContain(operatorOf(0).operator);
    }
    const byWorker = network.contribute(50n, operatorOf(1).worker);
    network.until(() => task(network, byWorker).phase === TaskPhase.TASK_PHASE_ACK);
    expect(task(network, byWorker).seats.map((seat) => seat.operator)).not.toContain(operatorOf(1).operator);
  });
});

describe('seats', () => {
  test('are drawn only from a beacon value that did not exist when the task was made', () => {
    const { network, taskId } = start();
    expect(task(network, taskId).phase).toBe(TaskPhase.TASK_PHASE_WAITING_BEACON);
    network.endBlock();
    expect(task(network, taskId).seats).toEqual([]);
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_ACK);
    const operators = task(network, taskId).seats.map((seat) => seat.operator);
    expect(new Set(operators).size).toBe(3);
    expect(network.eventsOf(taskAssigned).map(({ operator }) => operator)).toEqual(operators);
  });

  test('that do not acknowledge are given to others, once, and the miss is recorded', () => {
    const { network, taskId } = start();
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_ACK);
    const [first, second, silent] = seatedOperators(network, taskId);
    if (first === undefined || second === undefined || silent === undefined) throw new Error('three seats expected');
    ack(network, taskId, first);
    ack(network, taskId, second);
    network.until(() => task(network, taskId).replaced);
    const successor = seatedOperators(network, taskId)[2];
    expect(successor?.operator).not.toBe(silent.operator);
    expect(network.eventsOf(taskAssigned).at(-1)).toMatchObject({ replaces: silent.operator, seat: 2n });
    expect(ack(network, taskId, silent)).toEqual({ code: 'verification 9' });
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_COMMIT);
    expect(task(network, taskId).seats[2]?.state).toBe(SeatState.SEAT_STATE_MISSED);
    for (const seat of [first, second]) commit(network, taskId, seat, good);
    network.endBlock();
    for (const seat of [first, second]) reveal(network, taskId, seat, good);
    network.endBlock();
    expect(network.assessed.get(1n)?.accepted).toBe(true);
    const verifier = network.keeper.verifier(network.context(), addresses.account(silent.operator));
    expect(verifier).toMatchObject({ assigned: 1n, missed: 1n, agreed: 0n });
  });

  test('are as many as there are operators when those are fewer than wanted', () => {
    const { network, taskId } = start(2);
    playTask(network, taskId, () => good);
    expect(task(network, taskId).seats).toHaveLength(2);
    expect(network.assessed.get(1n)?.accepted).toBe(true);
  });

  test('wait for the next round while there are fewer operators than min_seats', () => {
    const { network, taskId } = start(2, { min_seats: 3 });
    network.until(() => network.eventsOf(taskPostponed).length === 2);
    expect(task(network, taskId).phase).toBe(TaskPhase.TASK_PHASE_WAITING_BEACON);
    network.bonded.push(2, 3);
    registerAll({ ...network, bonded: [2, 3] } as TestNetwork);
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_ACK);
    expect(task(network, taskId).seats).toHaveLength(3);
  });

  test('that nobody answers are drawn anew until the draws are used up; then nothing is held against the contributor', () => {
    const { network, taskId } = start(4, { max_redraws: 1 });
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_DONE);
    expect(task(network, taskId).outcome).toBe(Outcome.OUTCOME_UNANSWERED);
    expect(task(network, taskId).redraws).toBe(1);
    expect(network.assessed.get(1n)).toMatchObject({ accepted: false, reason: 'unanswered', fraud: false });
  });

  test('are listed for their operator while the task is open, and apart when it is done', () => {
    const { network, taskId } = start();
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_ACK);
    const operator = seatedOperators(network, taskId)[0]?.operator ?? '';
    const ask = (done: boolean) =>
      network
        .query('TasksForOperator', QueryTasksForOperatorRequest, QueryTasksForOperatorResponse, {
          operator,
          done,
          pagination: undefined,
        })
        .tasks.map(({ id }) => id);
    expect([ask(false), ask(true)]).toEqual([[taskId], []]);
    playTask(network, taskId, () => good);
    expect([ask(false), ask(true)]).toEqual([[], [taskId]]);
  });
});

describe('commit and reveal', () => {
  function atCommit() {
    const { network, taskId } = start(4, { max_redraws: 0 });
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_ACK);
    const [a, b, c] = seatedOperators(network, taskId);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three seats expected');
    for (const seat of [a, b, c]) ack(network, taskId, seat);
    network.endBlock();
    return { network, taskId, a, b, c };
  }

  test('a copied commitment opens for nobody else', () => {
    const { network, taskId, a, b, c } = atCommit();
    commit(network, taskId, a, good);
    const copied = task(network, taskId).seats.find((seat) => seat.operator === a.operator)?.commitment;
    commit(network, taskId, c, good);
    // b hands in what a committed to, and later what a revealed.
    network.ok(msgs.msgCommitAttestation, { worker: b.worker, taskId, commitment: copied ?? new Uint8Array() });
    network.endBlock();
    expect(reveal(network, taskId, a, good)).toEqual({ ok: { units: [] } });
    expect(reveal(network, taskId, b, good)).toEqual({ code: 'verification 14' });
  });

  test('twice, too early, too late, by a stranger, with another salt: each has its own code', () => {
    const { network, taskId, a, b, c } = atCommit();
    expect(ack(network, taskId, a)).toEqual({ code: 'verification 10' });
    expect(reveal(network, taskId, a, good)).toEqual({ code: 'verification 10' });
    commit(network, taskId, a, good);
    expect(commit(network, taskId, a, good)).toEqual({ code: 'verification 12' });
    expect(commit(network, 99n, a, good)).toEqual({ code: 'verification 8' });
    const stranger = { operator: address('carol'), worker: address('carol'), seed: a.seed };
    expect(commit(network, taskId, stranger, good)).toEqual({ code: 'verification 4' });
    const outsider = network.bonded
      .map(operatorOf)
      .find(({ operator }) => ![a, b, c].some((seat) => seat.operator === operator));
    if (outsider === undefined) throw new Error('one operator holds no seat');
    expect(commit(network, taskId, outsider, good)).toEqual({ code: 'verification 9' });
    commit(network, taskId, b, good);
    network.until(() => task(network, taskId).phase === TaskPhase.TASK_PHASE_REVEAL);
    expect(reveal(network, taskId, c, good)).toEqual({ code: 'verification 13' });
    expect(reveal(network, taskId, a, attestation({ metrics: [] }))).toEqual({ code: 'verification 14' });
    network.until(() => task(network, taskId).phase !== TaskPhase.TASK_PHASE_REVEAL);
    expect(reveal(network, taskId, a, good)).toEqual({ code: 'verification 10' });
  });

  test('an attestation that the task does not take is refused when it is opened', () => {
    const { network, taskId, a, b, c } = atCommit();
    const said = [
      attestation({ metrics: [] }),
      attestation({ verdict: Verdict.VERDICT_FRAUD, badUnit: 3n }),
      attestation({ metrics: good.metrics, traceRoot: new Uint8Array(32) }),
    ];
    for (const [at, seat] of [a, b, c].entries()) commit(network, taskId, seat, said[at] ?? good);
    network.endBlock();
    for (const [at, seat] of [a, b, c].entries()) {
      expect(reveal(network, taskId, seat, said[at] ?? good)).toEqual({ code: 'verification 15' });
    }
  });

  test('malformed attestations are refused before they reach the state', () => {
    const { network, taskId, a } = atCommit();
    const metrics = [
      { name: 'b', value: 1n },
      { name: 'a', value: 1n },
    ];
    for (const said of [
      attestation({ verdict: 0 }),
      attestation({ verdict: 9 as Verdict }),
      attestation({ metrics }),
      attestation({ metrics: [{ name: 'A b', value: 1n }] }),
      attestation({ verdict: Verdict.VERDICT_INVALID, metrics: good.metrics }),
      attestation({ badUnit: 1n }),
      attestation({ traceRoot: new Uint8Array(31) }),
      attestation({ vrfProof: new Uint8Array(79) }),
    ]) {
      expect(reveal(network, taskId, a, said)).toEqual({ code: 'verification 15' });
    }
    expect(
      network.send(msgs.msgRevealAttestation, { worker: a.worker, taskId, attestation: good, salt: new Uint8Array(3) }),
    ).toEqual({ code: 'verification 7' });
  });
});
