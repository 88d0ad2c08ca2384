import { z } from 'zod';
import { type cometEvidence, cometTypes } from '../../../sdk/codec/index.ts';
import { base64, blockIdShape, commitShape, headerShape, hex, integer, time } from './shapes.ts';
import { validatorSetShape, validatorShape } from './validators.ts';

const voteShape = z
  .object({
    type: z.number(),
    height: integer,
    round: z.number(),
    block_id: blockIdShape,
    timestamp: time,
    validator_address: hex,
    validator_index: z.number(),
    signature: base64,
    extension: base64.optional(),
    extension_signature: base64.optional(),
  })
  .transform((vote) =>
    cometTypes.Vote.fromPartial({
      type: vote.type,
      height: vote.height,
      round: vote.round,
      blockId: vote.block_id,
      timestamp: vote.timestamp,
      validatorAddress: vote.validator_address,
      validatorIndex: vote.validator_index,
      signature: vote.signature,
      extension: vote.extension ?? new Uint8Array(),
      extensionSignature: vote.extension_signature ?? new Uint8Array(),
    }),
  );

const duplicateVoteShape = z.object({
  type: z.literal('tendermint/DuplicateVoteEvidence'),
  value: z
    .object({
      vote_a: voteShape,
      vote_b: voteShape,
      total_voting_power: integer,
      validator_power: integer,
      timestamp: time,
    })
    .transform((found) => ({
      duplicateVoteEvidence: {
        voteA: found.vote_a,
        voteB: found.vote_b,
        totalVotingPower: found.total_voting_power,
        validatorPower: found.validator_power,
        timestamp: found.timestamp,
      },
    })),
});

const attackShape = z.object({
  type: z.literal('tendermint/LightClientAttackEvidence'),
  value: z
    .object({
      conflicting_block: z.object({
        signed_header: z.object({ header: headerShape.nullable(), commit: commitShape.nullable() }),
        validator_set: validatorSetShape.nullable(),
      }),
      common_height: integer,
      byzantine_validators: z.array(validatorShape).nullable(),
      total_voting_power: integer,
      timestamp: time,
    })
    .transform(({ conflicting_block: { signed_header, validator_set }, ...found }) => ({
      lightClientAttackEvidence: {
        conflictingBlock: {
          signedHeader: { header: signed_header.header ?? undefined, commit: signed_header.commit ?? undefined },
          validatorSet: validator_set ?? undefined,
        },
        commonHeight: found.common_height,
        byzantineValidators: found.byzantine_validators ?? [],
        totalVotingPower: found.total_voting_power,
        timestamp: found.timestamp,
      },
    })),
});

const namedValueShape = z.looseObject({ value: z.record(z.string(), z.unknown()) });

/** The two kinds of evidence that CometBFT v0.38 knows. */
const evidenceShape = z
  .preprocess(inSnakeCase, z.discriminatedUnion('type', [duplicateVoteShape, attackShape]))
  .transform(({ value }): cometEvidence.Evidence => value);

/** Some releases of v0.38 write `CommonHeight` (0.38.25), others `common_height` (0.38.11). */
function inSnakeCase(evidence: unknown): unknown {
  const { value, ...rest } = namedValueShape.parse(evidence);
  const snake = (name: string) =>
    name.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? '' : '_') + letter.toLowerCase());
  return { ...rest, value: Object.fromEntries(Object.entries(value).map(([name, field]) => [snake(name), field])) };
}

/** Answer of `block`. */
export const blockShape = z.object({
  block_id: blockIdShape,
  block: z.object({
    header: headerShape,
    data: z.object({ txs: z.array(base64).nullable() }),
    evidence: z.object({ evidence: z.array(evidenceShape).nullable() }),
    last_commit: commitShape,
  }),
});
