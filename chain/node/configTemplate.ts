import type { PriceConfig } from './config.ts';

/** The values of a new home's infinet.toml that depend on where it runs. */
export interface ConfigValues {
  readonly logLevel?: string;
  readonly minimumGasPrices?: string;
  readonly invariantPeriod?: number;
  /** host:port of the ABCI server. */
  readonly abci: string;
  /** host:port of health and metrics. */
  readonly api: string;
  /** host:port of the gRPC server; left out: off. */
  readonly grpc?: string;
  /** host:port of REST; left out: off. */
  readonly rest?: string;
  /** Web pages that may ask over REST. */
  readonly corsOrigins?: readonly string[];
  readonly oracleIntervalMs?: number;
  /** Blocks between two snapshots; none if not given. */
  readonly snapshotInterval?: number;
  readonly prices?: readonly PriceConfig[];
}

/** The text of a new infinet.toml. */
export function configTemplate(values: ConfigValues): string {
  return `# Settings of infinetd. CometBFT's own settings are in config.toml beside this file.
# Every value is checked when infinetd starts; an unknown key is an error.

# What is logged: trace, debug, info, warn, error or silent.
log_level = ${text(values.logLevel ?? 'info')}

# The least that this node takes for a unit of gas into its mempool, such as "0.025uinf"; several with commas; "" takes
# any. It is this node's own choice: blocks of others are not judged by it.
minimum_gas_prices = ${text(values.minimumGasPrices ?? '')}

# CometBFT may drop blocks that are older than this many; 0 keeps all. A node that others sync from keeps all.
min_retain_blocks = 0

# Every so many blocks all invariants of the state are checked, and the node stops if one is broken; 0 never checks.
invariant_period = ${values.invariantPeriod ?? 0}

# The node stops by itself after this height, or before the first block later than this time (seconds since 1970), so
# that all operators change the software at the same block; 0 never stops.
halt_height = 0
halt_time = 0

# A node that hangs for so long is killed by a process that watches it, with a line in the log that says in what; a service
# manager then starts it again. 0 watches nothing. Raise it where an upgrade's migrations take longer.
watchdog_seconds = 120

[state]
# Which versions of the state queries can ask for: "default" keeps the last 362880, "nothing" all, "everything" the last 2,
# "custom" the last keep_recent. Old ones are removed every so many blocks (custom: interval).
pruning = "default"
keep_recent = 100
interval = 10
# Every so many blocks a snapshot of the state for nodes that join by state sync, and how many of them stay; 0 takes none.
snapshot_interval = ${values.snapshotInterval ?? 0}
snapshot_keep_recent = 2

[abci]
# Where CometBFT finds the application. Without --comet, "proxy_app" in config.toml must name the same address.
address = ${text(`tcp://${values.abci}`)}
# How CometBFT talks to it: "socket" or "grpc". Without --comet, "abci" in config.toml must say the same, and with "grpc"
# its "proxy_app" is written without tcp://. On one or two cores "grpc" leaves more of them to the work; it limits the
# results of a block to 4 MiB.
transport = "socket"

[disk]
# The node stops when the disk of its home has less room than this, MiB, so that no file is left half written; 0 never.
stop_below_mib = 512

[clock]
# A warning is logged when the times of blocks and the local clock differ by more than this.
warn_skew_s = 10

[api]
# /health, /ready and /metrics over HTTP. Keep it on a loopback address: nothing here asks who is calling.
enabled = true
address = ${text(values.api)}
# The node reports itself ready while its last block is younger than this.
ready_max_block_age_ms = 30000

[grpc]
# Every query and service over gRPC, with server reflection (grpcurl, relayers). Nothing asks who is calling: before it
# faces a network put a proxy in front that limits rates.
enabled = ${values.grpc !== undefined}
address = ${text(values.grpc ?? '127.0.0.1:9090')}

[rest]
# The same over HTTP and JSON, by the routes of the Cosmos SDK (wallets, explorers). What holds for grpc holds here.
enabled = ${values.rest !== undefined}
address = ${text(values.rest ?? '127.0.0.1:1317')}
# Web pages that may ask, by their origin: "https://wallet.example.org", or "*" for all.
cors_origins = [${(values.corsOrigins ?? []).map(text).join(', ')}]

[oracle]
# How often every price source is asked, how long it may take, and how many bytes it may answer.
interval_ms = ${values.oracleIntervalMs ?? 5000}
timeout_ms = 3000
max_response_bytes = 65536
# A source that was last heard longer ago than this no longer counts.
max_age_ms = 60000
# A vote waits no longer than this for prices and randomness; past it the vote goes out without them.
extension_timeout_ms = 400

# The prices that this validator reports with its votes: for each symbol of the chain's oracle the median of its
# sources. A source is a URL that answers JSON and a JSON pointer (RFC 6901) to a number or a decimal string in units of
# the quote currency. The same URL counts once. Without any price the validator votes without one.
#
# [[oracle.prices]]
# symbol = "BTC"
# sources = [
#   { url = "https://example.com/ticker", pointer = "/last" },
#   { url = "https://example.org/v1/prices", pointer = "/data/0/price" },
# ]
${(values.prices ?? []).map(priceText).join('')}`;
}

function priceText(price: PriceConfig): string {
  const sources = price.sources.map(({ url, pointer }) => `  { url = ${text(url)}, pointer = ${text(pointer)} },\n`);
  return `\n[[oracle.prices]]\nsymbol = ${text(price.symbol)}\nsources = [\n${sources.join('')}]\n`;
}

/** JSON's strings are TOML basic strings. */
function text(value: string): string {
  return JSON.stringify(value);
}
