import { createHash } from 'node:crypto';
import { consensusParams } from '../../chain/app/kernelState.ts';
import { consensusAddress } from '../../chain/app/validators.ts';
import { abci, type cometParams } from '../../sdk/codec/index.ts';
import { chainId } from './actors.ts';
import { signersOf, voteOn, withoutExtensions } from './consensus.ts';
import { misbehaviorAt } from './evidence.ts';
import { appState, genesisSeconds, initChainRequest } from './genesis.ts';
import { type Machine, type NodeChoice, neededUpgrade, openMachine } from './machine.ts';
import { acts } from './messages/all.ts';
import { upgradeState } from './messages/governance.ts';
import { Random } from './random.ts';
import { Wallets } from './txs.ts';
import type { Draft, View } from './view.ts';
import { Workshop } from './workshop.ts';

export interface SimulatorOptions {
  readonly seed: number;
  /** Folder of the store. */
  readonly folder: string;
  /** Whether to close and open the store before this block. No result may depend on it. */
  readonly restartBefore?: (height: bigint) => boolean;
  readonly probe?: Probe;
  readonly node?: NodeChoice;
}

/** Looks closer at what happens, on the side: whatever it does, the chain must go on as if it had not. */
export interface Probe {
  /** A message that somebody is about to send. */
  draft?(place: Place, draft: Draft): void;
  /** A block that is about to be executed; its height and everything but the txs may be executed as another block too. */
  proposal?(place: Place, request: abci.RequestFinalizeBlock): void;
}

/** Where a probe looks. */
export interface Place {
  readonly machine: Machine;
  readonly view: View;
}

/** One executed block: what a second node needs, and what it must answer. */
export interface SimulatedBlock {
  readonly height: bigint;
  readonly request: abci.RequestFinalizeBlock;
  readonly response: abci.ResponseFinalizeBlock;
}

/** SHA-256 of everything that nodes must agree on: results, gas, events, updates and app hash. */
export function blockDigest(response: abci.ResponseFinalizeBlock): string {
  return createHash('sha256').update(abci.ResponseFinalizeBlock.encode(response).finish()).digest('hex');
}

const { ACCEPT } = abci.ResponseProcessProposal_ProposalStatus;

/** CometBFT with all its validators in one process, over one state machine. The same seed gives the same chain. */
export class Simulator {
  readonly #options: SimulatorOptions;
  readonly #random: Random;
  readonly #workshop = new Workshop();
  /** Upgrades that the software of this node knows by now. */
  #upgrades: string[] = [];
  #folder: string;
  #machine: Machine;
  #height: bigint;
  #seconds: bigint;
  /** The commit of the last block; none before the first. */
  #lastCommit: abci.ExtendedCommitInfo | undefined;

  private constructor(options: SimulatorOptions, machine: Machine, height: bigint, seconds: bigint) {
    this.#options = options;
    this.#folder = options.folder;
    this.#random = new Random(options.seed);
    this.#machine = machine;
    this.#height = height;
    this.#seconds = seconds;
  }

  /** Starts the chain, from an exported state if one is given. */
  static async start(options: SimulatorOptions, exported?: ExportedState): Promise<Simulator> {
    const machine = await openMachine(options.folder, options.node);
    const { height, seconds } = begin(machine, exported);
    return new Simulator(options, machine, height, seconds);
  }

  /** Ends the chain, and lets another one in another folder go on from its exported state. */
  async startAnew(folder: string): Promise<void> {
    const exported = this.exportState();
    await this.#machine.close();
    this.#folder = folder;
    // What a chain has been upgraded by is no part of an export, as in the SDK.
    this.#upgrades = [];
    this.#machine = await openMachine(folder, this.#options.node);
    begin(this.#machine, exported);
    this.#lastCommit = undefined;
  }

  get height(): bigint {
    return this.#height;
  }

  get machine(): Machine {
    return this.#machine;
  }

  get upgrades(): readonly string[] {
    return this.#upgrades;
  }

  /** @param change what CometBFT says about the block besides */
  async nextBlock(
    change: (request: abci.RequestFinalizeBlock) => abci.RequestFinalizeBlock = (request) => request,
  ): Promise<SimulatedBlock> {
    const height = this.#height + 1n;
    const first = this.#lastCommit === undefined;
    if (!first && this.#options.restartBefore?.(height) === true) await this.#restart();
    const request = change(this.#propose(height, first ? [] : this.#mempool()));
    if (!first) await this.#upgradeIfDue(request);
    if (!first) this.#options.probe?.proposal?.(this.#place(), request);
    // Before the first block nothing can be read: the first commit is made on the state that InitChain left behind it.
    const early = first ? undefined : voteOn(height, this.#machine, this.#random);
    const response = this.#machine.app.finalizeBlock(request);
    this.#machine.app.commit();
    this.#height = height;
    this.#lastCommit = early ?? voteOn(height, this.#machine, this.#random);
    return { height, request, response };
  }

  /** The next block as a proposer would make it, without executing it. */
  proposal(): abci.RequestFinalizeBlock {
    return this.#propose(this.#height + 1n, this.#mempool());
  }

  async close(): Promise<void> {
    await this.#machine.close();
  }

  /** @param forZeroHeight for a chain that begins at height 1 */
  exportState(forZeroHeight = false): ExportedState {
    const { app } = this.#machine;
    const exported = forZeroHeight ? app.exportAnew(0n, undefined) : app.exportGenesis();
    const state: unknown = JSON.parse(JSON.stringify(exported));
    if (typeof state !== 'object' || state === null) throw new Error('the export is not an object');
    const { consensusParams } = this.#machine.machine.exportState(0n);
    return { state: { ...state }, height: forZeroHeight ? 0n : this.#height, seconds: this.#seconds, consensusParams };
  }

  /** A node that does not know a planned upgrade stops at its height; with the new software it executes the same block. */
  async #upgradeIfDue(request: abci.RequestFinalizeBlock): Promise<void> {
    const plan = upgradeState.plan.get(this.#machine.app.queryContext());
    if (plan === undefined || plan.height > request.height) return;
    let name: string | undefined;
    try {
      this.#machine.app.finalizeBlock(request);
    } catch (error) {
      name = neededUpgrade(error);
    }
    if (name !== plan.name) throw new Error(`block ${request.height} did not stop for the upgrade ${plan.name}`);
    this.#upgrades = [...this.#upgrades, name];
    await this.#restart();
  }

  async #restart(): Promise<void> {
    const before = this.#machine.machine.appHash;
    await this.#machine.close();
    this.#machine = await openMachine(this.#folder, this.#options.node, this.#upgrades);
    const { machine } = this.#machine;
    if (machine.height !== this.#height || Buffer.compare(machine.appHash, before) !== 0) {
      throw new Error(`after a restart the state is of height ${machine.height}, not ${this.#height}`);
    }
  }

  #place(): Place {
    const view = { ctx: this.#machine.app.queryContext(), height: this.#height, workshop: this.#workshop };
    return { machine: this.#machine, view };
  }

  #mempool(): Uint8Array[] {
    const random = this.#random;
    const place = this.#place();
    const { view } = place;
    const wallets = new Wallets(view);
    const txs: Uint8Array[] = [];
    for (const { list, perBlock } of acts) {
      for (let i = random.below(perBlock + 1); i > 0; i--) {
        const drafts = draftsOf(random, list, view);
        if (drafts.length === 0) continue;
        for (const draft of drafts) this.#options.probe?.draft?.(place, draft);
        const tx = wallets.sign(random, drafts);
        txs.push(tx);
        // What CheckTx says must not matter to blocks; it only fills caches.
        if (random.oneIn(2)) this.#machine.app.checkTx({ tx, type: 0 });
      }
    }
    return txs;
  }

  /** Lets a random proposer build the block and everyone check it. */
  #propose(height: bigint, mempool: readonly Uint8Array[]): abci.RequestFinalizeBlock {
    const { app } = this.#machine;
    const first = this.#lastCommit === undefined;
    this.#seconds += this.#random.between(1n, 8n);
    const block = {
      height,
      time: { seconds: this.#seconds, nanos: Number(this.#random.between(0n, 999_999_999n)) },
      nextValidatorsHash: new Uint8Array(32),
      proposerAddress: this.#proposer(height),
      misbehavior: first ? [] : misbehaviorAt(height, this.#seconds, this.#machine, this.#random),
    };
    const localLastCommit = this.#lastCommit ?? { round: 0, votes: [] };
    const proposedLastCommit = withoutExtensions(localLastCommit);
    const { txs } = app.prepareProposal({
      ...block,
      maxTxBytes: this.#room(first),
      txs: [...mempool],
      localLastCommit,
    });
    const hash = createHash('sha256').update(`${chainId} ${height}`).digest();
    const { status } = app.processProposal({ ...block, txs, hash, proposedLastCommit });
    if (status !== ACCEPT) throw new Error(`block ${height}: what PrepareProposal made, ProcessProposal refused`);
    return { ...block, txs, hash, decidedLastCommit: proposedLastCommit };
  }

  /** Bytes for txs, as CometBFT works them out from the block's limit. */
  #room(first: boolean): bigint {
    const params = first ? undefined : consensusParams.get(this.#machine.app.queryContext());
    const maxBytes = params?.block?.maxBytes ?? 4_194_304n;
    return maxBytes - 20_000n;
  }

  #proposer(height: bigint): Uint8Array {
    if (this.#lastCommit === undefined) return new Uint8Array(20);
    const { validators } = signersOf(height, this.#machine);
    return consensusAddress(this.#random.pick(validators).publicKey);
  }
}

export interface ExportedState {
  readonly state: Record<string, unknown>;
  /** The height that it is the state of. */
  readonly height: bigint;
  /** Block time then, seconds since the Unix epoch. */
  readonly seconds: bigint;
  readonly consensusParams: cometParams.ConsensusParams | undefined;
}

/** Begins a chain on an empty store: from an export, or with the genesis of all simulations. */
function begin({ app }: Machine, exported: ExportedState | undefined): { height: bigint; seconds: bigint } {
  const { state, height, seconds } = exported ?? { state: appState(), height: 0n, seconds: genesisSeconds };
  app.initChain(initChainRequest(state, height + 1n, seconds, exported?.consensusParams));
  return { height, seconds };
}

/** Mostly one message; sometimes several, of one signer or two, which succeed or fail together. */
function draftsOf(random: Random, list: (typeof acts)[number]['list'], view: View): Draft[] {
  const first = random.pick(list)(random, view);
  if (first === undefined) return [];
  const drafts = [first];
  if (random.oneIn(8)) {
    const more = random.pick(list)(random, view);
    if (more !== undefined && (more.signer === first.signer || random.oneIn(3))) drafts.push(more);
    else if (random.oneIn(2)) drafts.push(first);
  }
  return drafts;
}
