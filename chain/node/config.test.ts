import { parse, stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { configTemplate } from './configTemplate.ts';

const template = configTemplate({ abci: '127.0.0.1:26658', api: '127.0.0.1:26661' });

test('the template of a new home is a valid configuration', () => {
  const config = parseConfig(template);
  expect(config.abci.address).toEqual({ host: '127.0.0.1', port: 26658 });
  expect(config.oracle.prices).toEqual([]);
});

test('price sources given to a new home come back, quotes and all', () => {
  const prices = [{ symbol: 'BTC', sources: [{ url: 'http://127.0.0.1:9/p?a="b"', pointer: '/a~1b/"c"' }] }];
  const text = configTemplate({ abci: '127.0.0.1:0', api: '[::1]:0', prices });
  expect(parseConfig(text).oracle.prices).toEqual(prices);
  expect(parseConfig(text).api.address).toEqual({ host: '::1', port: 0 });
});

test.each([
  ['log_level = "info"', 'log_level = "loud"', 'log_level: '],
  ['log_level = "info"', '', 'log_level: '],
  ['minimum_gas_prices = ""', 'minimum_gas_prices = "uinf"', 'minimum_gas_prices: must look like "0.025uinf"'],
  ['minimum_gas_prices = ""', 'minimum_gas_prices = "-1uinf"', 'minimum_gas_prices: must look like "0.025uinf"'],
  ['tcp://127.0.0.1:26658', '127.0.0.1:26658', 'abci.address: must look like "tcp://127.0.0.1:26658"'],
  ['tcp://127.0.0.1:26658', 'tcp://127.0.0.1:65536', 'abci.address: must look like'],
  ['interval_ms = 5000', 'interval_ms = 1', 'oracle.interval_ms: '],
  ['interval_ms = 5000', 'interval_ms = "5s"', 'oracle.interval_ms: must be a number, is "5s"'],
  ['interval_ms = 5000', 'intervall_ms = 5000', 'oracle: unknown key intervall_ms'],
  ['log_level = "info"', 'log_level = "info"\nlog_lvl = 1', 'unknown key log_lvl'],
])('%s changed to %s is refused with the name of the key', (from, to, complaint) => {
  expect(template).toContain(from);
  expect(() => parseConfig(template.replace(from, to))).toThrow(complaint);
});

test.each([
  ['{ url = "ftp://a/b", pointer = "" }', 'oracle.prices[0].sources[0].url: must be an http or https URL'],
  ['{ url = "http://a/b", pointer = "price" }', 'oracle.prices[0].sources[0].pointer: must be a JSON pointer'],
  ['{ pointer = "/price" }', 'oracle.prices[0].sources[0].url: '],
])('the price source %s is refused with the name of the key', (source, complaint) => {
  const text = `${template}\n[[oracle.prices]]\nsymbol = "BTC"\nsources = [${source}]\n`;
  expect(() => parseConfig(text)).toThrow(complaint);
});

test('all wrong keys are named at once', () => {
  const text = template.replace('interval_ms = 5000', 'interval_ms = 0').replace('"info"', '1');
  expect(() => parseConfig(text)).toThrow(/log_level: .*; oracle\.interval_ms: /);
});

test('a text that is not TOML is refused with the line', () => {
  expect(() => parseConfig('log_level = "info"\n= 3')).toThrow(/infinet\.toml:2:\d+ is not TOML/);
});

/** Every setting of a table as its keys from the root. */
function settings(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) => settings(inner, [...path, key]));
}

test.each(settings(parse(template)))(
  'a value of the wrong kind is refused by the name of its key: %s %s',
  (...path) => {
    const table: Record<string, unknown> = parse(template);
    const [key = '', inner] = path;
    const section = table[key];
    const wrong = { x: 1 };
    if (inner === undefined || typeof section !== 'object') table[key] = wrong;
    else table[key] = { ...section, [inner]: wrong };
    expect(() => parseConfig(stringify(table))).toThrow(`infinet.toml: ${path.join('.')}: `);
  },
);

test.each([
  ['transport = "socket"', 'transport = "http"', 'abci.transport: '],
  ['stop_below_mib = 512', 'stop_below_mib = -1', 'disk.stop_below_mib: '],
  ['warn_skew_s = 10', 'warn_skew_s = 0', 'clock.warn_skew_s: '],
  ['halt_height = 0', 'halt_height = -5', 'halt_height: '],
  ['pruning = "default"', 'pruning = "some"', 'state.pruning: '],
  ['keep_recent = 100', 'keep_recent = 1', 'state.keep_recent: '],
  ['cors_origins = []', 'cors_origins = ["example.org"]', 'rest.cors_origins[0]: must be an origin'],
])('%s changed to %s is refused too', (from, to, complaint) => {
  expect(template).toContain(from);
  expect(() => parseConfig(template.replace(from, to))).toThrow(complaint);
});

test('a home from before a setting existed starts with its default', () => {
  const old = template.replace(/\[(disk|clock)\]\n(#.*\n)*.*\n/g, '').replace('transport = "socket"', '');
  expect(old).not.toContain('[disk]');
  const config = parseConfig(old);
  expect(config.abci.transport).toBe('socket');
  expect(config.disk.stop_below_mib).toBe(512);
  expect(config.clock.warn_skew_s).toBe(10);
});
