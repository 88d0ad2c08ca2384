import { z } from 'zod';
import {
  type cometCrypto,
  type cometValidator,
  ed25519Keys,
  type protoAny,
  secp256k1Keys,
} from '../../../sdk/codec/index.ts';
import { base64, hex, integer } from './shapes.ts';

const keyShape = z.object({ type: z.string(), value: base64 });

const entryShape = z.object({
  address: hex,
  pub_key: keyShape,
  voting_power: integer,
  proposer_priority: integer.default(0n),
});

/** Answer of `validators`, the keys as the SDK packs them. */
export const validatorsShape = z.object({
  block_height: integer,
  validators: z.array(entryShape.extend({ pub_key: keyShape.transform(packed) })),
  total: integer,
});

/** A validator as CometBFT's own protobuf has it, in evidence. */
export const validatorShape = entryShape.transform(
  ({ address, pub_key, voting_power, proposer_priority }): cometValidator.Validator => ({
    address,
    pubKey: plain(pub_key),
    votingPower: voting_power,
    proposerPriority: proposer_priority,
  }),
);

export const validatorSetShape = z
  .object({ validators: z.array(validatorShape).nullish(), proposer: validatorShape.nullish() })
  .transform(
    ({ validators, proposer }): cometValidator.ValidatorSet => ({
      validators: validators ?? [],
      proposer: proposer ?? undefined,
      // Never written: the bytes are hashed elsewhere.
      totalVotingPower: 0n,
    }),
  );

function packed({ type, value: key }: z.infer<typeof keyShape>): protoAny.Any {
  return type === 'tendermint/PubKeyEd25519'
    ? { typeUrl: '/cosmos.crypto.ed25519.PubKey', value: ed25519Keys.PubKey.encode({ key }).finish() }
    : { typeUrl: '/cosmos.crypto.secp256k1.PubKey', value: secp256k1Keys.PubKey.encode({ key }).finish() };
}

function plain({ type, value }: z.infer<typeof keyShape>): cometCrypto.PublicKey {
  return type === 'tendermint/PubKeyEd25519' ? { ed25519: value } : { secp256k1: value };
}
