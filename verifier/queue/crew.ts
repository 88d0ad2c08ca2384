import type { OfflineSigner } from '@cosmjs/proto-signing';
import type { CometClient } from '@cosmjs/tendermint-rpc';
import { createRegistry } from '../../sdk/registry.ts';
import { Attestations } from './attestations.ts';
import { SeatJobs } from './jobs.ts';
import { Outbox } from './outbox.ts';
import { openStore } from './store.ts';

/** What the workers of one operator share, over one Postgres. */
export interface Crew {
  readonly attestations: Attestations;
  readonly outbox: Outbox;
  readonly jobs: SeatJobs;
  close(): Promise<void>;
}

export interface CrewOptions {
  readonly databaseUrl: string;
  /** Account address text. */
  readonly operator: string;
  readonly comet: CometClient;
  /** The hot key's. */
  readonly signer: OfflineSigner;
  readonly vrfSeed: Uint8Array;
  /** Fee a unit of gas, in 10^-6 of `feeDenom`'s unit. */
  readonly gasPriceMicro: bigint;
  readonly feeDenom: string;
  readonly onError: (error: Error) => void;
  /** Told after each step that a crash could follow. */
  readonly at?: (step: string) => void;
}

export async function openCrew(options: CrewOptions): Promise<Crew> {
  const { comet, operator, signer, gasPriceMicro, feeDenom, at } = options;
  const store = await openStore(options.databaseUrl, { operator, chain: await chainIdentity(comet) });
  try {
    const parts = { store, comet, signer, registry: createRegistry(), gasPriceMicro, feeDenom, at };
    const outbox = await Outbox.open(parts);
    const jobs = await SeatJobs.open(store, options.onError);
    const close = async () => {
      await jobs.close();
      await store.close();
    };
    return { attestations: new Attestations(store, options.vrfSeed), outbox, jobs, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Chain id and time of the genesis: what was said on a test chain says nothing on the next one of that name. */
export async function chainIdentity(comet: CometClient): Promise<string> {
  const { network } = (await comet.status()).nodeInfo;
  try {
    const { genesisTime } = await comet.genesis();
    return `${network} ${genesisTime.toISOString()}`;
  } catch (error) {
    // A genesis of more than 16 MiB is not answered in one piece; chains that large do not begin anew under their name.
    if (error instanceof Error && error.message.includes('genesis_chunked')) return network;
    throw error;
  }
}
