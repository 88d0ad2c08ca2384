import { setTimeout as sleep } from 'node:timers/promises';
import { fromBech32 } from '@cosmjs/encoding';
import { DirectSecp256k1Wallet } from '@cosmjs/proto-signing';
import type { CometClient } from '@cosmjs/tendermint-rpc';
import type { Logger } from 'pino';
import { createAddressCodec } from '../sdk/address.ts';
import { ArtifactCache } from './artifacts/cache.ts';
import { describeVerifierHome, type VerifierHome } from './home.ts';
import { openCrew } from './queue/crew.ts';
import { StoreRefused } from './queue/store.ts';
import { ChainView } from './worker/chain.ts';
import { ScoreFolder } from './worker/scores.ts';
import type { WorkerStats } from './worker/stats.ts';
import { Worker } from './worker/worker.ts';

export interface Work {
  /** Account address of the validator's operator. */
  readonly operator: string;
  readonly home: VerifierHome;
  readonly comet: CometClient;
  readonly databaseUrl: string;
  readonly denom: string;
  /** Fee a unit of gas, in 10^-6 of `denom`. */
  readonly gasPriceMicro: bigint;
  /** Milliseconds between two looks at the chain. */
  readonly pollMs: number;
  readonly tasksAtOnce: number;
  readonly stats: WorkerStats;
  readonly log: Logger;
  /** Told after each step that a crash could follow. */
  readonly at?: (step: string) => void;
}

/** Wires one worker, and lets it work until `signal` aborts. */
export async function work(parts: Work, signal: AbortSignal): Promise<void> {
  const { operator, home, comet, log, denom } = parts;
  const { prefix } = fromBech32(operator);
  const { worker } = await describeVerifierHome(home, prefix);
  const signer = await DirectSecp256k1Wallet.fromKey(home.workerKey, prefix);
  const { databaseUrl, gasPriceMicro, at } = parts;
  const onError = (error: Error) => log.warn({ error: error.message }, 'the queue');
  const shared = { databaseUrl, operator, comet, signer, vrfSeed: home.vrfSeed, gasPriceMicro, feeDenom: denom };
  const crew = await patiently(() => openCrew({ ...shared, onError, at }), log, signal);
  if (crew === undefined) return;
  try {
    await new Worker({
      identity: { operator, worker, vrfSeed: home.vrfSeed, denom },
      addresses: createAddressCodec(prefix),
      view: new ChainView(comet),
      cache: new ArtifactCache(home.artifacts),
      scores: new ScoreFolder(home.scores),
      stats: parts.stats,
      log,
      pollMs: parts.pollMs,
      tasksAtOnce: parts.tasksAtOnce,
      at: parts.at,
      ...crew,
    }).run(signal);
  } finally {
    await crew.close();
  }
}

/** Tries until node and database answer; undefined when asked to stop before. */
async function patiently<T>(open: () => Promise<T>, log: Logger, signal: AbortSignal): Promise<T | undefined> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      return await open();
    } catch (error) {
      if (error instanceof StoreRefused) throw error;
      const text = error instanceof Error ? error.message : String(error);
      if (tries % 20 === 0) log.warn({ error: text }, 'waiting for node and database');
    }
    await sleep(500, undefined, { signal }).catch(() => {});
  }
  return undefined;
}
