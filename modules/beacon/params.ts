import type { JsonNode } from '../../chain/json/node.ts';
import type { Params } from '../../proto/generated/infinet/beacon/v1/types.ts';
import { KEY_DELAY_ROUNDS } from './keys.ts';

const MICRO = 1_000_000n;

/** A hundred years. */
const MAX_JAIL_SECONDS = 3_155_760_000n;

/** Keeps sums of heights and rounds within 64 bits. */
const MAX_COUNT = 1n << 32n;

/** Reads `params` of genesis, or of a message in the same form. Throws with the path of what is wrong. */
export function readParams(node: JsonNode): Params {
  return {
    windowBlocks: between(node.field('window_blocks'), 3n, MAX_COUNT),
    rotationRounds: between(node.field('rotation_rounds'), KEY_DELAY_ROUNDS, MAX_COUNT),
    historyRounds: between(node.field('history_rounds'), 1n, MAX_COUNT),
    penaltyWindowRounds: between(node.field('penalty_window_rounds'), 0n, MAX_COUNT),
    freeMisses: between(node.field('free_misses'), 0n, MAX_COUNT),
    slashFractionPpm: between(node.field('slash_fraction_ppm'), 0n, MICRO),
    jailMisses: between(node.field('jail_misses'), 0n, MAX_COUNT),
    jailSeconds: between(node.field('jail_seconds'), 0n, MAX_JAIL_SECONDS),
    overdueWindows: between(node.field('overdue_windows'), 0n, MAX_COUNT),
  };
}

/** What may be 0 may be left out. */
function between(node: JsonNode, least: bigint, most: bigint): bigint {
  const value = least === 0n ? node.u64(0n) : node.u64();
  if (value < least) return node.fail(`must be at least ${least}`);
  return value <= most ? value : node.fail(`must be at most ${most}`);
}

/** The inverse of `readParams`. */
export function paramsJson(params: Params): Readonly<Record<string, string>> {
  return {
    window_blocks: params.windowBlocks.toString(),
    rotation_rounds: params.rotationRounds.toString(),
    history_rounds: params.historyRounds.toString(),
    penalty_window_rounds: params.penaltyWindowRounds.toString(),
    free_misses: params.freeMisses.toString(),
    slash_fraction_ppm: params.slashFractionPpm.toString(),
    jail_misses: params.jailMisses.toString(),
    jail_seconds: params.jailSeconds.toString(),
    overdue_windows: params.overdueWindows.toString(),
  };
}
