import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { abci } from '../../../sdk/codec/index.ts';
import { addresses, chainId, denom, genesisOperators, vrfPublicKey } from '../../sim/actors.ts';
import { voteOn, withoutExtensions } from '../../sim/consensus.ts';
import { appState, genesisSeconds, initChainRequest } from '../../sim/genesis.ts';
import { type Machine, openMachine } from '../../sim/machine.ts';
import { Random } from '../../sim/random.ts';

export interface ChainBlock {
  readonly height: bigint;
  /** Seconds since the Unix epoch. */
  readonly seconds: bigint;
  readonly txs: readonly Uint8Array[];
  readonly results: readonly abci.ExecTxResult[];
}

/** Who verifies on this chain: nobody else, so that every seat is this operator's. */
export const verifier = genesisOperators[0] ?? fail();

function fail(): never {
  throw new Error('the simulation has no operators');
}

const oneSeat = {
  seats: 1,
  min_seats: 1,
  // All of the small run's: no cheat may get through by luck.
  units_per_seat: 18,
  ack_window: '20000',
  commit_window: '20000',
  reveal_window: '20000',
  challenge_window: '3000',
  run_window: '20000',
  dispute_move_window: '20000',
  key_delay: '5',
  min_run_stake: '1000',
  min_dispute_bond: '100',
  gflop_price_micro: '1000',
  operator_cap_ppm: '1000000',
};

export interface ShardOfObjective {
  readonly root: string;
  readonly size_bytes: string;
  readonly uris: readonly string[];
}

/** The real state machine with all validators in this process; blocks come when somebody wants one. */
export class TestChain {
  readonly blocks: ChainBlock[] = [];
  /** Every tx that anybody gave to the node, taken or not. */
  readonly broadcasts: Uint8Array[] = [];
  readonly #machine: Machine;
  readonly #random: Random;
  readonly #known = new Set<string>();
  #mempool: Uint8Array[] = [];
  #seconds = genesisSeconds;
  #lastCommit: abci.ExtendedCommitInfo | undefined;

  private constructor(machine: Machine, seed: number) {
    this.#machine = machine;
    this.#random = new Random(seed);
  }

  static async start(folder: string, seed: number, schema: string, shards: readonly ShardOfObjective[]) {
    const machine = await openMachine(folder);
    const [table, digits] = shards;
    const { text, worker, verifierSeed } = verifier;
    const vrfKey = Buffer.from(vrfPublicKey(verifierSeed)).toString('base64');
    const state = {
      ...appState(),
      verification: {
        params: oneSeat,
        verifiers: [{ operator: text, keys: { worker: worker.text, vrf_public_key: vrfKey, backend: 'cpu' } }],
      },
      contribution: {
        params: {
          min_deposit: { denom, amount: '100' },
          min_objective_bond: { denom, amount: '1000' },
          commitment_lifetime_blocks: '20000',
          appeal_window_blocks: '5',
          max_artifact_bytes: '1000000',
        },
        objectives: [
          { title: 'Table', kind: 'CONTRIBUTION_KIND_DATA', metric: 'knn_shapley', schema, holdouts: [table] },
          { title: 'Digits', kind: 'CONTRIBUTION_KIND_MODEL', metric: 'accuracy', holdouts: [digits] },
        ],
      },
    };
    machine.app.initChain(initChainRequest(state));
    const chain = new TestChain(machine, seed);
    for (let block = 0; block < 8; block++) chain.nextBlock();
    return chain;
  }

  get height(): bigint {
    return this.blocks.at(-1)?.height ?? 0n;
  }

  get waiting(): number {
    return this.#mempool.length;
  }

  /** As CometBFT's broadcast_tx_sync, which remembers what it was given. */
  broadcast(tx: Uint8Array): abci.ResponseCheckTx {
    this.broadcasts.push(tx);
    const hash = createHash('sha256').update(tx).digest('hex');
    if (this.#known.has(hash)) throw new Error('tx already exists in cache');
    const answer = this.#machine.app.checkTx({ tx, type: 0 });
    if (answer.code === 0) {
      this.#known.add(hash);
      this.#mempool.push(tx);
    }
    return answer;
  }

  query(path: string, data: Uint8Array): abci.ResponseQuery {
    return this.#machine.app.query({ path, data, height: 0n, prove: false });
  }

  nextBlock(): void {
    const { app } = this.#machine;
    const height = this.height + 1n;
    const first = this.#lastCommit === undefined;
    this.#seconds += 1n;
    const block = {
      height,
      time: { seconds: this.#seconds, nanos: 0 },
      nextValidatorsHash: new Uint8Array(32),
      proposerAddress: new Uint8Array(20),
      misbehavior: [],
    };
    const localLastCommit = this.#lastCommit ?? { round: 0, votes: [] };
    const { txs } = app.prepareProposal({ ...block, maxTxBytes: 4_000_000n, txs: this.#mempool, localLastCommit });
    const hash = createHash('sha256').update(`${chainId} ${height}`).digest();
    const early = first ? undefined : voteOn(height, this.#machine, this.#random);
    const decidedLastCommit = withoutExtensions(localLastCommit);
    const { txResults } = app.finalizeBlock(
      abci.RequestFinalizeBlock.fromPartial({ ...block, txs, hash, decidedLastCommit }),
    );
    app.commit();
    this.#lastCommit = early ?? voteOn(height, this.#machine, this.#random);
    this.blocks.push({ height, seconds: this.#seconds, txs, results: txResults });
    this.#mempool = [];
  }

  /** Makes blocks at once for whoever waits for one, and now and then besides, until `signal` aborts. */
  async run(signal: AbortSignal, mayGoOn: () => boolean): Promise<void> {
    for (let idle = 0; !signal.aborted; idle++) {
      if (mayGoOn() && (this.waiting > 0 || idle % 8 === 0)) this.nextBlock();
      await sleep(15);
    }
  }

  close(): Promise<void> {
    return this.#machine.close();
  }
}

export const prefix = addresses.prefix;
