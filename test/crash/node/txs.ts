import { createHash } from 'node:crypto';
import { addresses, type Key, keyOf, makeTx } from '../../../chain/app/testing/txs.ts';

export const chainId = 'crash-1';
export const denom = 'uinf';

export interface Sender extends Key {
  readonly accountNumber: bigint;
}

/** Accounts of the genesis, in the order of their account numbers. */
export const senders: readonly Sender[] = Array.from({ length: 24 }, (_, index) => ({
  accountNumber: BigInt(index),
  ...keyOf(`crash ${index}`),
}));

/** A signed bank send of one coin to a fresh address, so that each tx leaves an entry of its own behind. */
export function sendTx(sender: Sender, sequence: bigint): Uint8Array {
  const recipient = createHash('sha256').update(`to ${sender.text} ${sequence}`).digest().subarray(0, 20);
  const { accountNumber } = sender;
  return makeTx({
    signer: sender,
    to: addresses.accountText(recipient),
    denom,
    amount: '1',
    fee: [{ denom, amount: '2000' }],
    sequence,
    accountNumber,
    chainId,
  });
}
