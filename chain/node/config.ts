import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { OperatorError, reason } from './failure.ts';

/** A host and a port (0 lets the system choose) to listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const hostAndPort = (scheme: string) =>
  z.string().transform((text, ctx): ListenAddress => {
    const match = new RegExp(`^${scheme}(\\[[0-9a-fA-F:]+\\]|[^:/\\[\\]]+):(\\d{1,5})$`).exec(text);
    const host = (match?.[1] ?? '').replace(/^\[|\]$/g, '');
    const port = Number(match?.[2]);
    if (match !== null && port <= 65535 && (isIP(host) !== 0 || /^[A-Za-z0-9.-]+$/.test(host))) return { host, port };
    ctx.addIssue({ code: 'custom', message: `must look like "${scheme}127.0.0.1:26658", is ${JSON.stringify(text)}` });
    return z.NEVER;
  });

/** Whether a text is such an address, as options of commands take it. */
export function isHostAndPort(text: string): boolean {
  return hostAndPort('').safeParse(text).success;
}

/** Decimal coins with up to 18 places, as the app takes them: `0.025uinf,0.1uatom`. */
const gasPrices = z
  .string()
  .regex(
    /^(|\d{1,30}(\.\d{1,18})?[a-zA-Z][a-zA-Z0-9/:._-]{2,127}(,\d{1,30}(\.\d{1,18})?[a-zA-Z][a-zA-Z0-9/:._-]{2,127})*)$/,
    'must look like "0.025uinf" (several with commas, no blanks) or be empty',
  );

const priceSource = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  pointer: z.string().regex(/^(\/([^/~]|~[01])*)*$/, 'must be a JSON pointer (RFC 6901), such as "/price"'),
});

const price = z.strictObject({
  symbol: z.string().regex(/^[A-Z0-9]{1,16}$/, 'must be 1 to 16 upper-case letters or digits'),
  sources: z.array(priceSource).min(1, 'needs at least one source'),
});

const configShape = z.strictObject({
  log_level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
  minimum_gas_prices: gasPrices,
  min_retain_blocks: z.int().min(0),
  invariant_period: z.int().min(0),
  halt_height: z.int().min(0).default(0),
  halt_time: z.int().min(0).default(0),
  watchdog_seconds: z.int().min(0).max(86_400).default(120),
  // Homes made before this could be chosen keep what they kept.
  state: z
    .strictObject({
      pruning: z.enum(['default', 'nothing', 'everything', 'custom']),
      keep_recent: z.int().min(2, 'must be at least 2: a rollback needs the version before the last'),
      interval: z.int().min(1),
      snapshot_interval: z.int().min(0).default(0),
      snapshot_keep_recent: z.int().min(1).default(2),
    })
    .default({
      pruning: 'default',
      keep_recent: 100,
      interval: 10,
      snapshot_interval: 0,
      snapshot_keep_recent: 2,
    }),
  abci: z.strictObject({ address: hostAndPort('tcp://'), transport: z.enum(['socket', 'grpc']).default('socket') }),
  disk: z.strictObject({ stop_below_mib: z.int().min(0) }).default({ stop_below_mib: 512 }),
  clock: z.strictObject({ warn_skew_s: z.int().min(1).max(3600) }).default({ warn_skew_s: 10 }),
  api: z.strictObject({ enabled: z.boolean(), address: hostAndPort(''), ready_max_block_age_ms: z.int().min(1000) }),
  // Homes made before these were served go on as they were.
  grpc: z
    .strictObject({ enabled: z.boolean(), address: hostAndPort('') })
    .default({ enabled: false, address: { host: '127.0.0.1', port: 9090 } }),
  rest: z
    .strictObject({
      enabled: z.boolean(),
      address: hostAndPort(''),
      cors_origins: z.array(
        z.string().regex(/^(\*|https?:\/\/[^\s/]+)$/, 'must be an origin such as "https://example.org", or "*"'),
      ),
    })
    .default({ enabled: false, address: { host: '127.0.0.1', port: 1317 }, cors_origins: [] }),
  oracle: z.strictObject({
    extension_timeout_ms: z.int().min(10).max(10_000),
    interval_ms: z.int().min(250).max(3_600_000),
    timeout_ms: z.int().min(50).max(60_000),
    max_age_ms: z.int().min(1000).max(86_400_000),
    max_response_bytes: z.int().min(64).max(16_777_216),
    prices: z.array(price).default([]),
  }),
});

export type Config = z.infer<typeof configShape>;
export type PriceConfig = z.infer<typeof price>;
export type OracleConfig = Config['oracle'];

/** Reads and checks infinet.toml. Throws one sentence that names the file, the key and what it must be. */
export function loadConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new OperatorError(`cannot read ${path}: ${reason(error)}. Create a home with: infinetd init`, {
      cause: error,
    });
  }
  return parseConfig(text, path);
}

/** The same for a text; `name` stands for the file in errors. */
export function parseConfig(text: string, name = 'infinet.toml'): Config {
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    const where = error instanceof TomlError ? `:${error.line}:${error.column}` : '';
    throw new OperatorError(`${name}${where} is not TOML: ${reason(error).split('\n')[0]}`, { cause: error });
  }
  const result = configShape.safeParse(table, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${keyOf(issue.path)}${describe(issue)}`);
  throw new OperatorError(`${name}: ${problems.join('; ')}`);
}

function keyOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    return key === '' ? String(part) : `${key}.${String(part)}`;
  }, '');
}

function describe(issue: z.core.$ZodIssue): string {
  const prefix = issue.path.length === 0 ? '' : ': ';
  if (issue.code === 'unrecognized_keys') return `${prefix}unknown key ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return `${prefix}is missing (${issue.expected})`;
  if (issue.code === 'invalid_type') return `${prefix}must be a ${issue.expected}, is ${JSON.stringify(issue.input)}`;
  return `${prefix}${issue.message}`;
}
