import { z } from 'zod';
import type { cometTypes, timestamp } from '../../../sdk/codec/index.ts';
import { parseTime, toTimestamp } from '../../time.ts';

/** CometBFT's JSON (v0.38) read into the protobuf types of the same things. */

export const integer = z
  .string()
  .regex(/^-?\d{1,20}$/)
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

export const headerShape = z
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

export const commitShape = z
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
