/**
 * Where a node's vote extension comes from: `chain/node` builds it from prices and a VRF key, the state machine never
 * sees how. Encoded `infinet.oracle.v1.VoteExtension`, at most 256 bytes.
 */
export interface ExtensionSource {
  /** @param time block time of the block that is voted for, nanoseconds since the Unix epoch */
  extend(height: bigint, time: bigint): Promise<Uint8Array>;
}

/** For nodes that have nothing to say: an empty extension is always valid. */
export const emptyExtensions: ExtensionSource = { extend: () => Promise.resolve(new Uint8Array()) };
