import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  addresses as contributionAddresses,
  Fixture,
  objective,
  rootOf,
  submission,
} from '../../modules/contribution/fixture.ts';
import { workRoot } from '../../modules/contribution/formulas.ts';
import { msgCreateObjective, msgSubmitContribution } from '../../modules/contribution/messages.ts';
import { measureWork } from '../../modules/contribution/work.ts';
import { drawSeats } from '../../modules/verification/formulas.ts';
import { defaultParams } from '../../modules/verification/params.ts';
import { createTestNetwork, operatorOf } from '../../modules/verification/testNetwork.ts';
import { registerAll, seatedOperators } from '../../modules/verification/testSeats.ts';
import { exactTraining } from '../../modules/verification/training.ts';
import type { Work } from '../chain.ts';
import { attacker, payRound } from './stage.ts';

const honest = new Uint8Array(20).fill(100);

/** Metrics of a dataset of full quality with this utility on the shard. */
function metrics(impact: number): Work['metrics'] {
  const ratios = ['completeness', 'accuracy', 'consistency', 'timeliness'];
  return [...ratios.map((name) => ({ name, value: 1_000_000n })), { name: 'impact_micro', value: BigInt(impact) }];
}

describe('attacks on the protocol that earn nothing', () => {
  it('a copied root: refused from everyone, so the copy earns 0%', () => {
    const chain = new Fixture();
    chain.contribute('table');
    expect(() => chain.contribute('table', bob)).toThrow(
      expect.objectContaining({ codespace: 'contribution', code: 10 }),
    );
    expect(chain.appraised).toEqual([]);
  });

  it('front-running a root: who committed first has it, the thief earns 0% even when its tx comes first', () => {
    const chain = new Fixture();
    chain.commit(alice, rootOf('table'));
    chain.blocks();
    chain.commit(bob, rootOf('table'));
    chain.blocks();
    const stolen = chain.send(msgSubmitContribution, submission('table', bob)).contributionId;
    const own = chain.send(msgSubmitContribution, submission('table')).contributionId;
    for (const id of [stolen, own]) {
      chain.keeper.recordAssessment(chain.ctx(), id, { accepted: true, reason: '', metrics: [] });
    }
    chain.blocks(7);
    const earning = chain.settled.filter(({ accepted }) => accepted);
    expect(earning.map(({ contributor }) => contributionAddresses.accountText(contributor))).toEqual([alice.text]);
  });

  it('a wash objective: what its creator contributes to it is worth 0% to emission', () => {
    const chain = new Fixture();
    const { objectiveId } = chain.send(msgCreateObjective, objective());
    const id = chain.contribute('wash', alice, { objectiveId });
    chain.keeper.recordAssessment(chain.ctx(), id, { accepted: true, reason: '', metrics: [] });
    expect(chain.appraised).toMatchObject([{ objectiveId, emission: false }]);
    const round = [
      { contributor: attacker, metrics: metrics(800_000) },
      { contributor: honest, metrics: metrics(900_000) },
    ];
    const wash = { contributor: attacker, metrics: metrics(1_000_000), listed: false };
    expect(payRound([...round, wash]) / payRound(round) - 1).toBe(0);
  });

  it('self-assignment: an operator never sits on its own work, in 40 draws of 3 seats out of 5', () => {
    const network = createTestNetwork({ validators: 5, training: exactTraining });
    registerAll(network);
    network.endBlock();
    const owner = operatorOf(0);
    let own = 0;
    for (let id = 1n; id <= 40n; id++) {
      const task = network.contribute(id, owner.operator);
      network.until(() => seatedOperators(network, task).length > 0);
      own += seatedOperators(network, task).filter(({ operator }) => operator === owner.operator).length;
    }
    expect(own).toBe(0);
  });

  it('one run claimed as model and as compute: refused once its model is accepted, so the second claim earns 0%', () => {
    const chain = new Fixture();
    const model = chain.contribute('model');
    chain.keeper.recordAssessment(chain.ctx(), model, { accepted: true, reason: '', metrics: [] });
    const run = { trainer: alice.text, accepted: true, units: 9n, unitFlop: 10n ** 9n, availabilityPpm: 1_000_000n };
    const work = () => ({ ...run, punctualityPpm: 1_000_000n, modelContributionId: model });
    const claim = { runId: 1n, firstUnit: 1n, lastUnit: 9n };
    const again = () => measureWork(chain.ctx(), { work }, alice.text, claim, workRoot(1n, 1n, 9n));
    expect(again).toThrow(expect.objectContaining({ codespace: 'contribution', code: 39 }));
  });

  it('timing an empty epoch where the rate binds: a weight earns the same alone and in company', () => {
    const mine = { contributor: attacker, metrics: metrics(600_000) };
    const alone = payRound([mine]);
    const inCompany = payRound([mine, { contributor: honest, metrics: metrics(600_000) }]);
    expect(alone / inCompany - 1).toBeCloseTo(0, 9);
  });
});

describe('attacks that smoothing and larger committees take the gain from', () => {
  it('timing an empty epoch instead of one that is oversubscribed four times: the price fades by a 128th an epoch', () => {
    const mine = { contributor: attacker, metrics: metrics(900_000) };
    const crowd = Array.from({ length: 11 }, () => ({ contributor: honest, metrics: metrics(900_000) }));
    const usual = [mine, ...crowd];
    const earned = payRound([mine], undefined, usual) / payRound(usual, undefined, usual) - 1;
    expect(earned).toBeGreaterThan(0);
    expect(earned).toBeLessThanOrEqual(0.01);
  });

  it('colluding verifiers with 30% or a third of the stake: a few seats must all agree, or 21 decide by two thirds', () => {
    const [verifiers, tasks] = [100, 1_000];
    const candidates = Array.from({ length: verifiers }, (_, at) => ({
      operator: new Uint8Array(20).fill(at),
      tokens: 1_000_000n,
      backend: 'cpu',
    }));
    const { dataSeats, escalatedSeats, operatorCapPpm: capPpm } = defaultParams;
    const seated = (task: number, seats: number, colluding: number): number => {
      const beaconValue = createHash('sha256').update(`round ${task} of ${seats}`).digest();
      const drawn = drawSeats({ beaconValue, taskId: BigInt(task), candidates, seats, capPpm });
      return drawn.filter(({ operator }) => (operator[0] ?? 0) < colluding).length;
    };
    for (const colluding of [30, 33]) {
      const decided = Array.from({ length: tasks }, (_, task) => {
        const first = seated(task, dataSeats, colluding);
        if (first === 0 || first === dataSeats) return first > 0;
        return seated(task, escalatedSeats, colluding) * 3 >= escalatedSeats * 2;
      }).filter(Boolean).length;
      expect(decided / tasks).toBeLessThanOrEqual(0.01);
    }
  });
});
