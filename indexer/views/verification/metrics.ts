import type { Metric } from './tables.ts';

/** `name=value` pairs, comma-separated, as attestations and decisions carry them. Throws when it is something else. */
export function readMetrics(text: string): Metric[] {
  return readList(text).map((pair) => {
    const [name = '', value = '', ...more] = pair.split('=');
    if (name === '' || more.length > 0 || !/^-?\d+$/.test(value))
      throw new Error(`not a metric: ${JSON.stringify(pair)}`);
    return { name, value };
  });
}

export function readList(text: string): string[] {
  return text === '' ? [] : text.split(',');
}
