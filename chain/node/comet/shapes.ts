import { z } from 'zod';
import { cometTypes, ed25519Keys, type protoAny, secp256k1Keys, type timestamp } from '../../../sdk/codec/index.ts';
import { parseTime, toTimestamp } from '../../time.ts';

/** CometBFT's JSON (v0.38) read into the protobuf types of the same things. */

export const integer = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((text) => BigInt(text));
export const hex = z
  .string()
  .regex(/^([0-9A-Fa-f]{2})*$/)
  .transform((text) => Uint8Array.from(Buffer.from(text, 'hex')));
export const base64 = z
  .string()
  .nullable()
  .transform((text) => Uint8Array.from(Buffer.from(text ?? '', 'base64')));
export const time = z.string().transform((text): timestamp.Timestamp => toTimestamp(parseTime(text)));

/** CometBFT leaves the votes of nobody and the commit of the first block out. */
export const blockIdShape = z
  .object({ hash: hex, parts: z.object({ total: z.number(), hash: hex }) })
  .transform(({ hash, parts }): cometTypes.BlockID => ({ hash, partSetHeader: parts }));

const headerShape = z
  .object({
    version: z.object({ block: integer.default(0n), app: integer.default(0n) }),
    chain_id: z.string(),
    height: integer,
    time,
    last_block_id: blockIdShape,
    last_commit_hash: hex,
    data_hash: hex,
    validators_hash: hex,
    next_validators_hash: hex,
    consensus_hash: hex,
    app_hash: hex,
    last_results_hash: hex,
    evidence_hash: hex,
    proposer_address: hex,
  })
  .transform(
    (header): cometTypes.Header => ({
      version: header.version,
      chainId: header.chain_id,
      height: header.height,
      time: header.time,
      lastBlockId: header.last_block_id,
      lastCommitHash: header.last_commit_hash,
      dataHash: header.data_hash,
      validatorsHash: header.validators_hash,
      nextValidatorsHash: header.next_validators_hash,
      consensusHash: header.consensus_hash,
      appHash: header.app_hash,
      lastResultsHash: header.last_results_hash,
      evidenceHash: header.evidence_hash,
      proposerAddress: header.proposer_address,
    }),
  );

const commitShape = z
  .object({
    height: integer,
    round: z.number(),
    block_id: blockIdShape,
    signatures: z.array(
      z.object({ block_id_flag: z.number(), validator_address: hex, timestamp: time, signature: base64 }),
    ),
  })
  .transform(
    ({ height, round, block_id, signatures }): cometTypes.Commit => ({
      height,
      round,
      blockId: block_id,
      signatures: signatures.map((entry) => ({
        blockIdFlag: entry.block_id_flag,
        validatorAddress: entry.validator_address,
        timestamp: entry.timestamp,
        signature: entry.signature,
      })),
    }),
  );

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
  vote_a: voteShape,
  vote_b: voteShape,
  TotalVotingPower: integer,
  ValidatorPower: integer,
  Timestamp: time,
});

/** Light client attacks are shown as evidence without content: they hold a whole light block. */
const evidenceShape = z.object({ type: z.string(), value: z.unknown() }).transform(({ type, value }) => {
  if (type !== 'tendermint/DuplicateVoteEvidence') return {};
  const found = duplicateVoteShape.parse(value);
  return {
    duplicateVoteEvidence: {
      voteA: found.vote_a,
      voteB: found.vote_b,
      totalVotingPower: found.TotalVotingPower,
      validatorPower: found.ValidatorPower,
      timestamp: found.Timestamp,
    },
  };
});

export const blockShape = z.object({
  block_id: blockIdShape,
  block: z.object({
    header: headerShape,
    data: z.object({ txs: z.array(base64).nullable() }),
    evidence: z.object({ evidence: z.array(evidenceShape).nullable() }),
    last_commit: commitShape,
  }),
});

const publicKeyShape = z.object({ type: z.string(), value: base64 }).transform(({ type, value: key }): protoAny.Any => {
  if (type === 'tendermint/PubKeyEd25519') {
    return { typeUrl: '/cosmos.crypto.ed25519.PubKey', value: ed25519Keys.PubKey.encode({ key }).finish() };
  }
  return { typeUrl: '/cosmos.crypto.secp256k1.PubKey', value: secp256k1Keys.PubKey.encode({ key }).finish() };
});

export const validatorsShape = z.object({
  block_height: integer,
  validators: z.array(
    z.object({ address: hex, pub_key: publicKeyShape, voting_power: integer, proposer_priority: integer }),
  ),
  total: integer,
});

export const statusShape = z.object({
  node_info: z.object({
    protocol_version: z.object({ p2p: integer, block: integer, app: integer }),
    id: z.string(),
    listen_addr: z.string(),
    network: z.string(),
    version: z.string(),
    channels: hex,
    moniker: z.string(),
    other: z.object({ tx_index: z.string(), rpc_address: z.string() }),
  }),
  sync_info: z.object({ latest_block_height: integer, catching_up: z.boolean() }),
});

const eventShape = z.object({
  type: z.string(),
  attributes: z
    .array(z.object({ key: z.string(), value: z.string(), index: z.boolean().default(false) }))
    .nullish()
    .transform((list) => list ?? []),
});

export const txShape = z.object({
  hash: hex,
  height: integer,
  tx: base64,
  tx_result: z.object({
    code: z.number().default(0),
    data: base64.default(new Uint8Array()),
    log: z.string().default(''),
    info: z.string().default(''),
    gas_wanted: integer.default(0n),
    gas_used: integer.default(0n),
    codespace: z.string().default(''),
    events: z
      .array(eventShape)
      .nullish()
      .transform((list) => list ?? []),
  }),
});

export type FoundTx = z.infer<typeof txShape>;

export const searchShape = z.object({ txs: z.array(txShape), total_count: integer });

export const broadcastShape = z.object({
  code: z.number(),
  data: z.string().default(''),
  log: z.string(),
  codespace: z.string().default(''),
  hash: z.string(),
});
