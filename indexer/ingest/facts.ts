import { createHash } from 'node:crypto';
import type { Registry } from '@cosmjs/proto-signing';
import type { Changes } from '../database/changes.ts';
import { blocks, events, txs } from '../database/tables.ts';
import type { SourceBlock, SourceTx } from '../source/block.ts';
import { type OrderedEvent, orderedEvents } from './blockEvents.ts';
import { decodeTx, type RawMessage } from './decodeTx.ts';

/** The proposer's own tx: the validators' signed prices and random outputs. */
const systemMessage = '/infinet.oracle.v1.MsgVoteExtensions';

/** A block as views take it. */
export interface BlockFacts {
  readonly height: number;
  readonly time: string;
  readonly txs: readonly { readonly hash: string; readonly code: number; readonly messages: readonly RawMessage[] }[];
  readonly events: readonly OrderedEvent[];
  readonly validatorUpdates: SourceBlock['validatorUpdates'];
}

/** Collects the rows of a block, its txs and events, and returns what views make theirs from. */
export function storeBlock(block: SourceBlock, registry: Registry, changes: Changes): BlockFacts {
  const { height, time } = block;
  const ordered = orderedEvents(block);
  changes.insert(blocks, {
    height,
    hash: block.hash,
    previousHash: block.previousHash,
    time,
    proposer: block.proposer,
    appHash: block.appHash,
    txCount: block.txs.length,
    eventCount: ordered.length,
    validatorUpdates: block.validatorUpdates,
  });
  const decoded = block.txs.map((tx, position) => storeTx(tx, height, time, position, registry, changes));
  ordered.forEach(({ event, txPosition }, position) => {
    const attributes = event.attributes.map(({ key, value }) => [key, value] as const);
    changes.insert(events, { height, position, txPosition, type: event.type, attributes });
  });
  return { height, time, txs: decoded, events: ordered, validatorUpdates: block.validatorUpdates };
}

function storeTx(
  tx: SourceTx,
  height: number,
  time: string,
  position: number,
  registry: Registry,
  changes: Changes,
): BlockFacts['txs'][number] {
  const { memo, fee, raw, messages } = decodeTx(tx.bytes, registry);
  const hash = createHash('sha256').update(tx.bytes).digest('hex').toUpperCase();
  changes.insert(txs, {
    height,
    position,
    hash,
    time,
    code: tx.code,
    codespace: tx.codespace,
    log: tx.log,
    gasWanted: tx.gasWanted.toString(),
    gasUsed: tx.gasUsed.toString(),
    memo,
    fee,
    system: position === 0 && raw[0]?.typeUrl === systemMessage,
    signers: signersOf(tx),
    messageTypes: [...new Set(raw.map(({ typeUrl }) => typeUrl))],
    messages,
    raw: tx.bytes,
  });
  return { hash, code: tx.code, messages: raw };
}

/** The ante handler names each signer as `address/sequence`; a tx that failed before has none. */
function signersOf(tx: SourceTx): string[] {
  return tx.events
    .filter(({ type }) => type === 'tx')
    .flatMap(({ attributes }) => attributes.filter(({ key }) => key === 'acc_seq'))
    .map(({ value }) => value.split('/')[0] ?? '');
}
