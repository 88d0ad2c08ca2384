import { describe, expect, it } from 'vitest';
import { alice, bob, Fixture, genesis, objective, rootOf, salt, submission } from './fixture.ts';
import { shardCommitment } from './formulas.ts';
import { msgAppeal, msgAppendRecords, msgCreateObjective, msgOpenShard } from './messages.ts';

const penguins = genesis.objectives[0];

describe('genesis of contribution', () => {
  it('export of a chain in use starts an equal one, and both export the same', () => {
    const chain = new Fixture();
    chain.send(msgCreateObjective, objective({ reference: { root: rootOf('r'), sizeBytes: 3n, uris: [] } }));
    chain.contribute('a');
    chain.contribute('b', bob, { parents: [1n] });
    chain.commit(alice, rootOf('c'));
    chain.keeper.recordAssessment(chain.ctx(), 1n, { accepted: true, reason: '', metrics: [] });
    chain.keeper.recordAssessment(chain.ctx(), 2n, { accepted: false, reason: 'unavailable', metrics: [] });
    const exported = JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.ctx())));
    const twin = new Fixture(exported);
    for (const [address, amount] of chain.bank.balances) twin.bank.balances.set(address, amount);
    expect(JSON.parse(JSON.stringify(twin.module.exportGenesis?.(twin.ctx())))).toEqual(exported);
    twin.height = chain.height;
    twin.blocks(6);
    expect([twin.status(1n), twin.settled.length]).toEqual(['final', 2]);
    expect(twin.contribute('new')).toBe(3n);
  });

  it('keeps rounds that wait for their shard, streams, appeals and spent work as they are', () => {
    const chain = new Fixture();
    const shard = { root: rootOf('shard'), sizeBytes: 900n, uris: ['https://example.org/shard.csv'] };
    const shardCommitments = [shardCommitment(alice.bytes, 0n, shard.root, salt)];
    const rounds = { roundBlocks: 5n, shardCommitments, holdouts: [], deadlineHeight: 0n };
    chain.send(msgCreateObjective, objective(rounds));
    const waits = chain.contribute('a', bob, { objectiveId: 3n });
    const first = chain.contribute('day 1');
    chain.commit(alice, rootOf('day 2'));
    chain.blocks(3);
    const { deposit, manifest } = submission('day 2');
    chain.send(msgAppendRecords, { sender: alice.text, streamId: first, salt, manifest, deposit });
    chain.keeper.recordAssessment(chain.ctx(), first, { accepted: false, reason: 'invalid', metrics: [] });
    const appeal = { denom: 'uinf', amount: '500' };
    chain.send(msgAppeal, { appellant: alice.text, contributionId: first, deposit: appeal });
    chain.blocks(2);
    const exported = JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.ctx())));
    const twin = new Fixture(exported);
    for (const [address, amount] of chain.bank.balances) twin.bank.balances.set(address, amount);
    twin.height = chain.height;
    twin.assessed.push(...chain.assessed);
    expect(JSON.parse(JSON.stringify(twin.module.exportGenesis?.(twin.ctx())))).toEqual(exported);
    for (const one of [chain, twin]) {
      one.send(msgOpenShard, { creator: alice.text, objectiveId: 3n, round: 0n, shard, salt });
      one.keeper.recordAssessment(one.ctx(), first, { accepted: true, reason: '', metrics: [] });
      one.blocks();
      expect([one.status(waits), one.status(first)]).toEqual(['assessing', 'final']);
    }
    expect(twin.module.exportGenesis?.(twin.ctx())).toEqual(chain.module.exportGenesis?.(chain.ctx()));
  });

  const cases: [string, unknown, string][] = [
    ['no parameters', {}, 'app_state.contribution.params'],
    ['a deposit without amount', { params: { min_deposit: { denom: 'uinf' } } }, 'params.min_deposit.amount'],
    [
      'an unknown kind',
      { ...genesis, objectives: [{ ...penguins, kind: 'DATA' }] },
      'objectives[0].kind: unknown name',
    ],
    [
      'a gate above one',
      { ...genesis, objectives: [{ ...penguins, quality_gate_ppm: '2000000' }] },
      'quality_gate_ppm',
    ],
    [
      'a schema that is no JSON',
      { ...genesis, objectives: [{ ...penguins, schema: 'x' }] },
      'schema: not a JSON object',
    ],
    [
      'ids that fall',
      {
        ...genesis,
        objectives: [
          { ...penguins, id: '2' },
          { ...penguins, id: '1' },
        ],
      },
      'objectives[1].id',
    ],
    [
      'a root that is not base64',
      { ...genesis, objectives: [{ ...penguins, holdouts: [{ root: '!' }] }] },
      'holdouts[0].root',
    ],
    [
      'a creator of another chain',
      { ...genesis, objectives: [{ ...penguins, creator: 'x' }] },
      'objectives[0].creator',
    ],
    ['a contribution to nothing', { ...genesis, contributions: [{ id: '1' }] }, 'contributions[0].kind'],
  ];
  it.each(cases)('names the field of %s', (_name, state, detail) => {
    expect(() => new Fixture(state)).toThrow(detail);
  });
});
