import { describe, expect, it } from 'vitest';
import { contributionStatusChanged, contributionSubmitted } from './events.ts';
import { alice, bob, Fixture, genesis, refusal, rootOf, submission } from './fixture.ts';
import { msgSubmitContribution, msgUpdateManifest, msgWithdrawContribution } from './messages.ts';

const rejected = { accepted: false, reason: 'unavailable', metrics: [] };

/** Runs `work` and returns what it throws. */
function refused(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return 'nothing was refused';
}

/** A chain on which Alice committed to `a` a block ago. */
function committed(): Fixture {
  const chain = new Fixture();
  chain.commit(alice, rootOf('a'));
  chain.blocks();
  return chain;
}

describe('submitting a contribution', () => {
  it('opens the commitment, takes the deposit, asks for an assessment and says so', () => {
    const chain = committed();
    chain.events();
    const answer = chain.send(msgSubmitContribution, submission('a'));
    expect(answer).toEqual({ contributionId: 1n, taskId: 1n });
    expect(chain.status(1n)).toBe('assessing');
    expect(chain.assessed).toEqual([[1n, 1n]]);
    expect([chain.balance(alice), chain.balance('contribution')]).toEqual([9_900n, 100n]);
    const events = chain.events();
    const submitted = events.find(({ type }) => type === 'contribution_submitted');
    expect(submitted && contributionSubmitted.decode(submitted)).toMatchObject({
      contribution_id: 1n,
      contributor: alice.text,
      kind: 'data',
      root: rootOf('a'),
      uris: '["https://example.org/data.csv"]',
      committed_height: 1n,
    });
    const changes = events.filter(({ type }) => type === 'contribution_status_changed');
    expect(changes.map((event) => contributionStatusChanged.decode(event).status)).toEqual(['submitted', 'assessing']);
  });

  it('needs an objective that exists', () => {
    const error = refused(() => committed().send(msgSubmitContribution, { ...submission('a'), objectiveId: 9n }));
    expect(error).toEqual(refusal(2, 'objective 9'));
  });

  it('must be of the objective’s kind', () => {
    const error = refused(() => committed().send(msgSubmitContribution, { ...submission('a'), objectiveId: 2n }));
    expect(error).toEqual(refusal(4, 'objective 2 wants model'));
  });

  it('must be of a kind that verifiers can assess', () => {
    const chain = committed();
    const error = refused(() => chain.send(msgSubmitContribution, { ...submission('a'), objectiveId: 2n, kind: 2 }));
    expect(error).toEqual(refusal(5, 'model'));
  });

  it('needs a commitment to this root, by this sender, with this salt', () => {
    const chain = committed();
    const wrong = [submission('b'), submission('a', bob), { ...submission('a'), salt: new Uint8Array(32).fill(8) }];
    for (const message of wrong) expect(refused(() => chain.send(msgSubmitContribution, message))).toEqual(refusal(6));
  });

  it('cannot come in the block of its commitment', () => {
    const chain = new Fixture();
    chain.commit(alice, rootOf('a'));
    expect(refused(() => chain.send(msgSubmitContribution, submission('a')))).toEqual(refusal(7, 'height 1'));
  });

  it('cannot come after its commitment expired, whether or not the block hook has forgotten it', () => {
    const chain = committed();
    chain.height = 12n;
    expect(refused(() => chain.send(msgSubmitContribution, submission('a')))).toEqual(refusal(8, 'height 11'));
    chain.blocks();
    expect(refused(() => chain.send(msgSubmitContribution, submission('a')))).toEqual(refusal(6));
    expect(chain.events().map(({ type }) => type)).toContain('contribution_commitment_expired');
  });

  it('can still come in the commitment’s last block', () => {
    const chain = committed();
    chain.height = 11n;
    expect(chain.send(msgSubmitContribution, submission('a')).contributionId).toBe(1n);
  });

  it('refuses the same commitment twice', () => {
    const chain = committed();
    expect(refused(() => chain.commit(alice, rootOf('a')))).toEqual(refusal(9));
  });

  it('uses its commitment up', () => {
    const chain = new Fixture();
    chain.contribute('a');
    expect(refused(() => chain.send(msgSubmitContribution, submission('a')))).toEqual(refusal(6));
  });

  it('refuses a deposit below the minimum or in another denomination', () => {
    const chain = committed();
    const small = { ...submission('a'), deposit: { denom: 'uinf', amount: '99' } };
    const foreign = { ...submission('a'), deposit: { denom: 'uother', amount: '100' } };
    expect(refused(() => chain.send(msgSubmitContribution, small))).toEqual(refusal(13, '99uinf, at least 100uinf'));
    expect(refused(() => chain.send(msgSubmitContribution, foreign))).toEqual(refusal(25, 'uother'));
  });

  it('costs nothing and leaves nothing when the sender cannot pay the deposit', () => {
    const chain = committed();
    const rich = { ...submission('a'), deposit: { denom: 'uinf', amount: '10001' } };
    chain.events();
    expect(refused(() => chain.send(msgSubmitContribution, rich))).toMatchObject({ codespace: 'sdk', code: 5 });
    expect([chain.status(1n), chain.balance(alice), chain.events()]).toEqual(['none', 10_000n, []]);
    expect(chain.send(msgSubmitContribution, submission('a')).contributionId).toBe(1n);
  });

  it('refuses an artifact larger than verifiers fetch', () => {
    const message = submission('a');
    const manifest = message.manifest && { ...message.manifest, sizeBytes: 1_000_001n };
    const error = refused(() => committed().send(msgSubmitContribution, { ...message, manifest }));
    expect(error).toEqual(refusal(21, 'at most 1000000'));
  });

  it('refuses the hash of another schema, and takes none as the objective’s', () => {
    const chain = committed();
    const message = submission('a');
    const withHash = (schemaHash: Uint8Array) => ({
      ...message,
      manifest: message.manifest && { ...message.manifest, schemaHash },
    });
    expect(refused(() => chain.send(msgSubmitContribution, withHash(rootOf('other'))))).toEqual(refusal(20, 'must be'));
    expect(chain.send(msgSubmitContribution, withHash(new Uint8Array())).contributionId).toBe(1n);
  });

  it('refuses unknown parents, itself, and parents that came to nothing', () => {
    const chain = new Fixture();
    chain.contribute('lost');
    chain.keeper.recordAssessment(chain.ctx(), 1n, rejected);
    const unknown = refused(() => chain.contribute('a', alice, { parents: [9n] }));
    expect(unknown).toEqual(refusal(11, 'contribution 9'));
    expect(refused(() => chain.contribute('b', alice, { parents: [2n] }))).toEqual(refusal(11, 'contribution 2'));
    expect(refused(() => chain.contribute('c', alice, { parents: [1n] }))).toEqual(refusal(12, 'contribution 1'));
  });

  it('is too late after the objective’s deadline', () => {
    const late = { ...genesis.objectives[0], deadline_height: '2' };
    const chain = new Fixture({ ...genesis, objectives: [late] });
    chain.commit(alice, rootOf('a'));
    chain.height = 3n;
    expect(refused(() => chain.send(msgSubmitContribution, submission('a')))).toEqual(refusal(15, 'height 2'));
    chain.blocks();
    expect(refused(() => chain.send(msgSubmitContribution, submission('a')))).toEqual(refusal(15, 'is closed'));
  });
});

describe('one contribution holds a root', () => {
  it('a second submission is refused with the id of the first, also from its own contributor', () => {
    const chain = new Fixture();
    chain.contribute('a');
    const again = { salt: new Uint8Array(32).fill(7) };
    expect(refused(() => chain.contribute('a', alice, again))).toEqual(refusal(10, 'contribution 1 has this root'));
    expect(refused(() => chain.contribute('a', bob))).toEqual(refusal(10, 'contribution 1 has this root'));
  });

  it('a root seen in the mempool cannot be stolen: the thief’s commitment is younger, and its sender is bound', () => {
    const chain = committed();
    const stolen = { ...submission('a'), contributor: bob.text };
    expect(refused(() => chain.send(msgSubmitContribution, stolen))).toEqual(refusal(6));
    chain.commit(bob, rootOf('a'));
    expect(refused(() => chain.send(msgSubmitContribution, stolen))).toEqual(refusal(7));
  });

  it('even if the thief gets in first, the earlier commitment takes the root over', () => {
    const chain = committed();
    chain.commit(bob, rootOf('a'));
    chain.blocks();
    const stolen = chain.send(msgSubmitContribution, submission('a', bob)).contributionId;
    const own = chain.send(msgSubmitContribution, submission('a')).contributionId;
    expect(chain.status(stolen)).toBe('rejected: superseded_by_2');
    expect(chain.status(own)).toBe('assessing');
    chain.keeper.recordAssessment(chain.ctx(), stolen, { accepted: true, reason: '', metrics: [] });
    expect(chain.status(stolen)).toBe('rejected: superseded_by_2');
    chain.blocks(6);
    expect(chain.balance(bob)).toBe(10_000n);
  });

  it('what is final stays, whoever committed earlier', () => {
    const chain = committed();
    chain.commit(bob, rootOf('a'));
    chain.blocks();
    const first = chain.send(msgSubmitContribution, submission('a', bob)).contributionId;
    chain.keeper.recordAssessment(chain.ctx(), first, { accepted: true, reason: '', metrics: [] });
    chain.blocks(6);
    expect(chain.status(first)).toBe('final');
    expect(refused(() => chain.send(msgSubmitContribution, submission('a')))).toEqual(refusal(10, 'contribution 1'));
  });

  it('after a rejection its contributor may try again, nobody else', () => {
    const chain = new Fixture();
    const first = chain.contribute('a');
    chain.keeper.recordAssessment(chain.ctx(), first, rejected);
    expect(refused(() => chain.contribute('a', bob))).toEqual(refusal(10));
    expect(chain.contribute('a')).toBe(2n);
  });
});

describe('changing one’s own contribution', () => {
  it('mirrors can be replaced by the contributor, while it is not withdrawn', () => {
    const chain = new Fixture();
    const id = chain.contribute('a');
    const message = { contributor: alice.text, contributionId: id, uris: ['ipfs://elsewhere'] };
    chain.send(msgUpdateManifest, message);
    const manifest = chain.keeper.get(chain.ctx(), id)?.manifest;
    expect([manifest?.uris, manifest?.contentRoot]).toEqual([['ipfs://elsewhere'], rootOf('a')]);
    expect(refused(() => chain.send(msgUpdateManifest, { ...message, contributor: bob.text }))).toEqual(refusal(16));
    expect(refused(() => chain.send(msgUpdateManifest, { ...message, contributionId: 7n }))).toEqual(refusal(3, '7'));
    chain.send(msgWithdrawContribution, { contributor: alice.text, contributionId: id });
    expect(refused(() => chain.send(msgUpdateManifest, message))).toEqual(refusal(18, 'withdrawn'));
  });
});
