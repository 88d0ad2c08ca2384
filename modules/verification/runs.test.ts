import { describe, expect, test } from 'vitest';
import { ContributionStatus } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { QueryRunPriceRequest, QueryRunPriceResponse } from '../../proto/generated/infinet/verification/v1/query.ts';
import { RunStatus, TaskPhase, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { encodeSpec } from '../../training/spec.ts';
import { digitsSpec, smallSpec } from '../../training/testing/fixtures.ts';
import { runAccepted, runExpired, runRejected } from './events.ts';
import { msgCommitRun, msgRegisterRun } from './messages.ts';
import { address, createTestNetwork, dataset, digest, type TestNetwork } from './testNetwork.ts';
import {
  acceptRecords,
  coin,
  commitment,
  committedRun,
  data,
  registration,
  seededRun,
  spec,
  trained,
  trainer,
} from './testRuns.ts';
import { ack, commit, playTask, registerAll, reveal, runAttestation, seatedOperators } from './testSeats.ts';
import { exactTraining } from './training.ts';

function start(params: Record<string, unknown> = {}): TestNetwork {
  const network = createTestNetwork({
    validators: 4,
    training: exactTraining,
    params: { units_per_seat: 4, ...params },
  });
  registerAll(network);
  network.endBlock();
  return network;
}

function status(network: TestNetwork, runId: bigint) {
  return network.keeper.run(network.context(), runId)?.status;
}

describe('an honest run', () => {
  test('is accepted after the challenge window, becomes a model, gets its stake back and pays its verifiers', () => {
    const network = start();
    const before = network.balance(trainer);
    const run = committedRun(network);
    expect(network.balance(trainer)).toBe(before - 1_101n);
    playTask(network, run.taskId, (seat) => runAttestation(network, run.taskId, seat));
    expect(status(network, run.runId)).toBe(RunStatus.RUN_STATUS_COMMITTED);
    expect(network.keeper.task(network.context(), run.taskId)?.phase).toBe(TaskPhase.TASK_PHASE_CHALLENGE);
    network.until(() => status(network, run.runId) === RunStatus.RUN_STATUS_ACCEPTED);
    expect(network.balance(trainer)).toBe(before - 100n);
    const seats = seatedOperators(network, run.taskId);
    expect(seats.map(({ operator }) => network.balance(operator))).toEqual([34n, 33n, 33n]);
    expect(seats.map(({ operator }) => network.work.get(operator))).toEqual([1n, 1n, 1n]);
    expect(network.acceptedRuns).toMatchObject([
      {
        runId: run.runId,
        objectiveId: 2n,
        finalRoot: run.leaves.at(-1)?.stateRoot,
        sizeBytes: 4n * BigInt(run.states[0]?.length ?? 0),
        metrics: [{ name: 'accuracy', value: 912_000n }],
        dataContributionId: undefined,
      },
    ]);
    expect(network.keeper.run(network.context(), run.runId)).toMatchObject({
      accuracyPpm: 912_000n,
      modelContributionId: 900n + run.runId,
      attempt: 1n,
    });
    expect(network.eventsOf(runAccepted)).toHaveLength(1);
  });

  test('may be trained on an accepted dataset, which the model is then made from', () => {
    const network = start();
    acceptRecords(network, 5n);
    const runId = seededRun(network, { data: { $case: 'dataContributionId', value: 5n } });
    const run = trained(network, runId);
    const { taskId } = network.ok(msgCommitRun, commitment(run));
    playTask(network, taskId, (seat) => runAttestation(network, taskId, seat));
    network.until(() => status(network, runId) === RunStatus.RUN_STATUS_ACCEPTED);
    expect(network.acceptedRuns[0]?.dataContributionId).toBe(5n);
  });

  test('counts its attempts by specification and data', () => {
    const network = start();
    for (const attempt of [1n, 2n, 3n]) {
      const { runId } = network.ok(msgRegisterRun, registration());
      expect(network.keeper.run(network.context(), runId)?.attempt).toBe(attempt);
    }
    const other = registration({ spec: encodeSpec(smallSpec({ steps: 10 })) });
    const { runId } = network.ok(msgRegisterRun, other);
    expect(network.keeper.run(network.context(), runId)?.attempt).toBe(1n);
  });

  test('gets its seed only from a beacon round that was open when it was registered', () => {
    const network = start();
    const { runId } = network.ok(msgRegisterRun, registration());
    const run = network.keeper.run(network.context(), runId);
    expect(run?.seed).toHaveLength(0);
    network.until(() => status(network, runId) === RunStatus.RUN_STATUS_SEEDED);
    const expected = exactTraining.seed(run?.specHash ?? digest(''), data.root, digest(`beacon ${run?.seedRound}`));
    expect(network.keeper.run(network.context(), runId)?.seed).toEqual(expected);
  });
});

describe('a run is not accepted', () => {
  test('when two thirds say INVALID or FRAUD: it keeps its stake, since nothing was proven, and pays for the work', () => {
    const network = start();
    const before = network.balance(trainer);
    const run = committedRun(network);
    playTask(network, run.taskId, (seat, at) =>
      runAttestation(network, run.taskId, seat, {
        verdict: at === 0 ? Verdict.VERDICT_VALID : Verdict.VERDICT_FRAUD,
        badUnit: at === 0 ? 0n : 3n,
      }),
    );
    network.until(() => status(network, run.runId) === RunStatus.RUN_STATUS_REJECTED);
    expect(network.balance(trainer)).toBe(before - 100n);
    expect(network.eventsOf(runRejected)).toMatchObject([{ reason: 'invalid', fee_paid: 100n, fee_returned: 0n }]);
  });

  test('when its artifacts cannot be had: stake and fee go back', () => {
    const network = start();
    const before = network.balance(trainer);
    const run = committedRun(network);
    network.until(() => network.keeper.task(network.context(), run.taskId)?.phase === TaskPhase.TASK_PHASE_ACK);
    for (const seat of seatedOperators(network, run.taskId)) ack(network, run.taskId, seat, false);
    network.until(() => status(network, run.runId) === RunStatus.RUN_STATUS_REJECTED);
    expect(network.balance(trainer)).toBe(before);
  });

  test('when it is not committed in time: part of the stake is burned', () => {
    const network = start();
    const before = network.balance(trainer);
    const runId = seededRun(network);
    network.until(() => status(network, runId) === RunStatus.RUN_STATUS_EXPIRED);
    expect(network.balance(trainer)).toBe(before - 100n);
    expect(network.eventsOf(runExpired)).toMatchObject([{ stake_returned: 901n, stake_burned: 100n }]);
    expect(network.send(msgCommitRun, commitment(trained(network, runId)))).toEqual({ code: 'verification 26' });
  });
});

describe('a draw', () => {
  test('is recorded at the reveal, differs between seats and always has the first and the last unit', () => {
    const network = start();
    const run = committedRun(network);
    playTask(network, run.taskId, (seat) => runAttestation(network, run.taskId, seat));
    const seats = network.keeper.task(network.context(), run.taskId)?.seats ?? [];
    for (const { units } of seats) {
      expect(units).toHaveLength(7);
      expect(units).toEqual(expect.arrayContaining([0n, 1n, 20n]));
    }
    expect(new Set(seats.map(({ units }) => units.join())).size).toBeGreaterThan(1);
  });

  test('of another key or for another task is refused', () => {
    const network = start();
    const run = committedRun(network);
    network.until(() => network.keeper.task(network.context(), run.taskId)?.phase === TaskPhase.TASK_PHASE_ACK);
    const seats = seatedOperators(network, run.taskId);
    for (const seat of seats) ack(network, run.taskId, seat);
    network.endBlock();
    const [first, second] = seats;
    if (first === undefined || second === undefined) throw new Error('three seats expected');
    const borrowed = runAttestation(network, run.taskId, { ...first, seed: second.seed });
    const none = runAttestation(network, run.taskId, second, { vrfProof: new Uint8Array() });
    commit(network, run.taskId, first, borrowed);
    commit(network, run.taskId, second, none);
    network.until(() => network.keeper.task(network.context(), run.taskId)?.phase === TaskPhase.TASK_PHASE_REVEAL);
    expect(reveal(network, run.taskId, first, borrowed)).toEqual({ code: 'verification 16' });
    expect(reveal(network, run.taskId, second, none)).toEqual({ code: 'verification 16' });
  });
});

describe('a registration is refused', () => {
  test.each([
    ['with a specification that is no canonical JSON', { spec: Buffer.from('{"opset": 1}') }, 17],
    ['without a specification', { spec: new Uint8Array() }, 17],
    ['with a specification beyond 8 KiB', { spec: new Uint8Array(8193) }, 17],
    ['on an objective that does not exist', { objectiveId: 9n }, 19],
    ['on an objective for data', { objectiveId: 1n }, 19],
    ['on a contribution that does not exist', { data: { $case: 'dataContributionId', value: 77n } as const }, 20],
    ['without data', { data: undefined }, 20],
    ['with records of another size than the specification has', { spec: encodeSpec(digitsSpec()) }, 20],
    ['with a stake below the least', { stake: coin(999n) }, 21],
    ['with a fee below the price', { fee: coin(0n) }, 22],
    ['with a stake in another denomination', { stake: { denom: 'uatom', amount: '5000' } }, 23],
  ])('%s', (_, changes, code) => {
    expect(start().send(msgRegisterRun, registration(changes))).toEqual({ code: `verification ${code}` });
  });

  test('with more than the trainer has', () => {
    expect(start().send(msgRegisterRun, registration({ stake: coin(10_000_000n) }))).toEqual({ code: 'sdk 5' });
  });

  test('with amounts that are negative or no numbers', () => {
    const network = start();
    expect(network.send(msgRegisterRun, registration({ fee: { denom: 'uinf', amount: '-5' } }))).toEqual({
      code: 'verification 22',
    });
    expect(network.send(msgRegisterRun, registration({ fee: { denom: 'uinf', amount: 'x' } }))).toEqual({
      code: 'sdk 2',
    });
  });

  test('on a dataset that was not accepted, or that is not made of such records', () => {
    const network = start();
    network.contributions.set(6n, dataset(6n, address('alice'), ContributionStatus.CONTRIBUTION_STATUS_REJECTED));
    network.contributions.set(7n, dataset(7n, address('alice'), ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED));
    for (const id of [6n, 7n]) {
      const refused = network.send(msgRegisterRun, registration({ data: { $case: 'dataContributionId', value: id } }));
      expect(refused).toEqual({ code: 'verification 20' });
    }
  });

  test('when the run is larger than the parameters allow', () => {
    const units = start({ max_units: '19' });
    expect(units.send(msgRegisterRun, registration())).toEqual({ code: 'verification 18' });
    const flop = start({ max_unit_flop: '10' });
    expect(flop.send(msgRegisterRun, registration())).toEqual({ code: 'verification 18' });
  });
});

describe('a commitment of a run is refused', () => {
  test('before the seed, by another account, twice, and when the last leaf proves another root', () => {
    const network = start();
    const { runId: early } = network.ok(msgRegisterRun, registration());
    const run = trained(network, seededRun(network));
    const good = commitment(run);
    expect(network.send(msgCommitRun, { ...good, runId: early + 100n })).toEqual({ code: 'verification 24' });
    expect(network.send(msgCommitRun, { ...good, trainer: address('alice') })).toEqual({ code: 'verification 25' });
    const { runId: unseeded } = network.ok(msgRegisterRun, registration());
    expect(network.send(msgCommitRun, { ...good, runId: unseeded })).toEqual({ code: 'verification 26' });
    const leafMismatch = { code: 'verification 27' };
    expect(network.send(msgCommitRun, { ...good, finalRoot: digest('other') })).toEqual(leafMismatch);
    expect(network.send(msgCommitRun, { ...good, lastLeaf: run.steps.open(19) })).toEqual(leafMismatch);
    expect(network.send(msgCommitRun, { ...good, stepRoot: digest('other') })).toEqual(leafMismatch);
    const short = { ...good.lastLeaf, path: good.lastLeaf.path.subarray(32) };
    expect(network.send(msgCommitRun, { ...good, lastLeaf: short })).toEqual(leafMismatch);
    expect(network.send(msgCommitRun, { ...good, uris: [] })).toEqual({ code: 'verification 7' });
    network.ok(msgCommitRun, good);
    expect(network.send(msgCommitRun, good)).toEqual({ code: 'verification 26' });
  });
});

test('the price of a run is known before it is registered', () => {
  const price = start({ gflop_price_micro: '1000000000000' }).query(
    'RunPrice',
    QueryRunPriceRequest,
    QueryRunPriceResponse,
    {
      spec: encodeSpec(spec),
    },
  );
  expect(price.units).toBe(20n);
  // dense 12x8 and 8x3 at 6 operations a weight, relu at 2: 6*96 + 2*8 + 6*24 = 736 a record, 8 records a batch.
  expect(price.unitFlop).toBe(736n * 8n);
  // 3 seats x 6 units x 5,888 operations = 105,984 operations at 10^6 a GFLOP = 105.984, rounded up.
  expect(price.minFee).toBe('106');
});

describe('the gas of a registration', () => {
  test('grows with the tensors that the chain has to lay out', () => {
    const network = start();
    const gasOf = (commitEvery: number) => {
      const deep = smallSpec({
        layers: [...new Array(20).fill({ op: 'relu' }), { op: 'dense', units: 3 }],
        steps: 32,
        commit_every: commitEvery,
      });
      const route = network.module.messages?.find(({ typeUrl }) => typeUrl === msgRegisterRun.typeUrl);
      const message = msgRegisterRun.request.encode(registration({ spec: encodeSpec(deep) })).finish();
      const ctx = network.context();
      route?.prepare(message).handle(ctx);
      return ctx.gas.consumed;
    };
    expect(gasOf(32) - gasOf(1)).toBeGreaterThan(100_000n);
  });
});
