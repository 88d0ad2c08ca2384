import { abci } from '../../sdk/codec/index.ts';
import { extendWithin } from '../abci/extendVote.ts';
import type { AbciApplication } from '../abci/handlers.ts';
import { type BlockInfo, Context } from '../context.ts';
import type { ChildBranch } from '../store/kv.ts';
import { fromTimestamp } from '../time.ts';
import type { AnteDeps } from '../tx/ante/types.ts';
import { readGasPrices } from '../tx/coins.ts';
import { DecodedTxs } from '../tx/decodedTxs.ts';
import { MessageRouter } from '../tx/router.ts';
import { SignatureCache } from '../tx/signatureCache.ts';
import { checkInvariants, executeBlock } from './block.ts';
import { beginAnew, exportGenesis, firstHeight, initGenesis } from './genesis.ts';
import { consensusParams, kernelStore, lastBlock, minGasPrices } from './kernelState.ts';
import type { AppOptions } from './options.ts';
import { maxBlockGas, Proposals } from './proposals.ts';
import { type QueryAnswer, QueryRouter } from './queries.ts';
import { serviceQueries, simulationJson } from './services.ts';
import { type TxOutcome, TxRunner } from './txRunner.ts';

/** Txs of the mempool that stay decoded, their signatures verified, for their block: a few full blocks, at about 4 KiB each. */
const decodedLimit = 20_000;

/** Names of all committed stores: the kernel's own and those of the modules. The store is opened with them. */
export function storeNames(modules: readonly { readonly stores: readonly string[] }[]): string[] {
  return [kernelStore, ...modules.flatMap((module) => module.stores)];
}

/** The state machine behind ABCI: one per process, built once from its parts. A throw from it must stop the process. */
export class App implements AbciApplication {
  readonly #options: AppOptions;
  readonly #runner: TxRunner;
  readonly #proposals: Proposals;
  readonly #queries: QueryRouter;
  readonly #messageTypes: readonly string[];
  /** What the mempool's txs have done so far; starts anew after each block. */
  #checkState: ChildBranch;
  /** The height that FinalizeBlock has staged and Commit has not yet made durable. */
  #staged: bigint | undefined;
  /** Where the chain starts, known between InitChain and the first Commit. */
  #initialHeight = 1n;
  #executing: Promise<unknown> = Promise.resolve();

  constructor(options: AppOptions) {
    const { chainId, modules, store, logger, node } = options;
    const router = new MessageRouter(modules);
    const ante: AnteDeps = {
      addresses: options.addresses,
      accounts: options.accounts,
      bank: options.bank,
      feeGrants: options.feeGrants,
      signatures: new SignatureCache(),
      chainGasPrices: (ctx) => readGasPrices(minGasPrices.get(ctx.unmetered()) ?? ''),
      nodeGasPrices: readGasPrices(node.minimumGasPrices),
      maxBlockGas: (ctx) => maxBlockGas(ctx.unmetered()),
      isAllowed: options.isAllowed,
    };
    const decoded = new DecodedTxs(decodedLimit);
    const simulate = (tx: Uint8Array) => this.simulate(tx);
    this.#options = options;
    this.#messageTypes = router.typeUrls;
    this.#runner = new TxRunner({ router, ante, decoded, logger });
    this.#proposals = new Proposals({ chainId, router, decoded, logger });
    this.#queries = new QueryRouter({
      chainId,
      store,
      logger,
      routes: [
        ...modules.flatMap((module) => module.queries ?? []),
        ...serviceQueries({ chainId, version: node.version, simulate }),
        ...(options.queries ?? []),
      ],
      storeNames: storeNames(modules),
      version: node.version,
      simulate: (tx) => simulationJson(simulate(tx)),
    });
    this.#checkState = store.committed.branch();
  }

  info(): abci.ResponseInfo {
    const { store, node } = this.#options;
    const params = store.version > 0n ? consensusParams.get(this.#context(store.committed.branch())) : undefined;
    return {
      data: 'infinet',
      // As semantic versioning writes what does not decide on precedence.
      version: node.runtime === undefined ? node.version : `${node.version}+${node.runtime}`,
      appVersion: params?.version?.app ?? 0n,
      lastBlockHeight: store.version,
      lastBlockAppHash: store.version > 0n ? store.appHash : new Uint8Array(),
    };
  }

  initChain(request: abci.RequestInitChain): abci.ResponseInitChain {
    const { chainId, store, modules, addresses, logger } = this.#options;
    if (request.chainId !== chainId) {
      throw new Error(`the genesis file is of chain ${request.chainId}, this node is of ${chainId}`);
    }
    store.discard();
    this.#staged = undefined;
    this.#initialHeight = firstHeight(request.initialHeight);
    const block = { chainId, height: 0n, time: fromTimestamp(request.time), proposer: new Uint8Array() };
    const ctx = new Context(block, store.working);
    const runGenesisTx = (_ctx: Context, bytes: Uint8Array) => {
      const outcome = this.#runner.run(bytes, { state: store.working, block, mode: 'genesis' });
      if (outcome.code !== 0) throw new Error(`${outcome.codespace} ${outcome.code}: ${outcome.log}`);
    };
    const note = (text: string) => logger.warn({}, text);
    const validators = initGenesis({ modules, bech32Prefix: addresses.prefix, runGenesisTx, note }, ctx, request);
    return { consensusParams: request.consensusParams, validators: [...validators], appHash: store.appHash };
  }

  /**
   * What InitChain would make of a genesis, all invariants checked, without keeping anything. Throws with the path of what
   * is wrong.
   */
  tryGenesis(request: abci.RequestInitChain): readonly abci.ValidatorUpdate[] {
    const { store, modules, chainId } = this.#options;
    if (store.version > 0n) throw new Error('a chain that has blocks takes no genesis');
    try {
      const { validators } = this.initChain(request);
      const block = { chainId, height: 0n, time: fromTimestamp(request.time), proposer: new Uint8Array() };
      checkInvariants(modules, new Context(block, store.working));
      return validators;
    } finally {
      store.discard();
    }
  }

  query(request: abci.RequestQuery): abci.ResponseQuery {
    return this.#queries.answer(request);
  }

  /** gRPC methods that `call` answers. */
  get queryPaths(): readonly string[] {
    return this.#queries.paths;
  }

  /** Type URLs of all messages that a module handles, sorted. */
  get messageTypes(): readonly string[] {
    return this.#messageTypes;
  }

  /** One gRPC method on committed state, 0 for the last height. Throws a `GrpcError` and nothing else. */
  call(path: string, request: Uint8Array, height: bigint): QueryAnswer {
    return this.#queries.call(path, request, height);
  }

  checkTx(request: abci.RequestCheckTx): abci.ResponseCheckTx {
    const mode = request.type === abci.CheckTxType.RECHECK ? 'recheck' : 'check';
    const outcome = this.#runner.run(request.tx, { state: this.#checkState, block: this.#lastBlock(), mode });
    return {
      ...emptyCheck,
      code: outcome.code,
      codespace: outcome.codespace,
      log: outcome.log,
      data: outcome.data,
      gasWanted: BigInt.asIntN(64, outcome.gasWanted),
      gasUsed: BigInt.asIntN(64, outcome.gasUsed),
    };
  }

  prepareProposal(request: abci.RequestPrepareProposal): abci.ResponsePrepareProposal {
    return this.#proposals.prepare(this.#context(this.#proposalState()), request);
  }

  processProposal(request: abci.RequestProcessProposal): abci.ResponseProcessProposal {
    return this.#proposals.process(this.#context(this.#proposalState()), request);
  }

  async extendVote(request: abci.RequestExtendVote): Promise<abci.ResponseExtendVote> {
    const { extensions, node, logger } = this.#options;
    const time = fromTimestamp(request.time);
    return { voteExtension: await extendWithin(extensions, request.height, time, node.extensionTimeoutMs, logger) };
  }

  verifyVoteExtension(request: abci.RequestVerifyVoteExtension): abci.ResponseVerifyVoteExtension {
    return this.#proposals.verifyExtension(request);
  }

  finalizeBlock(request: abci.RequestFinalizeBlock): abci.ResponseFinalizeBlock {
    const steps = this.#finalize(request);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** The same in slices of some milliseconds with `pause` between them, for nodes that have other things to answer. */
  finalizeInSlices(
    request: abci.RequestFinalizeBlock,
    pause: () => Promise<void>,
  ): Promise<abci.ResponseFinalizeBlock> {
    const block = finish(this.#finalize(request), pause);
    this.#executing = block.catch(() => undefined);
    return block;
  }

  /** Resolves when no block is being executed and no snapshot's chunk taken. */
  async settled(): Promise<void> {
    await this.#executing;
    await this.#options.stateSync?.settled();
  }

  *#finalize(request: abci.RequestFinalizeBlock): Generator<undefined, abci.ResponseFinalizeBlock> {
    const { store, chainId, modules, node } = this.#options;
    const expected = store.version > 0n ? store.version + 1n : this.#initialHeight;
    if (request.height !== expected) throw new Error(`block ${request.height} came where ${expected} was expected`);
    if (this.#staged !== undefined && store.version === 0n) {
      throw new Error('the first block came twice without InitChain in between');
    }
    if (store.version > 0n) store.discard();
    const deps = { chainId, modules, runner: this.#runner, invariantPeriod: node.invariantPeriod };
    const result = yield* executeBlock(deps, store.working, request);
    const appHash = store.stage(request.height);
    this.#staged = request.height;
    return { ...result, appHash };
  }

  commit(): abci.ResponseCommit {
    const { store } = this.#options;
    if (this.#staged === undefined) throw new Error('Commit came without FinalizeBlock');
    store.commit();
    this.#staged = undefined;
    this.#checkState = store.committed.branch();
    this.#options.stateSync?.committed(store.version);
    return { retainHeight: this.#retainHeight() };
  }

  listSnapshots(): abci.ResponseListSnapshots {
    return this.#options.stateSync?.list() ?? { snapshots: [] };
  }

  async offerSnapshot(request: abci.RequestOfferSnapshot): Promise<abci.ResponseOfferSnapshot> {
    return (await this.#options.stateSync?.offer(request)) ?? { result: abci.ResponseOfferSnapshot_Result.REJECT };
  }

  loadSnapshotChunk(request: abci.RequestLoadSnapshotChunk): abci.ResponseLoadSnapshotChunk {
    return this.#options.stateSync?.load(request) ?? { chunk: new Uint8Array() };
  }

  async applySnapshotChunk(request: abci.RequestApplySnapshotChunk): Promise<abci.ResponseApplySnapshotChunk> {
    const { stateSync, store } = this.#options;
    const answered = await stateSync?.apply(request);
    // After the last chunk the state is another one.
    this.#checkState = store.committed.branch();
    return answered ?? { result: abci.ResponseApplySnapshotChunk_Result.ABORT, refetchChunks: [], rejectSenders: [] };
  }

  /** Estimates a tx on top of the mempool's state; signatures are not checked, nothing is kept. */
  simulate(tx: Uint8Array): TxOutcome {
    const state = this.#checkState.branch();
    return this.#runner.run(tx, { state, block: this.#lastBlock(), mode: 'simulate' });
  }

  /** A committed version to read from, the last one for height 0; writes to it are dropped. Throws `sdk` 18 or 26. */
  queryContext(height = 0n): Context {
    return this.#queries.context(height);
  }

  /** `app_state` of a committed version, JSON-ready. */
  exportGenesis(height = 0n): Record<string, unknown> {
    return exportGenesis(this.#options.modules, this.queryContext(height));
  }

  /** The same for a chain that begins at height 1; `free` as in `beginAnew`. */
  exportAnew(height: bigint, free: ReadonlySet<string> | undefined): Record<string, unknown> {
    const ctx = this.queryContext(height);
    beginAnew(this.#options.modules, ctx, free);
    return exportGenesis(this.#options.modules, ctx);
  }

  /** Before the first block proposals build on what InitChain made. */
  #proposalState(): ChildBranch {
    const { store } = this.#options;
    return (store.version > 0n ? store.committed : store.working).branch();
  }

  #context(state: ChildBranch): Context {
    return new Context(this.#lastBlock(), state);
  }

  #lastBlock(): BlockInfo {
    const { chainId, store } = this.#options;
    const none = { chainId, height: store.version, time: 0n, proposer: new Uint8Array() };
    if (store.version === 0n) return none;
    const stored = lastBlock.get(new Context(none, store.committed.branch()));
    return stored === undefined ? none : { chainId, ...stored };
  }

  /** The oldest block that CometBFT must keep: for evidence, and as the operator says (SDK `GetBlockRetentionHeight`). */
  #retainHeight(): bigint {
    const { store, node } = this.#options;
    if (node.minRetainBlocks <= 0n) return 0n;
    const params = consensusParams.get(this.#context(store.committed.branch()));
    const forEvidence = params?.evidence?.maxAgeNumBlocks ?? 0n;
    const keep = forEvidence > node.minRetainBlocks ? forEvidence : node.minRetainBlocks;
    return store.version > keep ? store.version - keep : 0n;
  }
}

async function finish<R>(steps: Generator<undefined, R>, pause: () => Promise<void>): Promise<R> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

const emptyCheck: abci.ResponseCheckTx = {
  code: 0,
  data: new Uint8Array(),
  log: '',
  info: '',
  gasWanted: 0n,
  gasUsed: 0n,
  events: [],
  codespace: '',
};
