import type { ValidatorSet } from '../../proto/generated/infinet/chain/v1/state.ts';
import type { abci } from '../../sdk/codec/index.ts';
import type { Context } from '../context.ts';
import { JsonNode } from '../json/node.ts';
import type { Module, ValidatorUpdate } from '../module.ts';
import { readGasPrices } from '../tx/coins.ts';
import { foreignModules } from './foreignModules.ts';
import { encodeTxJson } from './genesisTx.ts';
import { bech32Prefix, consensusParams, kernelStore, lastBlock, minGasPrices, validatorSets } from './kernelState.ts';
import { applyUpdates, fromCometUpdates, toCometUpdates } from './validators.ts';

export interface GenesisDeps {
  readonly modules: readonly Module[];
  readonly bech32Prefix: string;
  /** Runs a genesis tx; throws when it fails, with the reason. */
  readonly runGenesisTx: (ctx: Context, bytes: Uint8Array) => void;
  /** Hears of modules that the file has and this chain has not, when they hold nothing. */
  readonly note: (text: string) => void;
}

/** Fills the empty state from a genesis file. Throws with the path of what is wrong in it; the chain then cannot start. */
export function initGenesis(
  deps: GenesisDeps,
  ctx: Context,
  request: abci.RequestInitChain,
): readonly abci.ValidatorUpdate[] {
  const appState = parseAppState(request.appStateBytes);
  passOver(deps, appState);
  initKernel(deps, ctx, appState[kernelStore], request);
  const updates: ValidatorUpdate[] = [];
  for (const module of deps.modules) {
    try {
      updates.push(...(module.initGenesis?.(ctx, appState[module.name] ?? {}) ?? []));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // Most complaints name their field themselves.
      throw new Error(why.startsWith('app_state.') ? why : `app_state.${module.name}: ${why}`, { cause: error });
    }
  }
  for (const { path, bytes } of genesisTxs(appState.genutil)) {
    try {
      deps.runGenesisTx(ctx, bytes);
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const module of deps.modules) updates.push(...(module.afterGenesisTxs?.(ctx) ?? []));
  const given = fromCometUpdates(request.validators);
  const validators = updates.length > 0 ? updates : given;
  if (given.length > 0) requireSame(given, validators);
  const set = applyUpdates({ validators: [] }, validators);
  const first = firstHeight(request.initialHeight);
  writeSets(ctx, first, set);
  return updates.length > 0 ? toCometUpdates(updates) : [];
}

/** CometBFT sends 0 where the genesis file does not say where the chain starts. */
export function firstHeight(initialHeight: bigint): bigint {
  return initialHeight > 0n ? initialHeight : 1n;
}

/**
 * Counts the heights of a state from its own, so that a chain at height 1 may begin with it (the SDK's
 * `export --for-zero-height`). Writes to `ctx`, which the caller drops.
 *
 * @param free operator addresses that stay free to validate; undefined leaves everyone as they are
 */
export function beginAnew(modules: readonly Module[], ctx: Context, free: ReadonlySet<string> | undefined): void {
  const { height: last } = ctx.block;
  const past = (height: bigint) => (height > last ? height - last : 0n);
  const due = (height: bigint) => (height === 0n || height > last ? past(height) : 1n);
  for (const module of modules) module.beginAnew?.(ctx, { past, due, free });
}

/** The inverse of `initGenesis`: a JSON-ready `app_state`. */
export function exportGenesis(modules: readonly Module[], ctx: Context): Record<string, unknown> {
  const appState: Record<string, unknown> = {
    [kernelStore]: { bech32_prefix: bech32Prefix.require(ctx), min_gas_prices: minGasPrices.get(ctx) ?? '' },
  };
  for (const module of modules) {
    const state = module.exportGenesis?.(ctx);
    if (state !== undefined) appState[module.name] = state;
  }
  return { ...appState, genutil: { gen_txs: [] } };
}

function initKernel(deps: GenesisDeps, ctx: Context, state: unknown, request: abci.RequestInitChain): void {
  const fields = asRecord(state ?? {}, `app_state.${kernelStore}`);
  const prefix = fields.bech32_prefix ?? deps.bech32Prefix;
  if (prefix !== deps.bech32Prefix) {
    throw new Error(`app_state.infinet.bech32_prefix: ${String(prefix)} is not this node's ${deps.bech32Prefix}`);
  }
  const prices = fields.min_gas_prices ?? '';
  if (typeof prices !== 'string') throw new Error('app_state.infinet.min_gas_prices: must be a text like 0.001uinf');
  readGasPrices(prices);
  bech32Prefix.set(ctx, deps.bech32Prefix);
  minGasPrices.set(ctx, prices);
  if (request.consensusParams !== undefined) consensusParams.set(ctx, request.consensusParams);
  lastBlock.set(ctx, { height: 0n, time: ctx.block.time, proposer: new Uint8Array() });
}

/** The genesis set signs the first two heights; changes in the first block take effect at the third. */
function writeSets(ctx: Context, first: bigint, set: ValidatorSet): void {
  validatorSets.set(ctx, first, set);
  validatorSets.set(ctx, first + 1n, set);
}

/** Genesis txs stand there in the SDK's JSON or as the base64 text of a TxRaw. */
export function genesisTxs(genutil: unknown): { readonly path: string; readonly bytes: Uint8Array }[] {
  const root = new JsonNode(genutil ?? {}, 'app_state.genutil');
  return root
    .field('gen_txs')
    .list()
    .map((node) => ({ path: node.path, bytes: typeof node.value === 'string' ? node.bytes() : encodeTxJson(node) }));
}

/** A genesis of another chain may have modules that this one has not: they are passed over unless that loses something. */
function passOver({ modules, note }: GenesisDeps, appState: Readonly<Record<string, unknown>>): void {
  const known = new Set([kernelStore, 'genutil', ...modules.map(({ name }) => name)]);
  const { empty, lost } = foreignModules(appState, known);
  if (lost.length > 0) {
    throw new Error(`app_state: this chain does not have these modules, whose state would be lost: ${lost.join(', ')}`);
  }
  if (empty.length > 0)
    note(`app_state: this chain does not have these modules, which hold nothing: ${empty.join(', ')}`);
}

function parseAppState(bytes: Uint8Array): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new Error(`app_state is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return asRecord(parsed, 'app_state');
}

function asRecord(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${path}: must be an object`);
}

/** What CometBFT read from the genesis file and what the modules made of it must be one set. */
function requireSame(given: readonly ValidatorUpdate[], made: readonly ValidatorUpdate[]): void {
  const text = (updates: readonly ValidatorUpdate[]) =>
    updates
      .map(({ publicKey, power }) => `${Buffer.from(publicKey).toString('base64')}:${power}`)
      .sort()
      .join(', ');
  if (text(given) === text(made)) return;
  throw new Error(`the genesis file lists validators [${text(given)}], its app_state makes [${text(made)}]`);
}
