import { describe, expect, it } from 'vitest';
import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { abci } from '../../sdk/codec/index.ts';
import { encodeInjectedTx } from './injectedTx.ts';
import { blockOf, check, initChain, nextBlock, type ToyChain, toyChain } from './testing/toyChain.ts';
import { makeTx } from './testing/txs.ts';
import { extendedCommit, plainCommit, validatorOf, validators } from './testing/votes.ts';

const { ACCEPT, REJECT } = abci.ResponseProcessProposal_ProposalStatus;
const extension = VoteExtension.encode({
  prices: [{ symbol: 0, valueMicro: 7n }],
  beaconRound: 0n,
  observedSeconds: 0n,
  vrfProof: new Uint8Array(),
}).finish();

/** A chain at height 1 whose block 2 is the first to carry extensions. */
function started(): ToyChain {
  const chain = toyChain();
  initChain(chain, 1n);
  nextBlock(chain);
  return chain;
}

function propose(chain: ToyChain, txs: readonly Uint8Array[], commit: abci.CommitInfo, height = 2n) {
  const { decidedLastCommit: _decided, ...block } = blockOf(height, txs);
  return chain.app.processProposal({ ...block, proposedLastCommit: commit }).status;
}

function prepare(chain: ToyChain, txs: readonly Uint8Array[], maxTxBytes = 1_000_000n, height = 2n) {
  const { decidedLastCommit: _decided, hash: _hash, ...block } = blockOf(height, txs);
  const localLastCommit = extendedCommit(height - 1n, undefined, extension);
  return chain.app.prepareProposal({ ...block, maxTxBytes, localLastCommit }).txs;
}

/** The extended commit of height 1 with one vote changed. */
function forge(index: number, change: (vote: abci.ExtendedVoteInfo) => Partial<abci.ExtendedVoteInfo>) {
  const commit = extendedCommit(1n, undefined, extension);
  return { ...commit, votes: commit.votes.map((vote, at) => (at === index ? { ...vote, ...change(vote) } : vote)) };
}

describe('a proposal', () => {
  it('starts with the extended commit and is accepted by everyone', () => {
    const chain = started();
    const txs = prepare(chain, [makeTx()]);
    expect(txs).toHaveLength(2);
    expect(propose(chain, txs, plainCommit(extendedCommit(1n)))).toBe(ACCEPT);
  });

  it('has no extended commit at the enable height', () => {
    const chain = toyChain();
    initChain(chain, 1n);
    expect(prepare(chain, [], 1_000_000n, 1n)).toEqual([]);
    expect(propose(chain, [], { round: 0, votes: [] }, 1n)).toBe(ACCEPT);
    expect(propose(chain, [encodeInjectedTx(extendedCommit(0n))], { round: 0, votes: [] }, 1n)).toBe(REJECT);
  });

  it('has no extended commit as the first block of a chain that goes on above the enable height', () => {
    const chain = toyChain();
    initChain(chain, 1n, {}, -1n, 500n);
    const { decidedLastCommit: _decided, hash: _hash, ...block } = blockOf(500n, []);
    const { txs } = chain.app.prepareProposal({
      ...block,
      maxTxBytes: 1_000_000n,
      localLastCommit: { round: 0, votes: [] },
    });
    expect(propose(chain, txs, { round: 0, votes: [] }, 500n)).toBe(ACCEPT);
    chain.app.finalizeBlock(blockOf(500n, txs));
    chain.app.commit();
    const next = prepare(chain, [], 1_000_000n, 501n);
    expect(propose(chain, next, plainCommit(extendedCommit(500n)), 501n)).toBe(ACCEPT);
    expect(propose(chain, [], plainCommit(extendedCommit(500n)), 501n)).toBe(REJECT);
  });

  it('takes what fits into its bytes, counting the extended commit, and leaves out what does not decode', () => {
    const chain = started();
    const injected = prepare(chain, []).reduce((sum, tx) => sum + tx.length + 3, 0);
    const [one, two] = [makeTx(), makeTx({ sequence: 1n, memo: 'x'.repeat(200) })];
    const room = BigInt(injected + one.length + 3);
    expect(prepare(chain, [Uint8Array.of(1, 2), two, one], room)).toHaveLength(2);
    expect(prepare(chain, [two, one], room)[1]).toEqual(one);
  });

  it('takes no more gas than a block holds', () => {
    const chain = toyChain();
    initChain(chain, 0n, {}, 450_000n);
    nextBlock(chain);
    const txs = [0n, 1n, 2n].map((sequence) => makeTx({ sequence }));
    expect(prepare(chain, txs)).toHaveLength(2);
    expect(propose(chain, txs, { round: 0, votes: [] })).toBe(REJECT);
  });

  const commit = extendedCommit(1n, undefined, extension);
  const refusals: readonly [name: string, extended: abci.ExtendedCommitInfo, plain?: abci.CommitInfo][] = [
    ['a forged extension', forge(1, () => ({ voteExtension: new Uint8Array() }))],
    [
      'a forged signature',
      forge(0, (vote) => ({ extensionSignature: vote.extensionSignature.map((byte) => byte ^ 1) })),
    ],
    ['the extension of another height', extendedCommit(7n, undefined, extension)],
    ['another round than the commit', { ...commit, round: 2 }, plainCommit(commit)],
    ['a vote less', { ...commit, votes: commit.votes.slice(1) }],
    ['a vote twice', { ...commit, votes: [0, 0, 1, 2].flatMap((index) => commit.votes.slice(index, index + 1)) }],
    ['more power than the state says', forge(2, (vote) => ({ validator: { ...vote.validator, power: 90n } }))],
    [
      'a validator that is not in the set',
      forge(3, () => ({ validator: { address: validatorOf('x', 1n).address, power: 10n } })),
    ],
    [
      'a vote dropped that the commit has',
      forge(3, () => ({ blockIdFlag: 1, voteExtension: new Uint8Array(), extensionSignature: new Uint8Array() })),
      plainCommit(commit),
    ],
    ['an extension on a vote for nil', forge(3, () => ({ blockIdFlag: 3 }))],
    ['no more than 2/3 of the power', extendedCommit(1n, [2, 1, 2, 1], extension)],
    ['an extension over 256 bytes', extendedCommit(1n, undefined, new Uint8Array(257))],
  ];

  it.each(refusals)('is refused with %s', (_name, extended, plain) => {
    const chain = started();
    expect(propose(chain, [encodeInjectedTx(extended)], plain ?? plainCommit(extended))).toBe(REJECT);
  });

  it('is accepted with absent and nil votes as long as more than 2/3 signed', () => {
    const extended = extendedCommit(1n, [2, 2, 3, 1], extension);
    expect(propose(started(), [encodeInjectedTx(extended)], plainCommit(extended))).toBe(ACCEPT);
  });

  it('survives a late precommit with an extension over 256 bytes, which nobody was asked to verify', () => {
    const chain = started();
    const good = extendedCommit(1n, undefined, extension);
    const late = extendedCommit(1n, undefined, new Uint8Array(200_000).fill(1));
    const votes = good.votes.map((vote, index) => (index === 3 ? (late.votes[index] ?? vote) : vote));
    const { decidedLastCommit: _decided, hash: _hash, ...block } = blockOf(2n, []);
    const request = { ...block, maxTxBytes: 100_000n, localLastCommit: { ...good, votes } };
    const { txs } = chain.app.prepareProposal(request);
    expect(txs).toHaveLength(1);
    expect(propose(chain, txs, plainCommit(good))).toBe(ACCEPT);
  });

  it('may leave out the extensions of a third of the power, but no more', () => {
    const silent = { voteExtension: new Uint8Array(), extensionSignature: new Uint8Array() };
    const without = (indexes: readonly number[]) => {
      const good = extendedCommit(1n, undefined, extension);
      const votes = good.votes.map((vote, index) => (indexes.includes(index) ? { ...vote, ...silent } : vote));
      return propose(started(), [encodeInjectedTx({ ...good, votes })], plainCommit(good));
    };
    expect(without([2, 3])).toBe(ACCEPT);
    expect(without([0])).toBe(REJECT);
  });

  it('is refused without the extended commit, with it elsewhere, twice, or not exactly encoded', () => {
    const chain = started();
    const injected = encodeInjectedTx(commit);
    const plain = plainCommit(commit);
    expect(propose(chain, [], plain)).toBe(REJECT);
    expect(propose(chain, [makeTx(), injected], plain)).toBe(REJECT);
    expect(propose(chain, [injected, injected], plain)).toBe(REJECT);
    expect(propose(chain, [Uint8Array.from([...injected, 0x1a, 0])], plain)).toBe(REJECT);
    expect(propose(chain, [injected, Uint8Array.of(1)], plain)).toBe(REJECT);
  });

  it('is checked against the set that signed, also when the set changes every block', () => {
    const chain = started();
    const extra = validatorOf('late', 50n);
    chain.log.updates = [{ publicKey: extra.publicKey, power: 50n }];
    extendedBlock(chain, 2n);
    chain.log.updates = [{ publicKey: extra.publicKey, power: 0n }];
    extendedBlock(chain, 3n);
    extendedBlock(chain, 4n);
    // Block 5 proves the votes of height 4, the only one that the newcomer signed.
    const without = extendedCommit(4n, undefined, extension);
    expect(propose(chain, [encodeInjectedTx(without)], plainCommit(without), 5n)).toBe(REJECT);
    const full = extendedCommit(4n, undefined, extension, [extra, ...validators]);
    expect(propose(chain, [encodeInjectedTx(full)], plainCommit(full), 5n)).toBe(ACCEPT);
    nextBlock(chain, [encodeInjectedTx(full)]);
    const next = extendedCommit(5n, undefined, extension);
    expect(propose(chain, [encodeInjectedTx(next)], plainCommit(next), 6n)).toBe(ACCEPT);
  });
});

/** Executes a block with a good extended commit of the genesis validators. */
function extendedBlock(chain: ToyChain, height: bigint) {
  return nextBlock(chain, [encodeInjectedTx(extendedCommit(height - 1n, undefined, extension))]);
}

describe('the injected tx', () => {
  it('hands the votes to the modules and leaves no trace in its result', () => {
    const chain = started();
    const { txResults } = nextBlock(chain, [encodeInjectedTx(extendedCommit(1n, [2, 2, 2, 1], extension)), makeTx()]);
    expect(txResults[0]).toEqual({
      code: 0,
      codespace: '',
      log: '',
      info: '',
      data: new Uint8Array(),
      gasWanted: 0n,
      gasUsed: 0n,
      events: [],
    });
    expect(txResults[1]?.code).toBe(0);
    expect(chain.log.votes).toHaveLength(1);
    expect(chain.log.votes[0]?.map(({ validator, power, extension: bytes }) => [validator, power, bytes])).toEqual(
      validators.map(({ address, power }, index) => [address, power, index === 3 ? undefined : extension]),
    );
  });

  it('stops the node when a decided block lacks it', () => {
    const chain = started();
    expect(() => nextBlock(chain, [makeTx()])).toThrow('block 2 lacks the extended commit');
  });

  it('is refused from the mempool', () => {
    expect(check(started(), encodeInjectedTx(extendedCommit(1n)))).toMatchObject({ code: 2, codespace: 'sdk' });
  });
});

describe('a vote extension', () => {
  const request = abci.RequestExtendVote.fromPartial({ height: 2n });
  const extended = async (extend: () => Promise<Uint8Array>) =>
    (await toyChain({ extensions: { extend } }).app.extendVote(request)).voteExtension;

  it('is what the source makes, and empty when it fails, is late or makes nonsense', async () => {
    expect(await extended(() => Promise.resolve(extension))).toEqual(extension);
    expect(await extended(() => Promise.reject(new Error('no price')))).toEqual(new Uint8Array());
    expect(await extended(() => new Promise(() => undefined))).toEqual(new Uint8Array());
    expect(await extended(() => Promise.resolve(new Uint8Array(300)))).toEqual(new Uint8Array());
  });

  it('is refused by shape and size only', () => {
    const { app } = toyChain();
    const status = (voteExtension: Uint8Array) =>
      app.verifyVoteExtension(abci.RequestVerifyVoteExtension.fromPartial({ voteExtension })).status;
    expect([extension, new Uint8Array()].map(status)).toEqual([1, 1]);
    const shortProof = VoteExtension.encode({
      prices: [],
      beaconRound: 1n,
      vrfProof: new Uint8Array(79),
      observedSeconds: 0n,
    }).finish();
    expect([new Uint8Array(257), Uint8Array.of(0xff), Uint8Array.of(0x58, 1), shortProof].map(status)).toEqual([
      2, 2, 2, 2,
    ]);
  });
});
