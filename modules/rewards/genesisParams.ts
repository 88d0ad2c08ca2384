import type { JsonNode } from '../../chain/json/node.ts';
import type { IndexPart, Params, Stream } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { MICRO, type StreamName, streamNames, sum } from './formulas.ts';

/** Epochs shorter than this are for networks on one machine. */
const SHORTEST_EPOCH_SECONDS = 60n;

/** Keeps every sum of amounts within 64 bits. */
const largestSupply = 1n << 63n;

/** Reads `rewards.params`; throws with the path of what is wrong. */
export function readParams(node: JsonNode): Params {
  const localnet = node.field('localnet').flagOr(false);
  const epochSeconds = positive(node.field('epoch_seconds'));
  if (!localnet && epochSeconds < SHORTEST_EPOCH_SECONDS) {
    node.field('epoch_seconds').fail(`less than ${SHORTEST_EPOCH_SECONDS} needs "localnet": true`);
  }
  const maxSupply = positive(node.field('max_supply'));
  if (maxSupply >= largestSupply) node.field('max_supply').fail('must be below 2^63');
  const baseCap = positive(node.field('base_cap'));
  if (baseCap > maxSupply) node.field('base_cap').fail('must be at most max_supply');
  return {
    localnet,
    epochSeconds,
    maxSupply,
    baseCap,
    targetValue: positive(node.field('target_value')),
    reserveBound: node.field('reserve_bound').u64(),
    reserveCeiling: node.field('reserve_ceiling').u64(),
    staleEpochs: node.field('stale_epochs').u64(),
    index: readIndex(node.field('index')),
    streams: readStreams(node.field('streams')),
    verifierAllowance: node.field('verifier_allowance').u64(),
    verifierFeeMultiplePpm: node.field('verifier_fee_multiple_ppm').u64(),
  };
}

function readIndex(node: JsonNode): IndexPart[] {
  const parts = node.list().map((part) => ({
    symbol: part.field('symbol').text(),
    weightPpm: positive(part.field('weight_ppm')),
  }));
  if (new Set(parts.map(({ symbol }) => symbol)).size < parts.length) node.fail('a symbol stands there twice');
  requireWhole(node, sum(parts.map(({ weightPpm }) => weightPpm)));
  return parts;
}

/** One entry for each stream, in any order. */
function readStreams(node: JsonNode): Stream[] {
  const given = node.list();
  const streams = streamNames.map((name) => {
    const [entry, second] = given.filter((candidate) => candidate.field('name').value === name);
    if (entry === undefined) return node.fail(`lacks the stream ${name}`);
    if (second !== undefined) return second.fail(`the stream ${name} stands there twice`);
    return { name, sharePpm: entry.field('share_ppm').u64(), rate: readRate(entry.field('rate'), name) };
  });
  if (given.length > streams.length) node.fail(`has a stream that is none of ${streamNames.join(', ')}`);
  requireWhole(node, sum(streams.map(({ sharePpm }) => sharePpm)));
  return streams;
}

function readRate(node: JsonNode, name: StreamName): bigint {
  if (name !== 'stakers' && name !== 'community') return positive(node);
  return node.u64(0n) === 0n ? 0n : node.fail(`${name} have no rate`);
}

function requireWhole(node: JsonNode, total: bigint): void {
  if (total !== MICRO) node.fail(`shares sum to ${total}, not to 1000000`);
}

function positive(node: JsonNode): bigint {
  const value = node.u64();
  return value > 0n ? value : node.fail('must be positive');
}

export function exportParams(settings: Params): unknown {
  return {
    localnet: settings.localnet,
    epoch_seconds: settings.epochSeconds.toString(),
    max_supply: settings.maxSupply.toString(),
    base_cap: settings.baseCap.toString(),
    target_value: settings.targetValue.toString(),
    reserve_bound: settings.reserveBound.toString(),
    reserve_ceiling: settings.reserveCeiling.toString(),
    stale_epochs: settings.staleEpochs.toString(),
    index: settings.index.map(({ symbol, weightPpm }) => ({ symbol, weight_ppm: weightPpm.toString() })),
    streams: settings.streams.map(({ name, sharePpm, rate }) => ({
      name,
      share_ppm: sharePpm.toString(),
      rate: rate.toString(),
    })),
    verifier_allowance: settings.verifierAllowance.toString(),
    verifier_fee_multiple_ppm: settings.verifierFeeMultiplePpm.toString(),
  };
}
