import { MsgVoteExtensions } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { abci, tx as txTypes } from '../../sdk/codec/index.ts';
import { equalBytes } from '../tx/wire.ts';

/**
 * The first tx of a block: the last block's extended commit, put in by the proposer. It is a TxRaw like any other, so
 * that clients can decode the block, but nobody signs it and no message route exists for it: from the mempool, from
 * authz and from proposals its type does not resolve.
 */
const typeUrl = '/infinet.oracle.v1.MsgVoteExtensions';

export function encodeInjectedTx(commit: abci.ExtendedCommitInfo): Uint8Array {
  const extendedCommit = abci.ExtendedCommitInfo.encode(commit).finish();
  const value = MsgVoteExtensions.encode({ extendedCommit }).finish();
  return txTypes.TxRaw.encode({
    bodyBytes: txTypes.TxBody.encode(txTypes.TxBody.fromPartial({ messages: [{ typeUrl, value }] })).finish(),
    authInfoBytes: txTypes.AuthInfo.encode(txTypes.AuthInfo.fromPartial({ fee: { gasLimit: 0n } })).finish(),
    signatures: [],
  }).finish();
}

/** The extended commit, or undefined if the bytes are not exactly what `encodeInjectedTx` makes. */
export function decodeInjectedTx(bytes: Uint8Array): abci.ExtendedCommitInfo | undefined {
  try {
    const body = txTypes.TxBody.decode(txTypes.TxRaw.decode(bytes).bodyBytes);
    const [message] = body.messages;
    if (message?.typeUrl !== typeUrl) return undefined;
    const commit = abci.ExtendedCommitInfo.decode(MsgVoteExtensions.decode(message.value).extendedCommit);
    return equalBytes(encodeInjectedTx(commit), bytes) ? commit : undefined;
  } catch {
    return undefined;
  }
}
