import { existsSync } from 'node:fs';
import { startAbciGrpc } from '../abci/grpcServer.ts';
import { type AbciServer, startAbciServer } from '../abci/server.ts';
import { type HttpApi, startHttpApi } from '../api/http.ts';
import { createMetrics, type NodeStatus } from '../api/metrics.ts';
import { HaltError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { type Pruning, pruningPresets } from '../store/pruning.ts';
import { listenClients } from './clientApis.ts';
import { ClockWatch } from './clockWatch.ts';
import { cometRpcUrl } from './comet/address.ts';
import { cometClient } from './comet/client.ts';
import { requireCometPorts } from './cometPorts.ts';
import { CommitWatch } from './commitWatch.ts';
import { type Config, loadConfig } from './config.ts';
import { startDiskGuard } from './diskGuard.ts';
import { createExtensionBuilder } from './extension.ts';
import { OperatorError, reason } from './failure.ts';
import { bech32Prefix, type Genesis, hasValidators, readGenesis } from './genesis.ts';
import { haltAfter } from './haltWatch.ts';
import { migrateHome } from './homeFormat.ts';
import { linger, lingering } from './linger.ts';
import { lockHome } from './lock.ts';
import { ed25519PublicKey, readVrfSeed } from './nodeKeys.ts';
import { type HomePaths, homePaths } from './paths.ts';
import { addressText, listenError } from './ports.ts';
import { type PriceFeed, startPriceFeed } from './prices.ts';
import { settleGenesis } from './settleGenesis.ts';
import { BlockSlices } from './slices.ts';
import type { ExtensionState, OpenStateMachine, StateMachine } from './stateMachine.ts';
import { type CometProcess, startComet } from './supervisor.ts';
import { Watchdog } from './watchdog.ts';
import { wayOut } from './wayOut.ts';

export interface NodeOptions {
  readonly home: string;
  /** Software version, as Info reports it. */
  readonly version: string;
  readonly openStateMachine: OpenStateMachine;
  readonly createLogger: (level: Config['log_level'], bindings: Readonly<Record<string, string>>) => Logger;
  /** How CometBFT talks to the node; what the configuration says if not given. */
  readonly transport?: Config['abci']['transport'];
  /** Heights whose planned upgrades are skipped. */
  readonly skipUpgrades?: readonly bigint[];
  /** With it the node starts and watches its own CometBFT. */
  readonly comet?: {
    /** Finds or builds the program. */
    readonly binary: () => Promise<string>;
    readonly onLine: (line: string) => void;
  };
  /** Aborted when the node shall stop. */
  readonly stop: AbortSignal;
  /** Told when CometBFT may connect. */
  readonly onListening?: (address: string) => void;
}

/**
 * Runs a node until `stop` is aborted, then shuts down and resolves. Rejects with one sentence when it cannot start, when
 * the state machine fails, or when its CometBFT ends; everything that was started has been stopped by then.
 */
export async function runNode(options: NodeOptions): Promise<void> {
  const paths = homePaths(options.home);
  if (!existsSync(paths.config)) {
    throw new OperatorError(
      `${options.home} is not a node's home: make one with "infinetd init", or name it by --home`,
    );
  }
  const config = loadConfig(paths.config);
  const genesis = readGenesis(paths.genesis);
  if (!hasValidators(genesis)) {
    throw new OperatorError(
      `${paths.genesis} has no validators: put the genesis of the chain that you join in its place, or make a new chain ` +
        'with "infinetd genesis add-account", "gentx" and "collect"',
    );
  }
  // What was started last is stopped first.
  const cleanup: (() => void | Promise<void>)[] = [];
  try {
    const lock = lockHome(paths.lock);
    cleanup.push(() => lock.release());
    migrateHome(options.home);
    await startAndWait(options, { paths, config, genesis }, cleanup);
  } finally {
    await wayOut(cleanup, endAtOnce);
  }
}

/** What hangs is a thread that no longer answers, so there is no other way to end than this. */
function endAtOnce(): void {
  process.stderr.write(
    'infinetd: does not come to an end by itself, so it is cut off; the committed state is on disk\n',
  );
  process.kill(process.pid, 'SIGKILL');
}

interface Setup {
  readonly paths: HomePaths;
  readonly config: Config;
  readonly genesis: Genesis;
}

async function startAndWait(
  options: NodeOptions,
  setup: Setup,
  cleanup: (() => void | Promise<void>)[],
): Promise<void> {
  const { paths, config, genesis } = setup;
  const logger = options.createLogger(config.log_level, { chain: genesis.chain_id });
  const original = settleGenesis(paths.genesis);
  if (original !== undefined) logger.info({ original }, "turned the SDK's genesis into the form that CometBFT reads");
  const binary = await options.comet?.binary();
  if (binary !== undefined) await requireCometPorts(paths.cometConfig);
  if (options.stop.aborted) return;

  const feed = startPriceFeed({
    config: config.oracle,
    onSource: (url, problem) => reportSource(logger, url, problem),
  });
  cleanup.push(() => feed.stop());
  const machine = await openMachine(options, setup, feed, logger);
  cleanup.push(() => machine.close());
  const watchdog = Watchdog.start({
    seconds: config.watchdog_seconds,
    bindings: { chain: genesis.chain_id },
    onLost: (how) => logger.warn({ how }, 'the watchdog is gone: nobody notices should this node hang'),
  });
  cleanup.push(() => watchdog.stop());

  const failed = Promise.withResolvers<Error>();
  const clock = new ClockWatch(config.clock.warn_skew_s, (seconds) =>
    logger.warn({ seconds: Math.round(seconds) }, 'the local clock differs from the blocks: see to its time service'),
  );
  const watch = new CommitWatch(clock);
  let failure: string | undefined;
  const fail = (error: Error) => {
    failure ??= error.message;
    failed.resolve(error);
  };

  const disk = await startDiskGuard({
    folder: paths.home,
    leastMiB: config.disk.stop_below_mib,
    key: `disk.stop_below_mib of ${paths.config}`,
    onLow: (freeMiB) => logger.warn({ freeMiB }, 'the disk is almost full: the node will stop before it is'),
    onFull: fail,
  });
  cleanup.push(() => disk.stop());

  const transport = options.transport ?? config.abci.transport;
  const halted = new AbortController();
  const cutOff = new AbortController();
  const point = { height: BigInt(config.halt_height), time: BigInt(config.halt_time) };
  const warnOfHalt = () =>
    logger.warn({ halt_height: config.halt_height, halt_time: config.halt_time }, 'halts, as its configuration says');
  if (point.height > 0n && machine.height >= point.height) return warnOfHalt();
  const rpc = cometClient(cometRpcUrl(paths.cometConfig), 1000);
  const wait = () => linger(rpc, options.stop);
  const slices = new BlockSlices(machine);
  const followed = watchdog.follow(
    slices.gate(watch.follow(machine.application, (request) => slices.finalizeBlock(request))),
  );
  const application = haltAfter(lingering(followed, wait), point, {
    onReached: () => {
      warnOfHalt();
      void wait().then(() => halted.abort());
    },
    onPassed: () => {
      if (point.height === 0n || machine.height < point.height) warnOfHalt();
      void wait().then(() => {
        cutOff.abort();
        halted.abort();
      });
    },
  });
  const server = await listenAbci(setup, transport, application, logger, fail);
  cleanup.push(() => server.close());
  cutOff.signal.addEventListener('abort', () => void server.close(), { once: true });
  const status = (): NodeStatus => ({
    chainId: genesis.chain_id,
    height: machine.height,
    appHash: Buffer.from(machine.appHash).toString('hex').toUpperCase(),
    blockAgeMs: watch.ageMs,
    lagMs: watch.lagMs,
    prices: feed.prices().size,
    clockSkewSeconds: clock.skewSeconds,
    diskFreeBytes: disk.freeBytes,
    failure,
  });
  const api = await listenApi(setup, status);
  if (api !== undefined) cleanup.push(() => api.close());
  const clients = await listenClients(
    { ...setup, version: options.version },
    machine,
    () => failure === undefined,
    logger,
  );
  cleanup.push(() => clients.close());
  logger.info(
    {
      address: server.address,
      transport,
      height: machine.height.toString(),
      api: api?.port ?? null,
      ...clients.ports,
      version: options.version,
    },
    'listening for CometBFT',
  );
  options.onListening?.(server.address);

  const comet =
    binary === undefined
      ? undefined
      : await startComet({
          binary,
          home: paths.home,
          proxyApp: server.address,
          transport,
          // Cut off, it calls what is wanted here a failure, with a stack.
          onLine: (line) => void (cutOff.signal.aborted || options.comet?.onLine(line)),
        });
  if (comet !== undefined) {
    cleanup.push(() => comet.stop());
    logger.info({ pid: comet.pid, binary: binary ?? null }, 'CometBFT runs');
  }

  await waitForEnd(AbortSignal.any([options.stop, halted.signal]), failed.promise, comet);
  logger.info({ height: machine.height.toString() }, 'shutting down');
}

/** Resolves when the node shall stop; rejects when it must. */
async function waitForEnd(stop: AbortSignal, failed: Promise<Error>, comet: CometProcess | undefined): Promise<void> {
  const asked = new Promise<'asked'>((resolve) => {
    if (stop.aborted) resolve('asked');
    stop.addEventListener('abort', () => resolve('asked'), { once: true });
  });
  const ended = comet?.ended.then(async (sentence) => {
    // Ctrl-C reaches both processes at once, and a state machine that fails takes CometBFT's connections down: whoever
    // is to blame gets a moment to say so.
    const other = await Promise.race([asked, failed, pause(500)]);
    if (other === 'asked') return other;
    return other instanceof Error ? other : new OperatorError(`${sentence}; infinetd stops with it`);
  });
  const outcome = await Promise.race([asked, failed, ...(ended === undefined ? [] : [ended])]);
  if (outcome === 'asked') return;
  if (outcome instanceof OperatorError) throw outcome;
  if (outcome instanceof HaltError) throw new OperatorError(outcome.message, { cause: outcome });
  throw new OperatorError(
    `the state machine failed and the node stops, so that it cannot diverge: ${reason(outcome)}`,
    {
      cause: outcome,
    },
  );
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}

async function openMachine(options: NodeOptions, setup: Setup, feed: PriceFeed, logger: Logger): Promise<StateMachine> {
  const { paths, config, genesis } = setup;
  const seed = readVrfSeed(paths);
  try {
    return await options.openStateMachine({
      chainId: genesis.chain_id,
      bech32Prefix: bech32Prefix(genesis),
      stateFolder: paths.state,
      pruning: choosePruning(config),
      snapshots: { interval: config.state.snapshot_interval, keepRecent: config.state.snapshot_keep_recent },
      logger,
      skipUpgrades: options.skipUpgrades,
      settings: {
        version: options.version,
        runtime: `node.${process.versions.node}`,
        minimumGasPrices: config.minimum_gas_prices,
        minRetainBlocks: BigInt(config.min_retain_blocks),
        extensionTimeoutMs: config.oracle.extension_timeout_ms,
        invariantPeriod: BigInt(config.invariant_period),
      },
      extensions: (state) => extensionSource(state, feed, seed, logger),
    });
  } catch (error) {
    if (error instanceof HaltError) throw new OperatorError(error.message, { cause: error });
    throw new OperatorError(`cannot open the state in ${paths.state}: ${reason(error)}`, { cause: error });
  }
}

function choosePruning({ state }: Config): Pruning {
  if (state.pruning !== 'custom') return pruningPresets[state.pruning];
  return { keepRecent: state.keep_recent, interval: state.interval };
}

function extensionSource(state: ExtensionState, feed: PriceFeed, seed: Uint8Array | undefined, logger: Logger) {
  const publicKey = seed === undefined ? undefined : ed25519PublicKey(seed);
  const build = createExtensionBuilder({
    prices: () => feed.prices(),
    observedSeconds: () => feed.observedSeconds(),
    symbols: () => state.symbols(),
    beacon:
      seed === undefined || publicKey === undefined
        ? undefined
        : { input: () => state.beaconInput(publicKey), prove: (alpha) => state.prove(seed, alpha) },
    onProblem: (part, problem) => logger.warn({ part, problem }, 'the vote goes out without a part of its extension'),
  });
  return { extend: async () => build() };
}

async function listenAbci(
  { paths, config }: Setup,
  transport: Config['abci']['transport'],
  application: StateMachine['application'],
  logger: Logger,
  onFatal: (error: Error) => void,
): Promise<AbciServer> {
  const { address } = config.abci;
  try {
    if (transport === 'grpc') return await startAbciGrpc({ ...address, application, logger, onFatal });
    return await startAbciServer({ listen: `tcp://${addressText(address)}`, application, logger, onFatal });
  } catch (error) {
    throw listenError(error, address, { key: 'abci.address', file: paths.config });
  }
}

async function listenApi({ paths, config }: Setup, status: () => NodeStatus): Promise<HttpApi | undefined> {
  const { enabled, address, ready_max_block_age_ms: readyMaxBlockAgeMs } = config.api;
  if (!enabled) return undefined;
  try {
    return await startHttpApi({ ...address, status, metrics: createMetrics(status), readyMaxBlockAgeMs });
  } catch (error) {
    throw listenError(error, address, { key: 'api.address', file: paths.config });
  }
}

function reportSource(logger: Logger, url: string, problem: string | undefined): void {
  if (problem === undefined) logger.info({ url }, 'price source answers again');
  else logger.warn({ url, problem }, 'price source fails');
}
