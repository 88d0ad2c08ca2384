import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueryStreamRequest, QueryStreamResponse } from '../../proto/generated/infinet/contribution/v1/query.ts';
import { hashLeaf, merkleRoot } from '../../training/merkle.ts';
import { contributionVersion } from './events.ts';
import { account, alice, bob, Fixture, refusal, rootOf, salt, submission } from './fixture.ts';
import { appendLeaf, type GrowingTree, growingRoot } from './formulas.ts';
import { msgAppendRecords, msgSetStreamDevices, msgWithdrawContribution } from './messages.ts';

const good = { accepted: true, reason: '', metrics: [] };

function append(chain: Fixture, streamId: bigint, name: string, who = alice) {
  chain.commit(who, rootOf(name));
  chain.blocks();
  const { deposit, manifest } = submission(name);
  return chain.send(msgAppendRecords, { sender: who.text, streamId, salt, manifest, deposit });
}

const stream = (chain: Fixture, streamId: bigint) =>
  chain.query('Stream', QueryStreamRequest, QueryStreamResponse, { streamId }).stream;

describe('a stream of records', () => {
  it('grows by versions that are contributions of their own, under a root that covers all of them', () => {
    const chain = new Fixture();
    const first = chain.contribute('day 1');
    chain.blocks(2);
    expect(append(chain, first, 'day 2')).toMatchObject({ contributionId: 2n, taskId: 2n, version: 2n });
    chain.blocks(2);
    chain.events();
    const third = append(chain, first, 'day 3');
    const roots = ['day 1', 'day 2', 'day 3'].map((name) => hashLeaf(rootOf(name)));
    expect(third.streamRoot).toEqual(merkleRoot(roots));
    expect(stream(chain, first)).toMatchObject({
      owner: alice.text,
      versions: 3n,
      sizeBytes: 15_000n,
      root: merkleRoot(roots),
    });
    expect(chain.keeper.get(chain.ctx(), 3n)).toMatchObject({
      streamId: first,
      version: 3n,
      previousVersion: 2n,
      parents: [1n],
    });
    const event = chain.events().find(({ type }) => type === 'contribution_version');
    expect(event && contributionVersion.decode(event)).toMatchObject({ version: 3n, stream_id: 1n, previous_id: 2n });
  });

  it('is valued by increment: every version is settled alone, and none is deducted from another', () => {
    const chain = new Fixture();
    const first = chain.contribute('day 1');
    chain.blocks(2);
    append(chain, first, 'day 2');
    chain.keeper.recordAssessment(chain.ctx(), 1n, good);
    chain.keeper.recordAssessment(chain.ctx(), 2n, good);
    chain.blocks(6);
    expect(chain.settled.map(({ contributionId, previousVersion }) => [contributionId, previousVersion])).toEqual([
      [1n, undefined],
      [2n, undefined],
    ]);
  });

  it('takes records from its devices, which earn for its owner and pay the deposit', () => {
    const chain = new Fixture();
    const first = chain.contribute('day 1');
    expect(() => append(chain, first, 'day 2', bob)).toThrow(refusal(16, 'belongs to'));
    const devices = [bob.text];
    chain.send(msgSetStreamDevices, { contributor: alice.text, streamId: first, devices });
    chain.blocks(2);
    const { contributionId } = append(chain, first, 'day 3', bob);
    expect(chain.keeper.contributor(chain.ctx(), contributionId)).toEqual(alice.bytes);
    expect([chain.balance(alice), chain.balance(bob)]).toEqual([9_900n, 9_900n]);
    chain.send(msgSetStreamDevices, { contributor: alice.text, streamId: first, devices: [] });
    chain.blocks(3);
    expect(() => append(chain, first, 'day 4', bob)).toThrow(refusal(16));
  });

  it('has limits: blocks between versions, and their number', () => {
    const chain = new Fixture();
    const first = chain.contribute('0');
    expect(() => append(chain, first, 'hasty')).toThrow(refusal(34, 'from height 5'));
    for (const name of ['1', '2', '3']) {
      chain.blocks(3);
      append(chain, first, name);
    }
    chain.blocks(3);
    expect(() => append(chain, first, '4')).toThrow(refusal(35));
  });

  it('is refused without commitment, after a copy, and where there is no stream to append to', () => {
    const chain = new Fixture();
    const first = chain.contribute('day 1');
    chain.blocks(3);
    const { deposit, manifest } = submission('day 2');
    const bare = { sender: alice.text, streamId: first, salt, manifest, deposit };
    expect(() => chain.send(msgAppendRecords, bare)).toThrow(refusal(6));
    expect(() => append(chain, first, 'day 1')).toThrow(refusal(10));
    expect(() => append(chain, 9n, 'day 3')).toThrow(refusal(3));
    const second = append(chain, first, 'day 4').contributionId;
    expect(() => append(chain, second, 'day 5')).toThrow(refusal(36));
    const model = chain.keeper.createModelFromRun(chain.ctx(), {
      runId: 4n,
      trainer: alice.bytes,
      objectiveId: 2n,
      finalRoot: rootOf('weights'),
      sizeBytes: 1n,
      uris: ['file:x'],
      metrics: [],
    });
    expect(() => append(chain, model, 'day 6')).toThrow(refusal(36));
    chain.send(msgWithdrawContribution, { contributor: alice.text, contributionId: first });
    chain.blocks(3);
    expect(() => append(chain, first, 'day 7')).toThrow(refusal(18, 'withdrawn'));
    expect(chain.balance(alice)).toBe(9_800n);
  });

  it('names only accounts as devices, each once', () => {
    const chain = new Fixture();
    const first = chain.contribute('day 1');
    const set = (devices: string[], who = alice) =>
      chain.send(msgSetStreamDevices, { contributor: who.text, streamId: first, devices });
    expect(() => set([bob.text, bob.text])).toThrow(refusal(23, 'ascending'));
    expect(() => set(Array.from({ length: 17 }, (_, at) => account(`device ${at}`).text).sort())).toThrow(
      refusal(23, '17'),
    );
    expect(() => set(['nobody'])).toThrow(refusal(23, 'nobody'));
    expect(() => set([bob.text.toUpperCase()])).toThrow(refusal(23, 'address'));
    expect(() => set([], bob)).toThrow(refusal(16));
  });
});

describe('a new version of a contribution', () => {
  it('names the one before, of which valuation deducts the worth', () => {
    const chain = new Fixture();
    const first = chain.contribute('v1');
    const second = chain.contribute('v2', alice, { versionOf: first });
    expect(chain.keeper.get(chain.ctx(), second)).toMatchObject({ version: 2n, previousVersion: first, streamId: 0n });
    for (const id of [first, second]) chain.keeper.recordAssessment(chain.ctx(), id, good);
    chain.blocks(6);
    expect(chain.settled[1]).toMatchObject({ contributionId: second, previousVersion: first });
  });

  it('is refused unless it follows the latest version of one’s own for the same objective', () => {
    const chain = new Fixture();
    const first = chain.contribute('v1');
    expect(() => chain.contribute('v2', bob, { versionOf: first })).toThrow(refusal(37));
    expect(() => chain.contribute('v0', alice, { versionOf: 9n })).toThrow(refusal(3));
    chain.contribute('v2', alice, { versionOf: first });
    expect(() => chain.contribute('v3', alice, { versionOf: first })).toThrow(refusal(37));
    chain.keeper.recordAssessment(chain.ctx(), 2n, { accepted: false, reason: 'invalid', metrics: [] });
    expect(() => chain.contribute('v4', alice, { versionOf: 2n })).toThrow(refusal(37));
  });
});

it('a tree that only grows has the root of RFC 6962 over all its leaves at every size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 40 }),
      (leaves) => {
        let tree: GrowingTree = { count: 0n, frontier: [] };
        leaves.forEach((leaf, at) => {
          tree = appendLeaf(tree, leaf);
          expect(growingRoot(tree)).toEqual(merkleRoot(leaves.slice(0, at + 1).map(hashLeaf)));
        });
        expect(tree.frontier.length).toBeLessThanOrEqual(6);
      },
    ),
  );
});
