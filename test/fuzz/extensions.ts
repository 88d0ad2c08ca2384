import { isWellFormedExtension } from '../../chain/app/extendedCommit.ts';
import { decodeInjectedTx, encodeInjectedTx } from '../../chain/app/injectedTx.ts';
import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { abci } from '../../sdk/codec/index.ts';
import { equalBytes } from '../../training/merkle.ts';
import { liveChain } from './chain.ts';
import { damage } from './mutateFields.ts';
import type { Target } from './target.ts';

const { ACCEPT } = abci.ResponseProcessProposal_ProposalStatus;

/**
 * Vote extensions and the extended commit that a proposer puts first into a block: an extension is taken only if it writes
 * back as itself, and a block with a changed commit only if every signature in it is still one that was made.
 */
export async function extensionTarget(): Promise<Target> {
  const chain = await liveChain(12, () => false);
  const { app } = chain.machine;
  const good = chain.simulator.proposal();
  const [injected, ...others] = good.txs;
  const commit = injected === undefined ? undefined : decodeInjectedTx(injected);
  if (injected === undefined || commit === undefined) throw new Error('the block has no extended commit');
  const signed = new Set(commit.votes.map(signature));
  const extensions = commit.votes.map(({ voteExtension }) => voteExtension);
  const process = (first: Uint8Array) =>
    app.processProposal({
      height: good.height,
      ...(good.time && { time: good.time }),
      hash: good.hash,
      misbehavior: [],
      nextValidatorsHash: good.nextValidatorsHash,
      proposerAddress: good.proposerAddress,
      proposedLastCommit: good.decidedLastCommit,
      txs: [first, ...others],
    }).status === ACCEPT;
  if (!process(injected)) throw new Error('the good block is refused');
  return {
    name: 'extension',
    run: (random) => {
      if (random.oneIn(2)) {
        const bytes = damage(random, random.pick(extensions), random.pick(extensions));
        if (!isWellFormedExtension(bytes)) return false;
        if (bytes.length > 256) throw new Error('an extension of more than 256 bytes is taken');
        if (!equalBytes(VoteExtension.encode(VoteExtension.decode(bytes)).finish(), bytes))
          throw new Error('an extension is taken that does not write back as itself');
        return true;
      }
      const changed = random.oneIn(2)
        ? damage(random, injected, random.pick(extensions))
        : encodeInjectedTx({ ...commit, votes: swapped(random.below(4), random.below(8), commit.votes) });
      if (!process(changed)) return false;
      const taken = decodeInjectedTx(changed);
      const forged = taken?.votes.find((vote) => vote.voteExtension.length > 0 && !signed.has(signature(vote)));
      if (taken === undefined || forged !== undefined) throw new Error('a block with a forged extension is accepted');
      return true;
    },
    close: chain.close,
  };
}

function signature({ voteExtension, extensionSignature, validator }: abci.ExtendedVoteInfo): string {
  return [validator.address, voteExtension, extensionSignature].map((part) => Buffer.from(part).toString('hex')).join();
}

/** Votes as a lying proposer might pass them on: without one, with one twice, one without its extension, a power changed. */
function swapped(kind: number, at: number, votes: readonly abci.ExtendedVoteInfo[]): abci.ExtendedVoteInfo[] {
  const index = at % votes.length;
  const none = { voteExtension: new Uint8Array(), extensionSignature: new Uint8Array() };
  switch (kind) {
    case 0:
      return votes.filter((_, i) => i !== index);
    case 1:
      return votes.map((vote, i) => (i === index ? (votes[0] ?? vote) : vote));
    case 2:
      return votes.map((vote, i) => (i === index ? { ...vote, ...none } : vote));
    default:
      return votes.map((vote, i) =>
        i === index ? { ...vote, validator: { ...vote.validator, power: vote.validator.power + 1n } } : vote,
      );
  }
}
