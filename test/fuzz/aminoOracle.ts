import { AminoTypes, createBankAminoConverters, createStakingAminoConverters } from '@cosmjs/stargate';
import { bankTx, stakingTx } from '../../sdk/codec/index.ts';

/** Messages that CosmJS makes amino JSON of by code of its own, without descriptors. */
const readers: ReadonlyMap<string, { decode(bytes: Uint8Array): unknown }> = new Map<
  string,
  { decode(bytes: Uint8Array): unknown }
>([
  ['/cosmos.bank.v1beta1.MsgSend', bankTx.MsgSend],
  ['/cosmos.bank.v1beta1.MsgMultiSend', bankTx.MsgMultiSend],
  ['/cosmos.staking.v1beta1.MsgDelegate', stakingTx.MsgDelegate],
  ['/cosmos.staking.v1beta1.MsgUndelegate', stakingTx.MsgUndelegate],
  ['/cosmos.staking.v1beta1.MsgBeginRedelegate', stakingTx.MsgBeginRedelegate],
]);

const converters = new AminoTypes({ ...createBankAminoConverters(), ...createStakingAminoConverters() });

/** Whether CosmJS says something about messages of this type. */
export function isJudged(typeUrl: string): boolean {
  return readers.has(typeUrl);
}

/**
 * Holds amino JSON to what CosmJS makes of the same message. CosmJS writes empty fields that Go leaves out, so they do not
 * count. Undefined where CosmJS has no form for the message, else the pair of texts that must be equal.
 */
export function judge(
  typeUrl: string,
  value: Uint8Array,
  text: string,
): readonly [ours: string, theirs: string] | undefined {
  let theirs: unknown;
  try {
    theirs = converters.toAmino({ typeUrl, value: readers.get(typeUrl)?.decode(value) });
  } catch {
    return undefined;
  }
  return [JSON.stringify(pruned(JSON.parse(text))), JSON.stringify(pruned(theirs))];
}

/** Keys sorted, empty values left out; an amount that is none is 0 to Go. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, key === 'amount' && inner === '' ? '0' : pruned(inner)] as const)
    .filter(
      ([, inner]) =>
        inner !== '' && inner !== undefined && inner !== null && !(Array.isArray(inner) && inner.length === 0),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
