import { CanonicalVoteExtension, type ValidatorSet } from '../../proto/generated/infinet/chain/v1/state.ts';
import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { type abci, cometValidator } from '../../sdk/codec/index.ts';
import { encodeFrame } from '../abci/frames.ts';
import type { ExtendedVote } from '../module.ts';
import { equalBytes } from '../tx/wire.ts';
import { verifyEd25519 } from './ed25519.ts';
import { consensusAddress, totalPower } from './validators.ts';

/** Longest vote extension in bytes. */
export const maxExtensionBytes = 256;

/** Bytes of an ECVRF-EDWARDS25519-SHA512-TAI proof (RFC 9381). */
const vrfProofBytes = 80;

/** Block and chain that extensions were signed for. */
export interface SignedBlock {
  readonly chainId: string;
  readonly height: bigint;
}

/** Refuses by shape and size only: whether a price or proof is right is not for the vote to decide. */
export function isWellFormedExtension(bytes: Uint8Array): boolean {
  if (bytes.length > maxExtensionBytes) return false;
  try {
    const extension = VoteExtension.decode(bytes);
    const proof = extension.vrfProof.length;
    return (proof === 0 || proof === vrfProofBytes) && equalBytes(VoteExtension.encode(extension).finish(), bytes);
  } catch {
    return false;
  }
}

/** What a validator signs for its extension: a length-delimited `CanonicalVoteExtension` (CometBFT types/vote.go). */
export function extensionSignBytes(block: SignedBlock, round: number, extension: Uint8Array): Uint8Array {
  const { chainId, height } = block;
  return encodeFrame(CanonicalVoteExtension.encode({ extension, height, round: BigInt(round), chainId }).finish());
}

/**
 * Says what is wrong with an extended commit, or undefined: it must be the commit that the block itself carries, made by
 * `set` (which the state keeps; the proposer is not asked), every extension signed or left out, signed by more than 2/3 of
 * the power.
 */
export function problemOfCommit(
  extended: abci.ExtendedCommitInfo,
  proposed: abci.CommitInfo,
  set: ValidatorSet,
  block: SignedBlock,
): string | undefined {
  if (extended.round !== proposed.round) return `round ${extended.round} is not the commit's ${proposed.round}`;
  const count = set.validators.length;
  if (extended.votes.length !== count || proposed.votes.length !== count) {
    return `${extended.votes.length} extended votes and ${proposed.votes.length} votes for ${count} validators`;
  }
  let power = 0n;
  for (const [index, vote] of extended.votes.entries()) {
    const member = set.validators[index];
    const plain = proposed.votes[index];
    if (member === undefined || plain === undefined) return `vote ${index} has no validator`;
    const address = consensusAddress(member.publicKey);
    if (!sameVoter(vote, address, member.power)) return `vote ${index} is not of validator ${index} of the state`;
    if (!sameVoter(plain, address, member.power)) return `vote ${index} of the commit is not of validator ${index}`;
    if (vote.blockIdFlag !== plain.blockIdFlag) return `vote ${index} differs from the commit's`;
    if (vote.blockIdFlag !== cometValidator.BlockIDFlag.BLOCK_ID_FLAG_COMMIT) {
      if (vote.voteExtension.length + vote.extensionSignature.length > 0)
        return `vote ${index} may not have an extension`;
      continue;
    }
    if (isLeftOut(vote)) continue;
    if (vote.voteExtension.length > maxExtensionBytes) return `the extension of vote ${index} is too long`;
    const signBytes = extensionSignBytes(block, extended.round, vote.voteExtension);
    if (!verifyEd25519(member.publicKey, signBytes, vote.extensionSignature)) {
      return `the extension of vote ${index} has a wrong signature`;
    }
    power += member.power;
  }
  const total = totalPower(set);
  return power * 3n > total * 2n ? undefined : `extensions have ${power} of ${total} power, not more than 2/3`;
}

/**
 * Leaves out extensions that every node would refuse. CometBFT takes a precommit that comes after the decision into the
 * last commit without having its extension verified, so one validator could spoil every proposal with it.
 */
export function withoutMalformed(extended: abci.ExtendedCommitInfo): abci.ExtendedCommitInfo {
  const votes = extended.votes.map((vote) =>
    vote.voteExtension.length <= maxExtensionBytes
      ? vote
      : { ...vote, voteExtension: new Uint8Array(), extensionSignature: new Uint8Array() },
  );
  return { ...extended, votes };
}

/** A vote in the commit whose extension the proposer did not pass on: no power of it counts towards the 2/3. */
function isLeftOut(vote: abci.ExtendedVoteInfo): boolean {
  return vote.voteExtension.length === 0 && vote.extensionSignature.length === 0;
}

/** A decided commit as modules see it. Throws when it does not fit the set: then this node's state is wrong. */
export function toExtendedVotes(extended: abci.ExtendedCommitInfo, set: ValidatorSet): ExtendedVote[] {
  if (extended.votes.length !== set.validators.length) {
    throw new Error(`an injected commit has ${extended.votes.length} votes for ${set.validators.length} validators`);
  }
  return set.validators.map(({ publicKey, power }, index) => {
    const vote = extended.votes[index];
    const validator = consensusAddress(publicKey);
    if (vote === undefined || !sameVoter(vote, validator, power)) {
      throw new Error(`vote ${index} of an injected commit is not of validator ${index} of the state`);
    }
    const signed = vote.blockIdFlag === cometValidator.BlockIDFlag.BLOCK_ID_FLAG_COMMIT;
    return { validator, power, extension: signed ? vote.voteExtension : undefined };
  });
}

function sameVoter(vote: { validator: abci.Validator }, address: Uint8Array, power: bigint): boolean {
  return equalBytes(vote.validator.address, address) && vote.validator.power === power;
}
