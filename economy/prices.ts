import { readFileSync } from 'node:fs';

const DAY = 86_400;

/** A price at a time in seconds since the Unix epoch. */
export interface Quote {
  readonly time: number;
  readonly dollars: number;
}

/** Bitcoin's monthly closes in dollars, at the end of each month's last day, oldest first. See data/README.md. */
export function bitcoinMonths(): Quote[] {
  const text = readFileSync(new URL('./data/btcusd-monthly.csv', import.meta.url), 'utf8');
  const [, ...lines] = text.trim().split('\n');
  return lines.map((line) => {
    const [date = '', , , , close] = line.split(',');
    const quote = { time: Date.parse(`${date}T00:00:00Z`) / 1000 + DAY, dollars: Number(close) };
    if (!(quote.time > 0 && quote.dollars > 0)) throw new Error(`not a month's price: ${line}`);
    return quote;
  });
}

/** The price at a time between two quotes, growing by the same factor each second. The ends hold before and after them. */
export function priceAt(quotes: readonly Quote[], time: number): number {
  const later = quotes.findIndex((quote) => quote.time >= time);
  const after = quotes[later < 0 ? quotes.length - 1 : later];
  const before = quotes[later < 0 ? quotes.length - 1 : Math.max(0, later - 1)];
  if (after === undefined || before === undefined) throw new RangeError('no quotes');
  if (after.time === before.time) return after.dollars;
  const part = (time - before.time) / (after.time - before.time);
  return before.dollars * (after.dollars / before.dollars) ** part;
}
