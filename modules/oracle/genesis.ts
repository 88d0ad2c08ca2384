import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { Params, SymbolState } from '../../proto/generated/infinet/oracle/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { MICRO } from './formulas.ts';
import { misses, params, symbols } from './state.ts';

/** A vote extension has 256 bytes, 94 of them for the beacon: ten prices of up to 15 bytes fit. */
const maxSymbols = 10;

export function initGenesis(ctx: Context, addresses: AddressCodec, state: unknown): void {
  const genesis = new JsonNode(state, 'app_state.oracle');
  const settings = readParams(genesis.field('params'));
  params.set(ctx, settings);
  for (const node of genesis.field('symbols').list()) {
    const entry = readSymbol(node);
    if (!settings.symbols.includes(entry.symbol)) node.field('symbol').fail('not one of params.symbols');
    symbols.set(ctx, entry.symbol, entry);
  }
  for (const node of genesis.field('misses').list()) {
    const validator = node.field('validator');
    misses.set(
      ctx,
      validator.read(() => addresses.consensus(validator.text())),
      node.field('misses').u64(),
    );
  }
}

function readParams(node: JsonNode): Params {
  const names = node.field('symbols').list();
  if (names.length > maxSymbols) node.field('symbols').fail(`more than ${maxSymbols} symbols`);
  const list = names.map((name) => {
    const text = name.text();
    return /^[A-Z0-9]{1,16}$/.test(text) ? text : name.fail('not 1 to 16 upper-case letters or digits');
  });
  if (new Set(list).size < list.length) node.field('symbols').fail('a symbol stands there twice');
  return {
    symbols: list,
    windowSeconds: positive(node.field('window_seconds')),
    maxChangePpm: ratio(node.field('max_change_ppm')),
    maxAgeSeconds: positive(node.field('max_age_seconds')),
    minCoveragePpm: ratio(node.field('min_coverage_ppm')),
    eventChangePpm: positive(node.field('event_change_ppm')),
    eventBlocks: positive(node.field('event_blocks')),
  };
}

function positive(node: JsonNode): bigint {
  const value = node.u64();
  return value > 0n ? value : node.fail('must be positive');
}

function ratio(node: JsonNode): bigint {
  const value = positive(node);
  return value <= MICRO ? value : node.fail('must be at most 1000000');
}

/** All fields but the name may be left out: `start_micro` alone fixes what the index is relative to. */
function readSymbol(node: JsonNode): SymbolState {
  const u64 = (name: string): bigint => node.field(name).u64(0n);
  const sum = node.field('weighted_sum');
  return {
    symbol: node.field('symbol').text(),
    medianMicro: u64('median_micro'),
    updatedHeight: u64('updated_height'),
    updatedTime: u64('updated_time'),
    spreadPpm: u64('spread_ppm'),
    slowMicro: u64('slow_micro'),
    startMicro: u64('start_micro'),
    averageMicro: u64('average_micro'),
    windowStart: u64('window_start'),
    accountedTime: u64('accounted_time'),
    weightedSum: sum.isAbsent ? '0' : sum.integer().toString(),
    coveredNanos: u64('covered_nanos'),
    staleWindows: u64('stale_windows'),
    frozen: node.field('frozen').flagOr(false),
    eventMedianMicro: u64('event_median_micro'),
    eventHeight: u64('event_height'),
  };
}

export function exportGenesis(ctx: Context, addresses: AddressCodec): unknown {
  const current = params.require(ctx);
  return {
    params: {
      symbols: current.symbols,
      window_seconds: current.windowSeconds.toString(),
      max_change_ppm: current.maxChangePpm.toString(),
      max_age_seconds: current.maxAgeSeconds.toString(),
      min_coverage_ppm: current.minCoveragePpm.toString(),
      event_change_ppm: current.eventChangePpm.toString(),
      event_blocks: current.eventBlocks.toString(),
    },
    symbols: [...symbols.walk(ctx)].map(([, state]) => ({
      symbol: state.symbol,
      median_micro: state.medianMicro.toString(),
      updated_height: state.updatedHeight.toString(),
      updated_time: state.updatedTime.toString(),
      spread_ppm: state.spreadPpm.toString(),
      slow_micro: state.slowMicro.toString(),
      start_micro: state.startMicro.toString(),
      average_micro: state.averageMicro.toString(),
      window_start: state.windowStart.toString(),
      accounted_time: state.accountedTime.toString(),
      weighted_sum: state.weightedSum,
      covered_nanos: state.coveredNanos.toString(),
      stale_windows: state.staleWindows.toString(),
      frozen: state.frozen,
      event_median_micro: state.eventMedianMicro.toString(),
      event_height: state.eventHeight.toString(),
    })),
    misses: [...misses.walk(ctx)].map(([validator, count]) => ({
      validator: addresses.consensusText(validator),
      misses: count.toString(),
    })),
  };
}
