import {
  calculateExistenceRoot,
  iavlSpec,
  ics23,
  tendermintSpec,
  verifyMembership,
  verifyNonMembership,
} from '@confio/ics23';
import type { SourceProofOp } from '../source/block.ts';

const balancesPrefix = 0x02;

/** Where x/bank keeps a balance: `02` | length of the address | address | denomination. */
export function balanceKey(address: Uint8Array, denom: string): Uint8Array {
  return Uint8Array.of(balancesPrefix, address.length, ...address, ...Buffer.from(denom, 'utf8'));
}

/**
 * Does the proof of `abci_query` lead from a value under `key` of `store` to the chain's app hash? An empty value means
 * that nothing is there. First operation: IAVL proof of the value under the store's root; second: Merkle proof of that
 * root among all stores (ICS-23, cosmos/ics23 specs).
 */
export function proves(
  store: string,
  key: Uint8Array,
  value: Uint8Array,
  proof: readonly SourceProofOp[],
  appHash: Uint8Array,
): boolean {
  const [inner, outer] = proof;
  if (proof.length !== 2 || inner?.type !== 'ics23:iavl' || outer?.type !== 'ics23:simple') return false;
  try {
    const ofValue = ics23.CommitmentProof.decode(inner.data);
    const root = storeRoot(ofValue);
    if (root === undefined) return false;
    const valueHolds =
      value.length > 0
        ? verifyMembership(ofValue, iavlSpec, root, key, value)
        : verifyNonMembership(ofValue, iavlSpec, root, key);
    const ofStore = ics23.CommitmentProof.decode(outer.data);
    return valueHolds && verifyMembership(ofStore, tendermintSpec, appHash, Buffer.from(store, 'utf8'), root);
  } catch {
    return false;
  }
}

/** The root that the proof claims; whether its leaf is the right one is checked after. */
function storeRoot({ exist, nonexist }: ics23.ICommitmentProof): Uint8Array | undefined {
  const leaf = exist ?? nonexist?.left ?? nonexist?.right;
  return leaf === null || leaf === undefined ? undefined : calculateExistenceRoot(leaf);
}
