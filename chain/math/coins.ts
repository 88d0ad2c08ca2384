import { fail, panicError, sdkErrors } from '../errors.ts';
import { isAmount, parseAmount } from './integer.ts';

/** An amount of one denomination as messages, events and genesis carry it; `amount` is an integer as text. */
export interface Coin {
  denom: string;
  amount: string;
}

const denomShape = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;

/** Throws an `Error` with the SDK's text unless `denom` is 3 to 128 characters, a letter first. */
export function validateDenom(denom: string): void {
  if (!denomShape.test(denom)) throw new Error(`invalid denom: ${denom}`);
}

export function isDenom(denom: string): boolean {
  return denomShape.test(denom);
}

/**
 * Coins as they came over the wire with their amounts rewritten as plain decimal digits. Throws `sdk` 2 (tx parse error)
 * for an amount that is no integer or has more than 256 bits, and `sdk` 10 for an absent one, on which the SDK panics.
 */
export function readCoins(coins: readonly Coin[]): Coin[] {
  return coins.map(readCoin);
}

export function readCoin(coin: Coin): Coin {
  if (coin.amount === '') fail(sdkErrors.invalidCoins, `amount of ${coin.denom} is missing`);
  try {
    return { denom: coin.denom, amount: parseAmount(coin.amount).toString() };
  } catch (error) {
    return fail(sdkErrors.txDecode, `amount of ${coin.denom}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Throws `sdk` 2 for amounts that the SDK cannot even decode; absent ones pass. For checks before the mempool. */
export function requireReadable(coins: readonly Coin[]): void {
  for (const coin of coins) if (coin.amount !== '') readCoin(coin);
}

/** What `Coins.Validate` of the SDK says about coins that `readCoins` gave: undefined, or why they are not valid. */
export function coinsProblem(coins: readonly Coin[]): string | undefined {
  let previous: string | undefined;
  for (const { denom, amount } of coins) {
    if (!isDenom(denom)) return `invalid denom: ${denom}`;
    if (previous !== undefined && denom < previous) return `denomination ${denom} is not sorted`;
    if (denom === previous) return `duplicate denomination ${denom}`;
    if (BigInt(amount) <= 0n) {
      return `coin ${previous === undefined ? amount + denom : denom} amount is not positive`;
    }
    previous = denom;
  }
  return undefined;
}

/** Throws `sdk` 10 unless coins are sorted, unique and positive; an empty list passes (the SDK's `IsValid`). */
export function ensureValidCoins(coins: readonly Coin[]): void {
  if (coinsProblem(coins) !== undefined) fail(sdkErrors.invalidCoins, coinsText(coins));
}

/** As `ensureValidCoins`, and refuses an empty list (the SDK's `IsAllPositive`). */
export function ensurePositiveCoins(coins: readonly Coin[]): void {
  ensureValidCoins(coins);
  if (coins.length === 0) fail(sdkErrors.invalidCoins, '');
}

/** "5abc,10uinf", the form of events; empty for no coins. */
export function coinsText(coins: readonly Coin[]): string {
  return coins.map((coin) => coin.amount + coin.denom).join(',');
}

/** Reads "5abc,10uinf" in any order; throws an `Error` on anything that is not valid coins. */
export function parseCoins(text: string): Coin[] {
  if (text.trim() === '') return [];
  const coins = text.split(',').map((part) => {
    const match = /^\s*([0-9]+)\s*([a-zA-Z][a-zA-Z0-9/:._-]{2,127})\s*$/.exec(part);
    if (match === null) throw new Error(`invalid coin expression: ${part}`);
    return { denom: match[2] ?? '', amount: parseAmount(BigInt(match[1] ?? '').toString()).toString() };
  });
  const sorted = coins.filter((coin) => coin.amount !== '0').sort(byDenom);
  const problem = coinsProblem(sorted);
  if (problem !== undefined) throw new Error(problem);
  return sorted;
}

/** The amount of `denom` among valid coins, 0 if it is not there. */
export function amountOf(coins: readonly Coin[], denom: string): bigint {
  const found = coins.find((coin) => coin.denom === denom);
  return found === undefined ? 0n : BigInt(found.amount);
}

/** The sum of two sorted lists: sorted, without zeros. Throws `panic` beyond 256 bits, as the SDK does. */
export function addCoins(a: readonly Coin[], b: readonly Coin[]): Coin[] {
  return combine(a, b, (x, y) => addAmounts(x, y));
}

/** `a - b`; undefined if any amount would be negative. */
export function subCoins(a: readonly Coin[], b: readonly Coin[]): Coin[] | undefined {
  const difference = combine(a, b, (x, y) => x - y);
  return difference.some((coin) => coin.amount.startsWith('-')) ? undefined : difference;
}

/** Throws `panic` beyond 256 bits, as the SDK's `Int.Add` does. */
export function addAmounts(a: bigint, b: bigint): bigint {
  const sum = a + b;
  if (!isAmount(sum)) fail(panicError, 'Int overflow');
  return sum;
}

export function coinsEqual(a: readonly Coin[], b: readonly Coin[]): boolean {
  return a.length === b.length && a.every((coin, at) => coin.denom === b[at]?.denom && coin.amount === b[at]?.amount);
}

/** One coin as a list; no coin for 0, which may not stand in a list of coins. */
export function coinsOf(denom: string, amount: bigint): Coin[] {
  return amount === 0n ? [] : [{ denom, amount: amount.toString() }];
}

function combine(a: readonly Coin[], b: readonly Coin[], merge: (x: bigint, y: bigint) => bigint): Coin[] {
  const amounts = new Map<string, bigint>(a.map((coin) => [coin.denom, BigInt(coin.amount)]));
  for (const coin of b) amounts.set(coin.denom, merge(amounts.get(coin.denom) ?? 0n, BigInt(coin.amount)));
  return [...amounts]
    .filter(([, amount]) => amount !== 0n)
    .map(([denom, amount]) => ({ denom, amount: amount.toString() }))
    .sort(byDenom);
}

function byDenom(a: Coin, b: Coin): number {
  return a.denom < b.denom ? -1 : a.denom > b.denom ? 1 : 0;
}
