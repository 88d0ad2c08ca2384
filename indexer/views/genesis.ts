import { createHash } from 'node:crypto';
import { fromBech32, toBech32 } from '@cosmjs/encoding';
import { z } from 'zod';
import { tx as txTypes } from '../../sdk/codec/index.ts';

/** What views read of a genesis; fields that a chain leaves out are as if empty. */

const coinShape = z.object({ denom: z.string(), amount: z.string() });
const bankShape = z.object({
  bank: z
    .object({ balances: z.array(z.object({ address: z.string(), coins: z.array(coinShape).default([]) })).default([]) })
    .optional(),
});
const kernelShape = z.object({
  infinet: z.object({ bech32_prefix: z.string().optional() }).optional(),
  bank: z.object({ balances: z.array(z.object({ address: z.string() })).default([]) }).optional(),
});
const genutilShape = z.object({ genutil: z.object({ gen_txs: z.array(z.string()).default([]) }).optional() });

type AppState = Readonly<Record<string, unknown>>;

export function genesisBalances(appState: AppState) {
  return bankShape.parse(appState).bank?.balances ?? [];
}

/** The prefix that the genesis declares, else the one of its first account. */
export function genesisPrefix(appState: AppState): string {
  const { infinet, bank } = kernelShape.parse(appState);
  const first = bank?.balances[0]?.address;
  if (infinet?.bech32_prefix !== undefined) return infinet.bech32_prefix;
  if (first === undefined) throw new Error('the genesis has neither app_state.infinet.bech32_prefix nor a balance');
  return fromBech32(first).prefix;
}

/** Messages of the genesis transactions, which create validators before the first block; their events are in no block. */
export function genesisMessages(appState: AppState): { typeUrl: string; value: Uint8Array }[] {
  const { genutil } = genutilShape.parse(appState);
  return (genutil?.gen_txs ?? []).flatMap((text) => {
    const { bodyBytes } = txTypes.TxRaw.decode(Uint8Array.from(Buffer.from(text, 'base64')));
    return txTypes.TxBody.decode(bodyBytes).messages;
  });
}

/** A module's account: the first 20 bytes of SHA-256 of its name, as in the SDK. */
export function moduleAddress(prefix: string, name: string): string {
  return toBech32(prefix, createHash('sha256').update(name).digest().subarray(0, 20));
}

/** The account with the bytes of an operator's address. */
export function operatorAccount(prefix: string, operator: string): string {
  return toBech32(prefix, fromBech32(operator).data);
}
