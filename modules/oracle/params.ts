import type { JsonNode } from '../../chain/json/node.ts';
import type { Params } from '../../proto/generated/infinet/oracle/v1/types.ts';
import { MICRO } from './formulas.ts';

/** A vote extension has 256 bytes, 94 of them for the beacon and 6 for a time: ten prices of up to 15 bytes fit. */
const maxSymbols = 10;

/** A hundred years. */
const MAX_JAIL_SECONDS = 3_155_760_000n;

/** Reads `params` of genesis, or of a message in the same form. Throws with the path of what is wrong. */
export function readParams(node: JsonNode): Params {
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
    slashWindowBlocks: node.field('slash_window_blocks').u64(0n),
    minPricedPpm: upTo(node.field('min_priced_ppm'), MICRO),
    slashFractionPpm: upTo(node.field('slash_fraction_ppm'), MICRO),
    jailSeconds: upTo(node.field('jail_seconds'), MAX_JAIL_SECONDS),
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

/** 0 if absent. */
function upTo(node: JsonNode, most: bigint): bigint {
  const value = node.u64(0n);
  return value <= most ? value : node.fail(`must be at most ${most}`);
}

/** The inverse of `readParams`. */
export function paramsJson(params: Params): Readonly<Record<string, unknown>> {
  return {
    symbols: params.symbols,
    window_seconds: params.windowSeconds.toString(),
    max_change_ppm: params.maxChangePpm.toString(),
    max_age_seconds: params.maxAgeSeconds.toString(),
    min_coverage_ppm: params.minCoveragePpm.toString(),
    event_change_ppm: params.eventChangePpm.toString(),
    event_blocks: params.eventBlocks.toString(),
    slash_window_blocks: params.slashWindowBlocks.toString(),
    min_priced_ppm: params.minPricedPpm.toString(),
    slash_fraction_ppm: params.slashFractionPpm.toString(),
    jail_seconds: params.jailSeconds.toString(),
  };
}
