import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { abci } from '../../../sdk/codec/index.ts';
import { extensionSignBytes } from '../extendedCommit.ts';
import { consensusAddress } from '../validators.ts';
import { chainId } from './txs.ts';

/** Validators and the commits that they sign, for tests. */

/** A validator whose extensions can be signed. */
export interface Signer {
  readonly publicKey: Uint8Array;
  readonly address: Uint8Array;
  readonly power: bigint;
  readonly privateKey: KeyObject;
}

export function validatorOf(name: string, power: bigint): Signer {
  const seed = createHash('sha256').update(name).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const jwk = privateKey.export({ format: 'jwk' });
  const publicKey = Uint8Array.from(Buffer.from(jwk.x ?? '', 'base64url'));
  return { publicKey, address: consensusAddress(publicKey), power, privateKey };
}

/** In CometBFT's order: by power, descending. */
export const validators = [
  validatorOf('v0', 40n),
  validatorOf('v1', 30n),
  validatorOf('v2', 20n),
  validatorOf('v3', 10n),
];

/** The commit of `height`, signed by everyone but those whose flag is not 2 (commit). */
export function extendedCommit(
  height: bigint,
  flags: readonly number[] = [],
  extension = new Uint8Array(),
  signers: readonly Signer[] = validators,
): abci.ExtendedCommitInfo {
  return {
    round: 1,
    votes: signers.map(({ address, power, privateKey }, index) => {
      const flag = flags[index] ?? 2;
      const signed = flag === 2;
      const bytes = extensionSignBytes({ chainId, height }, 1, extension);
      return {
        validator: { address, power },
        voteExtension: signed ? extension : new Uint8Array(),
        extensionSignature: signed ? Uint8Array.from(sign(null, bytes, privateKey)) : new Uint8Array(),
        blockIdFlag: flag,
      };
    }),
  };
}

/** The same commit as a block's header chain carries it. */
export function plainCommit(extended: abci.ExtendedCommitInfo): abci.CommitInfo {
  return {
    round: extended.round,
    votes: extended.votes.map(({ validator, blockIdFlag }) => ({ validator, blockIdFlag })),
  };
}
