import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { Attendance, SymbolState } from '../../proto/generated/infinet/oracle/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { paramsJson, readParams } from './params.ts';
import { attendances, params, symbols, windowBlocks } from './state.ts';

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
    const address = validator.read(() => addresses.consensus(validator.text()));
    attendances.set(ctx, address, readAttendance(node));
  }
  const counted = genesis.field('window_blocks').u64(0n);
  if (counted > 0n) windowBlocks.set(ctx, counted);
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
    powerPpm: u64('power_ppm'),
  };
}

export function exportGenesis(ctx: Context, addresses: AddressCodec): unknown {
  return {
    params: paramsJson(params.require(ctx)),
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
      power_ppm: state.powerPpm.toString(),
    })),
    misses: [...attendances.walk(ctx)].map(([validator, attendance]) => ({
      validator: addresses.consensusText(validator),
      misses: attendance.missed.toString(),
      window_missed: attendance.windowMissed.toString(),
      penalties: attendance.penalties.toString(),
      refused_code: attendance.refusedCode.toString(),
      refused_height: attendance.refusedHeight.toString(),
    })),
    window_blocks: (windowBlocks.get(ctx) ?? 0n).toString(),
  };
}

function readAttendance(node: JsonNode): Attendance {
  const u64 = (name: string): bigint => node.field(name).u64(0n);
  const code = u64('refused_code');
  return {
    missed: u64('misses'),
    windowMissed: u64('window_missed'),
    penalties: u64('penalties'),
    refusedCode: code < 2n ** 32n ? Number(code) : node.field('refused_code').fail('must have 32 bits'),
    refusedHeight: u64('refused_height'),
  };
}
