import { describe, expect, it } from 'vitest';
import { alice, bob, Fixture, genesis, objective, rootOf } from './fixture.ts';
import { msgCreateObjective } from './messages.ts';

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
    expect(JSON.parse(JSON.stringify(twin.module.exportGenesis?.(twin.ctx())))).toEqual(exported);
    twin.height = chain.height;
    twin.blocks(6);
    expect([twin.status(1n), twin.settled.length]).toEqual(['final', 2]);
    expect(twin.contribute('new')).toBe(3n);
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
