import type { CometClient } from '@cosmjs/tendermint-rpc';
import { disputeMoved, disputeOpened, disputeResolved } from '../../modules/verification/events.ts';
import type { LeafProof, Opening } from '../../proto/generated/infinet/verification/v1/dispute.ts';
import { MsgProveLeaf, MsgRevealNodes, MsgSelectNode } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { tx as txTypes } from '../../sdk/codec/index.ts';

/** One move of a dispute as its tx carries it. */
export type Move =
  | { readonly kind: 'opening'; readonly opening: Opening }
  | { readonly kind: 'selection'; readonly index: number }
  | { readonly kind: 'leaf'; readonly leaf: LeafProof };

export type RecordedMove = Move & { readonly height: bigint };

/** How the chain says that a dispute ended; `winner` is empty when another dispute decided the run. */
export interface Ending {
  readonly height: bigint;
  readonly winner: string;
  readonly reason: string;
}

/** What the blocks hold of one dispute. */
export interface DisputeRecord {
  readonly moves: readonly RecordedMove[];
  /** Last height for the first move, then for the one after each move: as the chain announced them. */
  readonly deadlines: readonly bigint[];
  /** Absent while the dispute is open. */
  readonly ending?: Ending;
}

interface BlockEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

/** A block as far as a replay reads it. */
export interface RecordedBlock {
  readonly height: bigint;
  readonly txs: readonly {
    readonly bytes: Uint8Array;
    readonly code: number;
    readonly events: readonly BlockEvent[];
  }[];
  /** Of the begin and the end of the block. */
  readonly events: readonly BlockEvent[];
}

/** Reads one block with what became of its txs. */
export async function fetchBlock(comet: CometClient, height: bigint): Promise<RecordedBlock> {
  const [{ block }, results] = await Promise.all([comet.block(Number(height)), comet.blockResults(Number(height))]);
  const txs = block.txs.map((bytes, at) => {
    const result = results.results[at];
    if (result === undefined) throw new Error(`the node has no result of tx ${at} of block ${height}`);
    return { bytes, code: result.code, events: result.events };
  });
  return { height, txs, events: 'finalizeBlockEvents' in results ? results.finalizeBlockEvents : [] };
}

/**
 * Every move of a dispute, from the block that opened it to the one that ended it, or to `lastHeight` while it is open.
 *
 * @param blockAt reads a block; what it throws, for example for a pruned one, is passed on
 */
export async function recordOf(
  id: bigint,
  openedHeight: bigint,
  lastHeight: bigint,
  blockAt: (height: bigint) => Promise<RecordedBlock>,
): Promise<DisputeRecord> {
  const moves: RecordedMove[] = [];
  const deadlines: bigint[] = [];
  for (let height = openedHeight; height <= lastHeight; height++) {
    const block = await blockAt(height);
    const good = block.txs.filter(({ code }) => code === 0);
    for (const { bytes } of good) moves.push(...movesIn(bytes, id).map((move) => ({ ...move, height })));
    const events = [...good.flatMap((tx) => tx.events), ...block.events];
    deadlines.push(...events.flatMap((event) => deadlineOf(event, id)));
    const ending = events.flatMap((event) => endingOf(event, id))[0];
    if (ending !== undefined) return { moves, deadlines, ending: { height, ...ending } };
  }
  return { moves, deadlines };
}

/** The moves of this dispute that a tx holds. What is no tx, as the votes' extensions in front of a block, holds none. */
function movesIn(bytes: Uint8Array, id: bigint): Move[] {
  return messagesOf(bytes).flatMap(({ typeUrl, value }): Move[] => {
    if (typeUrl === '/infinet.verification.v1.MsgRevealNodes') {
      const { disputeId, opening } = MsgRevealNodes.decode(value);
      return disputeId === id && opening !== undefined ? [{ kind: 'opening', opening }] : [];
    }
    if (typeUrl === '/infinet.verification.v1.MsgSelectNode') {
      const { disputeId, index } = MsgSelectNode.decode(value);
      return disputeId === id ? [{ kind: 'selection', index }] : [];
    }
    if (typeUrl !== '/infinet.verification.v1.MsgProveLeaf') return [];
    const { disputeId, leaf } = MsgProveLeaf.decode(value);
    return disputeId === id && leaf !== undefined ? [{ kind: 'leaf', leaf }] : [];
  });
}

function messagesOf(bytes: Uint8Array): readonly { typeUrl: string; value: Uint8Array }[] {
  try {
    return txTypes.TxBody.decode(txTypes.TxRaw.decode(bytes).bodyBytes).messages;
  } catch {
    return [];
  }
}

function deadlineOf(event: BlockEvent, id: bigint): bigint[] {
  const type = [disputeOpened, disputeMoved].find((candidate) => candidate.type === event.type);
  const values = type?.decode(event);
  return values?.dispute_id === id ? [values.deadline] : [];
}

function endingOf(event: BlockEvent, id: bigint): { winner: string; reason: string }[] {
  if (event.type !== disputeResolved.type) return [];
  const { dispute_id, winner, reason } = disputeResolved.decode(event);
  return dispute_id === id ? [{ winner, reason }] : [];
}
