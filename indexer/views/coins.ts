/** An amount of one denomination, in its smallest unit. */
export interface CoinAmount {
  readonly denom: string;
  readonly amount: bigint;
}

/** Reads the SDK's text of coins, `5abc,10uinf`; empty text is no coins. Throws when it is something else. */
export function readCoins(text: string): CoinAmount[] {
  if (text === '') return [];
  return text.split(',').map((part) => {
    const match = /^(\d+)([a-zA-Z][a-zA-Z0-9/:._-]{2,127})$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined) throw new Error(`not coins: ${JSON.stringify(text)}`);
    return { amount: BigInt(match[1]), denom: match[2] };
  });
}
