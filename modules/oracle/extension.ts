import { VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';

/** Longest vote extension in bytes; longer ones are refused with the vote. */
export const MAX_EXTENSION_BYTES = 256;

/** What a validator said with its vote, or undefined if it said nothing that can be read: bad bytes cost only itself. */
export function readExtension(bytes: Uint8Array | undefined): VoteExtension | undefined {
  if (bytes === undefined || bytes.length === 0 || bytes.length > MAX_EXTENSION_BYTES) return undefined;
  try {
    return VoteExtension.decode(bytes);
  } catch {
    return undefined;
  }
}
