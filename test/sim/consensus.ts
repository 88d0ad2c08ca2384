import { sign } from 'node:crypto';
import { extensionSignBytes } from '../../chain/app/extendedCommit.ts';
import { validatorSets } from '../../chain/app/kernelState.ts';
import { totalPower } from '../../chain/app/validators.ts';
import type { ValidatorSet } from '../../proto/generated/infinet/chain/v1/state.ts';
import { SymbolPrice, VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { abci } from '../../sdk/codec/index.ts';
import { chainId, consensusOwner, type Operator, operators, vrfPublicKey } from './actors.ts';
import { fewest } from './evidence.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

/** What CometBFT and the validators' nodes would do: prices, proofs, votes and absences. */

const COMMIT = 2;
const ABSENT = 1;
const NIL = 3;

const { ACCEPT } = abci.ResponseVerifyVoteExtension_VerifyStatus;

/** The commit of `height`, which is not yet executed: extensions are made on the state before it. */
export function voteOn(height: bigint, machine: Machine, random: Random): abci.ExtendedCommitInfo {
  const set = signersOf(height, machine);
  const total = totalPower(set);
  let silent = 0n;
  const round = random.oneIn(10) ? 1 : 0;
  const votes = set.validators.map(({ publicKey, power }) => {
    const owner = consensusOwner(publicKey);
    const validator = { address: owner.consensus.address, power };
    const mayMiss = (silent + power) * 3n < total;
    if (mayMiss && (isAway(owner, height, set) || random.oneIn(6))) {
      silent += power;
      const blockIdFlag = random.oneIn(3) ? NIL : ABSENT;
      return { validator, voteExtension: new Uint8Array(), extensionSignature: new Uint8Array(), blockIdFlag };
    }
    const voteExtension = extensionOf(owner, machine, random);
    verify(machine, height, validator.address, voteExtension);
    const signBytes = extensionSignBytes({ chainId, height }, round, voteExtension);
    const extensionSignature = Uint8Array.from(sign(null, signBytes, owner.consensus.privateKey));
    return { validator, voteExtension, extensionSignature, blockIdFlag: COMMIT };
  });
  return { round, votes };
}

/** Everybody's machine stands still for some blocks once in a while: long enough to be jailed for it. */
function isAway(owner: Operator, height: bigint, { validators }: ValidatorSet): boolean {
  const [shift, rest] = [height / 16n, height % 16n];
  return validators.length > fewest && rest > 2n && operators[Number(shift) % operators.length] === owner;
}

/** The set that signs this height. */
export function signersOf(height: bigint, { app }: Machine): ValidatorSet {
  const set = validatorSets.get(app.queryContext(), height);
  if (set === undefined) throw new Error(`the validators of height ${height} are not known`);
  return set;
}

/** A vote that everyone accepts by its shape, whatever it says. */
function verify({ app }: Machine, height: bigint, validatorAddress: Uint8Array, voteExtension: Uint8Array): void {
  const { status } = app.verifyVoteExtension({ hash: new Uint8Array(32), validatorAddress, height, voteExtension });
  if (status !== ACCEPT) throw new Error('a well-formed extension was refused');
}

/** Mostly a good price and the owed proof; now and then nonsense that the chain must filter. */
function extensionOf(owner: Operator, { extension }: Machine, random: Random): Uint8Array {
  if (random.oneIn(15)) return new Uint8Array();
  const prices = extension.symbols().flatMap((_, symbol) => {
    if (random.oneIn(12)) return [];
    const valueMicro = random.oneIn(20)
      ? random.between(0n, (1n << 64n) - 1n)
      : 60_000_000_000n + random.between(0n, 10_000_000_000n);
    return [SymbolPrice.fromPartial({ symbol, valueMicro })];
  });
  if (random.oneIn(25)) prices.push(SymbolPrice.fromPartial({ symbol: 200, valueMicro: 5n }));
  const lie = random.oneIn(25);
  for (const seed of owner.beaconSeeds) {
    const input = extension.beaconInput(vrfPublicKey(seed));
    if (input === undefined) continue;
    const vrfProof = lie ? random.bytes(80) : proofOf(extension, seed, input.alpha);
    return encode({ prices, beaconRound: input.round, vrfProof });
  }
  return lie ? encode({ prices, beaconRound: random.between(0n, 9n), vrfProof: random.bytes(80) }) : encode({ prices });
}

function encode(fields: Partial<VoteExtension>): Uint8Array {
  return VoteExtension.encode(VoteExtension.fromPartial(fields)).finish();
}

function proofOf(extension: Machine['extension'], seed: Uint8Array, alpha: Uint8Array): Uint8Array {
  return extension.prove(seed, alpha);
}

/** The commit as a block carries it. */
export function withoutExtensions(commit: abci.ExtendedCommitInfo): abci.CommitInfo {
  return {
    round: commit.round,
    votes: commit.votes.map(({ validator, blockIdFlag }) => ({ validator, blockIdFlag })),
  };
}
