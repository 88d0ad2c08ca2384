import { z } from 'zod';
import { OperatorError } from './failure.ts';

export interface GenesisCoin {
  readonly denom: string;
  /** Decimal digits, in the smallest unit. */
  readonly amount: string;
}

const digits = z.string().regex(/^\d+$/, 'must be decimal digits');
export const coinShape = z.object({ denom: z.string(), amount: digits });
export const balanceShape = z.object({ address: z.string(), coins: z.array(coinShape) });

type Balance = z.infer<typeof balanceShape>;

/** Coins in the text form of the command line: `1000000uinf,5uatom`. Throws when one is malformed. */
export function parseCoins(text: string): GenesisCoin[] {
  return text.split(',').map((part) => {
    const match = /^(\d{1,77})([a-zA-Z][a-zA-Z0-9/:._-]{2,127})$/.exec(part.trim());
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new OperatorError(`${JSON.stringify(part)} is not an amount such as 1000000uinf`);
    }
    return { amount: BigInt(match[1]).toString(), denom: match[2] };
  });
}

/** The supply is what all balances hold together. */
export function supplyOf(balances: readonly Balance[]): GenesisCoin[] {
  const total = new Map<string, bigint>();
  for (const { denom, amount } of balances.flatMap(({ coins }) => coins)) {
    total.set(denom, (total.get(denom) ?? 0n) + BigInt(amount));
  }
  return sortedCoins([...total].map(([denom, amount]) => ({ denom, amount: amount.toString() })));
}

/** Moves coins between two accounts, of which the second may be new. Throws when the first has too little. */
export function transfer(
  balances: readonly Balance[],
  { from, to, denom, amount }: { from: string; to: string; denom: string; amount: bigint },
): Balance[] {
  const held = (address: string) =>
    BigInt(
      balances.find((entry) => entry.address === address)?.coins.find((coin) => coin.denom === denom)?.amount ?? '0',
    );
  if (held(from) < amount) {
    throw new OperatorError(`the genesis account ${from} holds ${held(from)}${denom}, less than ${amount}${denom}`);
  }
  const set = (list: readonly Balance[], address: string, value: bigint): Balance[] => {
    const others = list.find((entry) => entry.address === address)?.coins.filter((coin) => coin.denom !== denom) ?? [];
    const coins = sortedCoins([...others, ...(value > 0n ? [{ denom, amount: value.toString() }] : [])]);
    const known = list.some((entry) => entry.address === address);
    return known
      ? list.map((entry) => (entry.address === address ? { address, coins } : entry))
      : [...list, { address, coins }];
  };
  return set(set(balances, from, held(from) - amount), to, held(to) + amount);
}

/** By denom, as the SDK demands. */
export function sortedCoins(coins: readonly GenesisCoin[]): GenesisCoin[] {
  return [...coins].sort((a, b) => (a.denom === b.denom ? 0 : a.denom < b.denom ? -1 : 1));
}
