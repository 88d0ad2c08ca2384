import { type abci, cometParams } from '../../sdk/codec/index.ts';
import { Context } from '../context.ts';
import { FatalError } from '../errors.ts';
import type { Module, ValidatorUpdate } from '../module.ts';
import type { StateBranch } from '../store/kv.ts';
import { fromTimestamp } from '../time.ts';
import { equalBytes } from '../tx/wire.ts';
import { BlockGas } from './blockGas.ts';
import { toExtendedVotes } from './extendedCommit.ts';
import { decodeInjectedTx } from './injectedTx.ts';
import { consensusParams, lastBlock, validatorSets } from './kernelState.ts';
import { commitVotes, provenFaults } from './misbehavior.ts';
import { carriesExtensions, maxBlockGas } from './proposals.ts';
import { hookEvents, toAbciEvents } from './txEvents.ts';
import { type TxRunner, toExecTxResult } from './txRunner.ts';
import { applyUpdates, toCometUpdates } from './validators.ts';

export interface BlockDeps {
  readonly chainId: string;
  readonly modules: readonly Module[];
  readonly runner: TxRunner;
  readonly invariantPeriod: bigint;
}

/** What a block answers CometBFT, without the app hash. */
export type BlockResult = Omit<abci.ResponseFinalizeBlock, 'appHash'>;

/** The answer for the injected tx: nothing that a client that searches or decodes txs would stumble over. */
const injectedResult: abci.ExecTxResult = {
  code: 0,
  codespace: '',
  log: '',
  info: '',
  data: new Uint8Array(),
  gasWanted: 0n,
  gasUsed: 0n,
  events: [],
};

/** Txs between two rests of a block's execution: some milliseconds of bank sends. */
const txsPerSlice = 32;

/**
 * Executes a block on `state`: vote extensions, the last commit, evidence, beginBlock hooks, txs, endBlock hooks, validator and parameter updates.
 * Yields now and then: whoever drives it may do something else meanwhile, as long as that leaves `state` alone. Whatever
 * throws here is a bug or a broken invariant, and stops the node.
 */
export function* executeBlock(
  deps: BlockDeps,
  state: StateBranch,
  request: abci.RequestFinalizeBlock,
): Generator<undefined, BlockResult> {
  const { height, proposerAddress: proposer } = request;
  const block = { chainId: deps.chainId, height, time: fromTimestamp(request.time), proposer };
  const hookContext = () => new Context(block, state);
  const before = consensusParams.get(hookContext());

  const begin = hookContext();
  lastBlock.set(begin, { height, time: block.time, proposer });
  for (const module of deps.modules) module.preBlock?.(begin);
  const injected = takeExtensions(deps, begin, request);
  const signed = commitVotes(request.decidedLastCommit);
  for (const module of deps.modules) module.lastCommit?.(begin, signed);
  const faults = provenFaults(request.misbehavior);
  if (faults.length > 0) for (const module of deps.modules) module.misbehavior?.(begin, faults);
  for (const module of deps.modules) module.beginBlock?.(begin);

  const blockGas = new BlockGas(maxBlockGas(begin));
  const txResults: abci.ExecTxResult[] = [];
  for (const [index, bytes] of request.txs.entries()) {
    if (index % txsPerSlice === txsPerSlice - 1) yield undefined;
    const outcome =
      index === 0 && injected ? undefined : deps.runner.run(bytes, { state, block, mode: 'finalize', blockGas });
    txResults.push(outcome === undefined ? injectedResult : toExecTxResult(outcome));
  }

  const end = hookContext();
  const updates: ValidatorUpdate[] = [];
  for (const module of deps.modules) updates.push(...(module.endBlock?.(end) ?? []));
  updateSets(end, updates);
  if (deps.invariantPeriod > 0n && height % deps.invariantPeriod === 0n) checkInvariants(deps.modules, end);

  return {
    events: toAbciEvents([...hookEvents(begin.log.events, 'BeginBlock'), ...hookEvents(end.log.events, 'EndBlock')]),
    txResults,
    validatorUpdates: toCometUpdates(updates),
    consensusParamUpdates: changedParams(before, consensusParams.get(end)),
  };
}

/** Hands the injected commit to the modules. Returns whether the block has one; a missing or wrong one is fatal. */
function takeExtensions(deps: BlockDeps, ctx: Context, request: abci.RequestFinalizeBlock): boolean {
  if (!carriesExtensions(ctx, request.height)) return false;
  const [first] = request.txs;
  const extended = first === undefined ? undefined : decodeInjectedTx(first);
  if (extended === undefined) throw new FatalError(`block ${request.height} lacks the extended commit`);
  const set = validatorSets.get(ctx, request.height - 1n);
  if (set === undefined) throw new FatalError(`the validators of height ${request.height - 1n} are not known`);
  const votes = toExtendedVotes(extended, set);
  for (const module of deps.modules) module.voteExtensions?.(ctx, votes);
  return true;
}

/** Keeps the sets of this height and the next two; a change in this block signs from the height after the next. */
function updateSets(ctx: Context, updates: readonly ValidatorUpdate[]): void {
  const { height } = ctx.block;
  const next = validatorSets.get(ctx, height + 1n);
  if (next === undefined) throw new FatalError(`the validators of height ${height + 1n} are not known`);
  validatorSets.set(ctx, height + 2n, applyUpdates(next, updates));
  validatorSets.remove(ctx, height - 1n);
}

function changedParams(
  before: cometParams.ConsensusParams | undefined,
  after: cometParams.ConsensusParams | undefined,
): cometParams.ConsensusParams | undefined {
  if (after === undefined) return undefined;
  const encode = (params: cometParams.ConsensusParams) => cometParams.ConsensusParams.encode(params).finish();
  return before !== undefined && equalBytes(encode(before), encode(after)) ? undefined : after;
}

/** Throws a `FatalError` that names each broken invariant. */
export function checkInvariants(modules: readonly Module[], ctx: Context): void {
  const broken = modules.flatMap((module) =>
    (module.invariants ?? []).flatMap((invariant) => {
      const problem = invariant.check(ctx.unmetered());
      return problem === undefined ? [] : [`${module.name}/${invariant.name}: ${problem}`];
    }),
  );
  if (broken.length > 0) throw new FatalError(`broken invariants at height ${ctx.block.height}: ${broken.join('; ')}`);
}
