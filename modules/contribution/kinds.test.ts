import { beforeEach, describe, expect, it } from 'vitest';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { MsgSubmitContribution } from '../../proto/generated/infinet/contribution/v1/tx.ts';
import type { WorkClaim } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { alice, bob, Fixture, genesis, objective, refusal, rootOf, salt, submission } from './fixture.ts';
import { contributionCommitment, workRoot } from './formulas.ts';
import {
  msgCommitContribution,
  msgCreateObjective,
  msgSubmitContribution,
  msgWithdrawContribution,
} from './messages.ts';

const computing = {
  ...genesis,
  objectives: [...genesis.objectives, { title: 'Training', kind: 'CONTRIBUTION_KIND_COMPUTE', metric: 'megaflop' }],
};

/** Run 7 of Alice's: accepted, 100 units of 5 GFLOP, and its model was not. */
function start() {
  const chain = new Fixture(computing);
  chain.runs.set(7n, {
    trainer: alice.text,
    accepted: true,
    units: 100n,
    unitFlop: 5_000_000_000n,
    availabilityPpm: 1_000_000n,
    punctualityPpm: 800_000n,
    modelContributionId: 0n,
  });
  return chain;
}

/** Commitments are made once; attempts that are refused leave them. */
let made = new Set<string>();
beforeEach(() => {
  made = new Set();
});

function claim(chain: Fixture, work: WorkClaim, who = alice, change: Partial<MsgSubmitContribution> = {}): bigint {
  const contentRoot = workRoot(work.runId, work.firstUnit, work.lastUnit);
  const commitment = contributionCommitment(contentRoot, who.bytes, salt);
  const key = `${who.text} ${contentRoot}`;
  if (!made.has(key)) chain.send(msgCommitContribution, { contributor: who.text, commitment });
  made.add(key);
  chain.blocks();
  const base = submission('work', who);
  if (base.manifest === undefined) throw new Error('a submission has a manifest');
  const manifest = { ...base.manifest, contentRoot, uris: [], schemaHash: new Uint8Array() };
  const kind = ContributionKind.CONTRIBUTION_KIND_COMPUTE;
  return chain.send(msgSubmitContribution, { ...base, kind, objectiveId: 3n, manifest, work, ...change })
    .contributionId;
}

const units = (firstUnit: bigint, lastUnit: bigint, runId = 7n): WorkClaim => ({ runId, firstUnit, lastUnit });

describe('compute', () => {
  it('is counted by the chain from the run that it was spent on, and needs no seat', () => {
    const chain = start();
    const id = claim(chain, units(1n, 40n));
    expect([chain.status(id), chain.assessed]).toEqual(['accepted', []]);
    expect(chain.appraised[0]?.metrics).toEqual([
      { name: 'availability', value: 1_000_000n },
      { name: 'megaflop', value: 200_000n },
      { name: 'punctuality', value: 800_000n },
      { name: 'verified_units', value: 40n },
    ]);
    chain.blocks(6);
    expect([chain.status(id), chain.balance(alice)]).toEqual(['final', 10_000n]);
  });

  it('pays a unit once: overlapping claims are refused, adjoining ones are not', () => {
    const chain = start();
    claim(chain, units(10n, 20n));
    expect(() => claim(chain, units(20n, 30n))).toThrow(refusal(39));
    expect(() => claim(chain, units(1n, 10n))).toThrow(refusal(39));
    expect(() => claim(chain, units(12n, 13n))).toThrow(refusal(39));
    expect(() => claim(chain, units(1n, 100n))).toThrow(refusal(39));
    claim(chain, units(21n, 30n));
    claim(chain, units(1n, 9n));
    expect(chain.appraised.map(({ contributionId }) => contributionId)).toEqual([1n, 2n, 3n]);
  });

  it('does not pay for a run whose model is rewarded, nor for the same model after it', () => {
    const chain = start();
    const run = { runId: 7n, trainer: alice.bytes, objectiveId: 2n, sizeBytes: 1n, uris: ['file:x'], metrics: [] };
    const model = chain.keeper.createModelFromRun(chain.ctx(), { ...run, finalRoot: rootOf('weights') });
    const known = chain.runs.get(7n);
    if (known === undefined) throw new Error('the run is known');
    chain.runs.set(7n, { ...known, modelContributionId: model });
    expect(() => claim(chain, units(1n, 100n))).toThrow(refusal(39, `the model of run 7 is contribution ${model}`));
    chain.send(msgWithdrawContribution, { contributor: alice.text, contributionId: model });
    expect(chain.status(claim(chain, units(1n, 100n)))).toBe('accepted');
  });

  it('is refused for runs of others, unaccepted or unknown ones, and units that they do not have', () => {
    const chain = start();
    expect(() => claim(chain, units(1n, 100n), bob)).toThrow(refusal(38));
    expect(() => claim(chain, units(1n, 101n))).toThrow(refusal(38));
    expect(() => claim(chain, units(1n, 2n, 8n))).toThrow(refusal(38));
    expect(() => claim(chain, units(0n, 2n))).toThrow(refusal(23, 'work'));
    expect(() => claim(chain, units(3n, 2n))).toThrow(refusal(23, 'work'));
    const known = chain.runs.get(7n);
    if (known === undefined) throw new Error('the run is known');
    chain.runs.set(7n, { ...known, accepted: false });
    expect(() => claim(chain, units(1n, 2n))).toThrow(refusal(38));
    expect([chain.balance(alice), chain.balance(bob)]).toEqual([10_000n, 10_000n]);
  });

  it('binds the commitment to the very units, and a withdrawn claim frees them', () => {
    const chain = start();
    expect(() => claim(chain, units(1n, 5n), alice, { work: units(1n, 6n) })).toThrow(refusal(21, 'content_root'));
    expect(() => claim(chain, units(1n, 5n), alice, { work: undefined })).toThrow(refusal(23, 'work'));
    const id = claim(chain, units(1n, 5n));
    chain.send(msgWithdrawContribution, { contributor: alice.text, contributionId: id });
    chain.blocks();
    expect(chain.status(claim(chain, units(1n, 6n)))).toBe('accepted');
  });
});

describe('expertise', () => {
  const rubric = [
    { name: 'clarity', weight: 1 },
    { name: 'depth', weight: 3 },
  ];
  const expertise = { kind: ContributionKind.CONTRIBUTION_KIND_EXPERTISE, rubric };

  it('is submitted like data, and valued by the rubric of its objective', () => {
    const chain = new Fixture();
    chain.send(msgCreateObjective, objective(expertise));
    const id = chain.contribute('essay', bob, { objectiveId: 3n, kind: expertise.kind });
    const metrics = [{ name: 'clarity', value: 1n }];
    chain.keeper.recordAssessment(chain.ctx(), id, { accepted: true, reason: '', metrics });
    expect(chain.appraised[0]).toMatchObject({ kind: expertise.kind, rubric, metrics });
  });

  it('needs a rubric: sorted criteria with weights, none that the chain reports itself', () => {
    const chain = new Fixture();
    const create = (change: Parameters<typeof objective>[0]) => () =>
      chain.send(msgCreateObjective, objective({ ...expertise, ...change }));
    expect(create({ rubric: [] })).toThrow(refusal(22, 'rubric'));
    expect(create({ rubric: [...rubric].reverse() })).toThrow(refusal(22, 'not sorted'));
    expect(create({ rubric: [{ name: 'depth', weight: 0 }] })).toThrow(refusal(22, 'weight'));
    expect(create({ rubric: [{ name: 'alpha', weight: 1 }] })).toThrow(refusal(22, 'reports itself'));
    expect(create({ kind: ContributionKind.CONTRIBUTION_KIND_DATA })).toThrow(refusal(22, 'rubric'));
  });
});
