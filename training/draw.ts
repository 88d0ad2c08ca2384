import { concat, sha256 } from './merkle.ts';

/** Domain of the hash that turns a VRF output into units. */
const DOMAIN = new TextEncoder().encode('infinet/draw');

/**
 * The units that a seat must replay: unit 1 and unit T of the run, and `k` further ones drawn by its VRF output, in
 * ascending order. Draw i is the first eight bytes (big endian) of SHA-256("infinet/draw" || output || u32be i) modulo
 * the units that are left, so all are distinct; a run with fewer units is replayed whole.
 *
 * @param output VRF output, any length
 * @param unitCount T, the number of units without unit 0
 */
export function drawUnits(output: Uint8Array, unitCount: number, k: number): number[] {
  if (!Number.isInteger(unitCount) || unitCount < 1) throw new RangeError('a run has at least one unit');
  const chosen = new Set([1, unitCount]);
  for (let i = 0; i < k && chosen.size < unitCount; i += 1) {
    chosen.add(freeUnit(chosen, drawNumber(output, i, unitCount - chosen.size)));
  }
  return ascending(chosen);
}

/** The unit at `index` among those not chosen yet. */
function freeUnit(chosen: ReadonlySet<number>, index: number): number {
  let unit = index + 1;
  for (const taken of ascending(chosen)) if (taken <= unit) unit += 1;
  return unit;
}

function drawNumber(output: Uint8Array, index: number, below: number): number {
  const counter = new Uint8Array(4);
  new DataView(counter.buffer).setUint32(0, index);
  const digest = sha256(concat([DOMAIN, output, counter]));
  const number = new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0);
  return Number(number % BigInt(below));
}

function ascending(units: Iterable<number>): number[] {
  return [...units].sort((a, b) => a - b);
}
