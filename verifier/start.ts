import { setTimeout as sleep } from 'node:timers/promises';
import { fromBech32 } from '@cosmjs/encoding';
import { DirectSecp256k1Wallet } from '@cosmjs/proto-signing';
import { type CometClient, connectComet } from '@cosmjs/tendermint-rpc';
import { type Logger, pino } from 'pino';
import { createAddressCodec } from '../sdk/address.ts';
import { createRegistry } from '../sdk/registry.ts';
import { createSender } from '../sdk/sender.ts';
import { ArtifactCache } from './artifacts/cache.ts';
import { describeVerifierHome, openVerifierHome } from './home.ts';
import { serveStatus } from './http.ts';
import { ChainView } from './worker/chain.ts';
import { Journal } from './worker/journal.ts';
import { WorkerStats } from './worker/stats.ts';
import { Worker } from './worker/worker.ts';

export interface StartOptions {
  readonly operator: string;
  readonly home: string;
  readonly rpc: string;
  readonly listen: string;
  readonly denom: string;
  readonly gasPriceMicro: string;
  readonly pollMs: string;
  readonly logLevel: string;
}

/** Runs a worker until SIGTERM, SIGINT or the end of the process that started it. */
export async function startVerifier(options: StartOptions): Promise<void> {
  const log = pino({ name: 'infinet-verifier', level: options.logLevel });
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => stopping.abort());
  const home = openVerifierHome(options.home);
  const { prefix } = fromBech32(options.operator);
  const { worker } = await describeVerifierHome(home, prefix);
  const stats = new WorkerStats();
  const { host, port } = parseListen(options.listen);
  const server = await serveStatus(host, port, stats);
  const comet = await connected(options.rpc, log, stopping.signal);
  if (comet !== undefined) {
    const registry = createRegistry();
    const signer = await DirectSecp256k1Wallet.fromKey(home.workerKey, prefix);
    const gasPriceMicro = BigInt(options.gasPriceMicro);
    log.info({ operator: options.operator, worker, rpc: options.rpc }, 'following assignments');
    await new Worker({
      identity: { operator: options.operator, worker, vrfSeed: home.vrfSeed, denom: options.denom },
      addresses: createAddressCodec(prefix),
      view: new ChainView(comet),
      sender: await createSender({ comet, signer, registry, gasPriceMicro, feeDenom: options.denom }),
      cache: new ArtifactCache(home.artifacts),
      journal: new Journal(home.journal, home.vrfSeed),
      stats,
      log,
      pollMs: Number(options.pollMs),
    }).run(stopping.signal);
    comet.disconnect();
  }
  server.close();
  server.closeAllConnections();
  log.info('stopped');
  process.exit(0);
}

/** Waits for a node that answers and has a block; undefined when asked to stop before. */
async function connected(rpc: string, log: Logger, signal: AbortSignal): Promise<CometClient | undefined> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      const comet = await connectComet(rpc);
      if ((await comet.status()).syncInfo.latestBlockHeight > 0) return comet;
    } catch (error) {
      if (tries % 20 === 0)
        log.info({ rpc, error: error instanceof Error ? error.message : '' }, 'waiting for the node');
    }
    await sleep(500, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^([^\s/]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535)
    throw new Error(`--listen must look like 127.0.0.1:26660, not ${text}`);
  return { host: match[1], port };
}
