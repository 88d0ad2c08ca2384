import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Outcome, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { taskPostponed } from './events.ts';
import { drawSeats } from './formulas.ts';
import { defaultParams } from './params.ts';
import { createTestNetwork, operatorOf } from './testNetwork.ts';
import { attestation, playTask, registerAll, type Says, seatedOperators } from './testSeats.ts';
import { exactTraining } from './training.ts';

const measured = (value: bigint) => attestation({ metrics: [{ name: 'completeness', value }] });
const honest = () => measured(1_000_000n);

function start(validators = 12) {
  const params = { data_seats: 3, escalated_seats: 7 };
  const network = createTestNetwork({ validators, training: exactTraining, params });
  registerAll(network);
  network.endBlock();
  return network;
}

const outsider = operatorOf(40).operator;

describe('a committee of a task on data', () => {
  it('decides alone if all of its seats agree', () => {
    const network = start();
    const task = network.contribute(1n, outsider);
    playTask(network, task, honest);
    expect(network.keeper.task(network.context(), task)?.seats.length).toBe(3);
    expect(network.assessed.get(1n)).toMatchObject({ accepted: true });
  });

  it('gives way to a larger one, drawn from a later beacon value, if one seat says otherwise', () => {
    const network = start();
    const task = network.contribute(1n, outsider);
    const twoOfThree: Says = (_, at) => (at < 2 ? measured(5n) : honest());
    playTask(network, task, twoOfThree);
    expect(network.assessed.size).toBe(0);
    expect(network.eventsOf(taskPostponed).map(({ reason }) => reason)).toEqual(['the seats do not agree']);
    playTask(network, task, (_, at) => (at < 2 ? measured(5n) : honest()));
    expect(seatedOperators(network, task).length).toBe(7);
    expect(network.assessed.get(1n)).toMatchObject({
      accepted: true,
      metrics: [{ name: 'completeness', value: 1_000_000n }],
    });
  });

  it('is drawn anew while the larger one disagrees, and in the end says so', () => {
    const network = start();
    const task = network.contribute(1n, outsider);
    const split: Says = (_, at) => (at % 2 === 0 ? measured(5n) : honest());
    for (let draw = 0; network.assessed.size === 0; draw++) {
      expect(draw).toBeLessThan(5);
      playTask(network, task, split);
    }
    expect(network.keeper.task(network.context(), task)?.outcome).toBe(Outcome.OUTCOME_DISAGREEMENT);
    expect(network.assessed.get(1n)).toMatchObject({ accepted: false, reason: 'disagreement' });
  });

  it('decides by two thirds where nobody else could sit', () => {
    const network = start(3);
    const task = network.contribute(1n, outsider);
    playTask(network, task, (_, at) => (at === 0 ? measured(5n) : honest()));
    expect(network.assessed.get(1n)).toMatchObject({ accepted: true });
  });
});

describe('a round of contributions', () => {
  it('is valued by nobody whose work is in it', () => {
    const network = start(8);
    const own = [0, 1, 2].map((n) => operatorOf(n).operator);
    for (let id = 1n; id <= 10n; id++) {
      const task = network.requestRound(id, own);
      network.until(() => seatedOperators(network, task).length > 0);
      expect(seatedOperators(network, task).filter(({ operator }) => own.includes(operator))).toEqual([]);
    }
  });

  it('comes back with the metrics that the seats agree on', () => {
    const network = start();
    playTask(network, network.requestRound(4n, [outsider]), honest);
    expect(network.rounds.get(4n)).toEqual({ valued: true, metrics: [{ name: 'completeness', value: 1_000_000n }] });
  });

  it('names the contribution that its seats cannot get', () => {
    const network = start();
    const missing = (id: bigint) => attestation({ verdict: Verdict.VERDICT_UNAVAILABLE, badUnit: id });
    playTask(network, network.requestRound(4n, [outsider]), (_, at) => missing(at === 0 ? 8n : 9n));
    expect(network.rounds.get(4n)).toEqual({ valued: false, metrics: [], unavailable: 9n });
  });
});

it('colluding verifiers with 30% or just below a third of the stake decide less than 1% of the tasks on data', () => {
  const candidates = Array.from({ length: 100 }, (_, at) => ({
    operator: new Uint8Array(20).fill(at),
    tokens: 1_000_000n,
    backend: 'cpu',
  }));
  const { dataSeats, escalatedSeats, operatorCapPpm: capPpm } = defaultParams;
  for (const colluding of [30, 33]) {
    let decided = 0;
    for (let task = 0; task < 2_000; task++) {
      const bad = (seats: number, draw: string): number => {
        const beaconValue = createHash('sha256').update(`${draw} ${task}`).digest();
        const drawn = drawSeats({ beaconValue, taskId: BigInt(task), candidates, seats, capPpm });
        return drawn.filter(({ operator }) => (operator[0] ?? 0) < colluding).length;
      };
      const first = bad(dataSeats, 'first');
      if (first === dataSeats) decided += 1;
      else if (first > 0 && bad(escalatedSeats, 'second') * 3 >= escalatedSeats * 2) decided += 1;
    }
    expect(decided / 2_000).toBeLessThan(0.01);
  }
});
