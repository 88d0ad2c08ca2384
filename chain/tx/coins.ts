/** Amounts of several denominations, as fees carry them. */

export interface Amount {
  readonly denom: string;
  readonly amount: bigint;
}

const denomPattern = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;
const maxBits = 256n;

/**
 * Reads an amount as Go's `big.Int` does for the SDK's `math.Int`: a sign is allowed, and a leading zero makes it octal.
 * Throws on anything else and on more than 256 bits.
 */
export function readAmount(text: string): bigint {
  const match = /^([+-]?)(0[0-7]*|[1-9][0-9]*)$/.exec(text);
  const digits = match?.[2];
  if (digits === undefined) throw new RangeError(`amount ${JSON.stringify(text.slice(0, 80))} is not an integer`);
  if (digits.length > 90) throw new RangeError(`an amount of ${digits.length} digits is longer than 256 bits`);
  const value = digits.length > 1 && digits.startsWith('0') ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  if (value >= 1n << maxBits) throw new RangeError('an amount is longer than 256 bits');
  return match?.[1] === '-' ? -value : value;
}

export function isValidDenom(denom: string): boolean {
  return denomPattern.test(denom);
}

/** Whether coins are as the SDK's `Coins.IsValid` wants them: positive, valid denoms in ascending order, none twice. */
export function areValidCoins(coins: readonly Amount[]): boolean {
  return coins.every((coin, index) => {
    const previous = coins[index - 1];
    return isValidDenom(coin.denom) && coin.amount > 0n && (previous === undefined || previous.denom < coin.denom);
  });
}

/** `12uatom,3uinf`, as the SDK prints coins. */
export function coinsText(coins: readonly Amount[]): string {
  return coins.map(({ amount, denom }) => `${amount}${denom}`).join(',');
}

/** A price of one unit of gas: `scaled` is in 10^-18 of the denomination. */
export interface GasPrice {
  readonly denom: string;
  readonly scaled: bigint;
}

const scale = 10n ** 18n;

/** Reads `0.025uinf,0.1uatom`; nothing for an empty text. Throws with the part that is wrong. */
export function readGasPrices(text: string): GasPrice[] {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => {
    const match = /^\s*(\d{1,30})(?:\.(\d{1,18}))?([a-zA-Z][a-zA-Z0-9/:._-]{2,127})\s*$/.exec(part);
    if (match === null) throw new Error(`gas price ${JSON.stringify(part)} is not like 0.025uinf`);
    const [, whole = '0', fraction = '', denom = ''] = match;
    return { denom, scaled: BigInt(whole) * scale + BigInt(fraction.padEnd(18, '0')) };
  });
}

/** The fee that each price asks for this much gas, rounded up. */
export function requiredFees(prices: readonly GasPrice[], gas: bigint): Amount[] {
  return prices
    .filter((price) => price.scaled > 0n)
    .map((price) => ({ denom: price.denom, amount: (price.scaled * gas + scale - 1n) / scale }));
}

/** Whether one of the coins covers what is required in its denomination (the SDK's `Coins.IsAnyGTE`). */
export function coversAny(coins: readonly Amount[], required: readonly Amount[]): boolean {
  return required.some(({ denom, amount }) => coins.some((coin) => coin.denom === denom && coin.amount >= amount));
}
