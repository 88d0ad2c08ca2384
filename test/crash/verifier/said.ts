import {
  MsgAckData,
  MsgCommitAttestation,
  MsgOpenDispute,
  MsgRevealAttestation,
  MsgSelectNode,
} from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { tx as txTypes } from '../../../sdk/codec/index.ts';
import type { ChainBlock } from './chain.ts';

interface Said {
  readonly signer: string;
  /** What may be said once only: the kind of message, and about what. */
  readonly about: string;
  readonly commitment?: string;
}

const prefix = '/infinet.verification.v1.';

/** What a verifier's tx says; undefined for txs of others. */
function said(tx: Uint8Array): Said | undefined {
  const { messages } = txTypes.TxBody.decode(txTypes.TxRaw.decode(tx).bodyBytes);
  const [message] = messages;
  if (message === undefined || !message.typeUrl.startsWith(prefix)) return undefined;
  const kind = message.typeUrl.slice(prefix.length);
  const { value } = message;
  if (kind === 'MsgAckData') {
    const { worker, taskId } = MsgAckData.decode(value);
    return { signer: worker, about: `${kind} ${taskId}` };
  }
  if (kind === 'MsgCommitAttestation') {
    const { worker, taskId, commitment } = MsgCommitAttestation.decode(value);
    return { signer: worker, about: `${kind} ${taskId}`, commitment: Buffer.from(commitment).toString('hex') };
  }
  if (kind === 'MsgRevealAttestation') {
    const { worker, taskId } = MsgRevealAttestation.decode(value);
    return { signer: worker, about: `${kind} ${taskId}` };
  }
  if (kind === 'MsgOpenDispute') {
    const { challenger, runId, unit } = MsgOpenDispute.decode(value);
    return { signer: challenger, about: `${kind} ${runId} ${unit}` };
  }
  if (kind !== 'MsgSelectNode') return undefined;
  // Every move of a dispute is another one: the chain alone says which is due.
  const { challenger } = MsgSelectNode.decode(value);
  return { signer: challenger, about: kind };
}

/** Something that `worker` said twice, or paid for in vain; undefined if there is nothing. */
export function doublesIn(blocks: readonly ChainBlock[], worker: string): string | undefined {
  const seen = new Set<string>();
  for (const { height, txs, results } of blocks) {
    for (const [index, tx] of txs.entries()) {
      const what = said(tx);
      if (what?.signer !== worker) continue;
      const { code = 0, log = '' } = results[index] ?? {};
      if (code !== 0) return `${what.about} failed in block ${height} with ${code}: ${log}`;
      if (what.about !== 'MsgSelectNode' && seen.has(what.about)) return `${what.about} is there twice`;
      seen.add(what.about);
    }
  }
  return undefined;
}

/** A task to which two commitments were ever made, be it in txs that never got into a block. */
export function contradictionIn(broadcasts: readonly Uint8Array[]): string | undefined {
  const commitments = new Map<string, string>();
  for (const tx of broadcasts) {
    const what = said(tx);
    if (what?.commitment === undefined) continue;
    const before = commitments.get(what.about);
    if (before !== undefined && before !== what.commitment) return `${what.about} has two commitments`;
    commitments.set(what.about, what.commitment);
  }
  return undefined;
}
