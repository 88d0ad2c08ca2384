import { describe, expect, it } from 'vitest';
import * as q from '../../proto/generated/infinet/contribution/v1/query.ts';
import { ContributionStatus } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { alice, bob, Fixture, rootOf, submission } from './fixture.ts';
import { rowSketch } from './formulas.ts';

const page = (change = {}) => ({
  key: new Uint8Array(),
  offset: 0n,
  limit: 0n,
  countTotal: false,
  reverse: false,
  ...change,
});

/** Alice: 1, 3, 5; Bob: 2, 4. Number 2 is accepted. */
function busy(): Fixture {
  const chain = new Fixture();
  for (const [at, who] of [alice, bob, alice, bob, alice].entries()) chain.contribute(`table ${at}`, who);
  chain.keeper.recordAssessment(chain.ctx(), 2n, { accepted: true, reason: '', metrics: [] });
  return chain;
}

function list(chain: Fixture, request: Partial<q.QueryContributionsRequest>) {
  const whole = { contributor: '', objectiveId: 0n, status: 0 as const, pagination: undefined, ...request };
  return chain.query('Contributions', q.QueryContributionsRequest, q.QueryContributionsResponse, whole);
}

const idsOf = (answer: q.QueryContributionsResponse) => answer.contributions.map(({ id }) => id);

describe('Query/Contributions', () => {
  it('filters by contributor, objective and status, alone and together', () => {
    const chain = busy();
    expect(idsOf(list(chain, {}))).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(idsOf(list(chain, { contributor: bob.text }))).toEqual([2n, 4n]);
    expect(idsOf(list(chain, { objectiveId: 1n }))).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(idsOf(list(chain, { objectiveId: 2n }))).toEqual([]);
    const assessing = ContributionStatus.CONTRIBUTION_STATUS_ASSESSING;
    expect(idsOf(list(chain, { status: assessing }))).toEqual([1n, 3n, 4n, 5n]);
    expect(idsOf(list(chain, { status: assessing, contributor: bob.text, objectiveId: 1n }))).toEqual([4n]);
  });

  it('pages by key in both directions', () => {
    const chain = busy();
    const first = list(chain, { contributor: alice.text, pagination: page({ limit: 2n }) });
    expect(idsOf(first)).toEqual([1n, 3n]);
    const key = first.pagination?.nextKey ?? new Uint8Array();
    expect(idsOf(list(chain, { contributor: alice.text, pagination: page({ limit: 2n, key }) }))).toEqual([5n]);
    const newest = list(chain, { pagination: page({ limit: 1n, reverse: true, countTotal: true }) });
    expect([idsOf(newest), newest.pagination?.total]).toEqual([[5n], 5n]);
  });

  it('refuses an address of another chain', () => {
    expect(() => list(busy(), { contributor: 'cosmos1abc' })).toThrow('InvalidArgument');
  });
});

describe('single records', () => {
  it('are found by id and by root; a missing one is not found', () => {
    const chain = busy();
    const byRoot = (contentRoot: Uint8Array) =>
      chain.query('ContributionByRoot', q.QueryContributionByRootRequest, q.QueryContributionResponse, { contentRoot });
    expect(byRoot(rootOf('table 2')).contribution?.id).toBe(3n);
    expect(() => byRoot(rootOf('nothing'))).toThrow(expect.objectContaining({ codespace: 'sdk', code: 22 }));
    const byId = (contributionId: bigint) =>
      chain.query('Contribution', q.QueryContributionRequest, q.QueryContributionResponse, { contributionId });
    expect(byId(2n).contribution?.accepted).toBe(true);
    expect(() => byId(99n)).toThrow('contribution 99 not found');
    const objective = (objectiveId: bigint) =>
      chain.query('Objective', q.QueryObjectiveRequest, q.QueryObjectiveResponse, { objectiveId });
    expect(objective(1n).objective).toMatchObject({ title: 'Penguins', contributions: 5n, listed: true });
    expect(() => objective(7n)).toThrow('objective 7 not found');
    const all = chain.query('Objectives', q.QueryObjectivesRequest, q.QueryObjectivesResponse, {
      pagination: undefined,
    });
    expect(all.objectives.map(({ id }) => id)).toEqual([1n, 2n]);
    expect(chain.query('Params', q.QueryParamsRequest, q.QueryParamsResponse, {}).params?.appealWindowBlocks).toBe(5n);
  });

  it('commitments wait under their sender until they are opened', () => {
    const chain = busy();
    const mine = () =>
      chain.query('Commitments', q.QueryCommitmentsRequest, q.QueryCommitmentsResponse, { contributor: alice.text });
    expect(mine().commitments).toEqual([]);
    chain.commit(alice, rootOf('secret'));
    expect(mine().commitments).toMatchObject([{ contributor: alice.text, height: 6n, expiresHeight: 16n }]);
  });
});

describe('provenance', () => {
  function family(): Fixture {
    const chain = new Fixture();
    chain.contribute('1');
    chain.contribute('2');
    chain.contribute('3', bob, { parents: [1n, 2n] });
    chain.contribute('4', bob, { parents: [1n, 3n] });
    chain.contribute('5', bob, { parents: [4n] });
    return chain;
  }
  const ask = (chain: Fixture, path: 'Ancestors' | 'Descendants', contributionId: bigint, maxDepth = 0) =>
    chain.query(path, q.QueryLineageRequest, q.QueryLineageResponse, { contributionId, maxDepth });
  const flat = (answer: q.QueryLineageResponse) =>
    answer.nodes.map((node) => [Number(node.contributionId), node.depth]);

  it('shows ancestors and descendants once each, nearest first', () => {
    const chain = family();
    expect(flat(ask(chain, 'Ancestors', 5n))).toEqual([
      [4, 1],
      [1, 2],
      [3, 2],
      [2, 3],
    ]);
    expect(flat(ask(chain, 'Descendants', 2n))).toEqual([
      [3, 1],
      [4, 2],
      [5, 3],
    ]);
    expect(ask(chain, 'Ancestors', 1n)).toEqual({ nodes: [], truncated: false });
  });

  it('stops at the depth asked for and says that there is more', () => {
    const chain = family();
    expect(ask(chain, 'Ancestors', 5n, 1)).toEqual({ nodes: [{ contributionId: 4n, depth: 1 }], truncated: true });
    expect(ask(chain, 'Descendants', 1n, 3).truncated).toBe(false);
    expect(() => ask(chain, 'Ancestors', 5n, 17)).toThrow('above 16');
    expect(() => ask(chain, 'Ancestors', 50n)).toThrow('not found');
  });
});

it('a table that shares rows with an earlier one is reported with its similarity, and accepted all the same', () => {
  const chain = new Fixture();
  const rows = (from: number) => Array.from({ length: 30 }, (_, at) => [String(from + at)]);
  const withSketch = (name: string, from: number) => {
    const message = submission(name);
    return { manifest: message.manifest && { ...message.manifest, sketch: rowSketch(rows(from)) } };
  };
  chain.contribute('first', alice, withSketch('first', 0));
  chain.contribute('copy', alice, withSketch('copy', 1));
  chain.contribute('other', alice, withSketch('other', 500));
  const similar = (id: bigint) => chain.keeper.get(chain.ctx(), id)?.similar ?? [];
  expect(similar(2n)).toHaveLength(1);
  expect(similar(2n)[0]?.contributionId).toBe(1n);
  expect(Number(similar(2n)[0]?.similarityPpm)).toBeGreaterThan(800_000);
  expect([similar(1n), similar(3n)]).toEqual([[], []]);
});
