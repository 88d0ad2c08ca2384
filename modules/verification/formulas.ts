/**
 * What anyone recomputes: who gets a seat, which units a verifier draws, what a commitment hides, what a run costs and
 * what cheating is worth. Pure integer functions.
 */
import { hash } from 'node:crypto';
import { drawUnits } from '../../training/draw.ts';

const micro = 1_000_000n;

/**
 * What the keys of a verifier prove to be registered: SHA-256(domain || u8 length of chain id || chain id || operator
 * address), so that a proof is good for one operator on one chain. The domain is "infinet/verifier-vrf" for the VRF key,
 * "infinet/verifier-worker" for the worker's signature.
 */
export function keyProofDigest(key: 'vrf' | 'worker', chainId: string, operator: Uint8Array): Uint8Array {
  const id = Buffer.from(chainId, 'utf8');
  const parts = [Buffer.from(`infinet/verifier-${key}`), Uint8Array.of(id.length), id, operator];
  return Uint8Array.from(hash('sha256', Buffer.concat(parts), 'buffer'));
}

/** An operator that may be drawn. */
export interface Candidate {
  /** Account address bytes. */
  readonly operator: Uint8Array;
  /** Bonded tokens, the smallest unit of the bond denomination. */
  readonly tokens: bigint;
  /** What its worker computes on. */
  readonly backend: string;
}

export interface SeatDraw {
  /** Value of the task's beacon round. */
  readonly beaconValue: Uint8Array;
  readonly taskId: bigint;
  /** In any order; each operator once. */
  readonly candidates: readonly Candidate[];
  /** Seats wanted. */
  readonly seats: number;
  /** An operator's tokens count for at most this share of all candidates' tokens, 10^-6. */
  readonly capPpm: bigint;
  /** Seats drawn from this value before, so that a replacement is a new draw. */
  readonly drawn?: number;
  /** Backends of the seats that stay, which the last seat tries to differ from. */
  readonly seatedBackends?: readonly string[];
}

/**
 * Distinct operators, each drawn with probability proportional to its capped tokens among those left. The j-th draw is
 * SHA-256("infinet/seats" || value || u64be(task) || u64be(j)) modulo the weight left (the bias is below 2^-128). If all
 * others compute on one backend, the last seat goes to another where there is one. Fewer candidates than seats: all of them.
 */
export function drawSeats<C extends Candidate>(draw: SeatDraw & { readonly candidates: readonly C[] }): C[] {
  const total = draw.candidates.reduce((sum, candidate) => sum + candidate.tokens, 0n);
  const cap = (total * draw.capPpm) / micro;
  const left = [...draw.candidates].sort((a, b) => compareBytes(a.operator, b.operator));
  const backends = [...(draw.seatedBackends ?? [])];
  const chosen: C[] = [];
  for (let j = 0; j < draw.seats && left.length > 0; j++) {
    const isLast = j === draw.seats - 1;
    const pool = isLast ? otherBackends(left, backends) : left;
    const picked = pick(pool, cap, seatRandom(draw, (draw.drawn ?? 0) + j));
    left.splice(left.indexOf(picked), 1);
    backends.push(picked.backend);
    chosen.push(picked);
  }
  return chosen;
}

function otherBackends<C extends Candidate>(left: readonly C[], backends: readonly string[]): readonly C[] {
  const [first] = backends;
  if (first === undefined || backends.some((backend) => backend !== first)) return left;
  const others = left.filter((candidate) => candidate.backend !== first);
  return others.length > 0 ? others : left;
}

function pick<C extends Candidate>(pool: readonly C[], cap: bigint, random: bigint): C {
  const weights = pool.map(({ tokens }) => cappedWeight(tokens, cap));
  let point = random % weights.reduce((sum, weight) => sum + weight, 0n);
  for (const [at, candidate] of pool.entries()) {
    point -= weights[at] ?? 0n;
    if (point < 0n) return candidate;
  }
  throw new RangeError('no candidate to draw from');
}

/** At least 1, so that a candidate without tokens cannot make the sum zero. */
function cappedWeight(tokens: bigint, cap: bigint): bigint {
  const capped = tokens < cap ? tokens : cap;
  return capped > 0n ? capped : 1n;
}

function seatRandom(draw: SeatDraw, j: number): bigint {
  return toInteger(sha256([text('infinet/seats'), draw.beaconValue, u64be(draw.taskId), u64be(BigInt(j))]));
}

/** What a seat's VRF proves: nobody knows it before the run is committed and the beacon round is over. 32 bytes. */
export function unitAlpha(taskId: bigint, stepRoot: Uint8Array, beaconValue: Uint8Array): Uint8Array {
  return sha256([text('infinet/units'), u64be(taskId), stepRoot, beaconValue]);
}

/**
 * The units that a seat answers for, ascending: 0 (the initial weights), 1 and T, and `k` others of its own
 * (`training/draw.ts`). It checks every one of them before it says VALID.
 *
 * @param vrfOutput 64 bytes
 * @param units T
 */
export function seatUnits(vrfOutput: Uint8Array, units: bigint, k: number): bigint[] {
  return [0n, ...drawUnits(vrfOutput, Number(units), k).map(BigInt)];
}

export interface CommitmentParts {
  /** Account address bytes of the operator: a copied commitment opens for nobody else. */
  readonly operator: Uint8Array;
  readonly taskId: bigint;
  readonly attestation: Uint8Array;
  /** 32 bytes. */
  readonly salt: Uint8Array;
}

/** SHA-256(operator || u64be(task) || attestation || salt), 32 bytes. */
export function commitmentOf(parts: CommitmentParts): Uint8Array {
  return sha256([parts.operator, u64be(parts.taskId), parts.attestation, parts.salt]);
}

export interface RunSize {
  /** Units (T). */
  readonly units: bigint;
  /** Operations that one unit takes. */
  readonly unitFlop: bigint;
}

/** Units that one seat replays at most: those it draws, the first and the last. */
export function unitsPerSeat(units: bigint, k: number): bigint {
  const most = BigInt(k) + 2n;
  return units < most ? units : most;
}

/** The least fee: units x operations x price over all seats, rounded up. `priceMicro` is 10^-6 of a token unit a GFLOP. */
export function runFee(size: RunSize, seats: number, k: number, priceMicro: bigint): bigint {
  const flop = BigInt(seats) * unitsPerSeat(size.units, k) * size.unitFlop;
  return ceilDiv(flop * priceMicro, 1_000_000_000n * micro);
}

export interface CheatingCase {
  readonly units: bigint;
  /** Wrong units, none of them the first or the last one, which every seat checks. */
  readonly badUnits: bigint;
  readonly k: number;
  readonly honestSeats: number;
  /** What the cheat earns if nobody notices. */
  readonly gain: bigint;
  /** What the cheat loses if somebody does. */
  readonly stake: bigint;
}

/**
 * Chance that no honest seat draws a bad unit, in 10^-9 rounded up: C(N-b, k) / C(N, k) to the power of the honest seats,
 * N = T-2 (drawing without replacement, seats independent).
 */
export function escapePpb(cheat: CheatingCase): bigint {
  const inner = cheat.units - 2n;
  const good = inner - cheat.badUnits;
  let above = 1n;
  let below = 1n;
  for (let i = 0n; i < BigInt(cheat.k) && i < inner; i++) {
    above *= good > i ? good - i : 0n;
    below *= inner - i;
  }
  const seats = BigInt(cheat.honestSeats);
  return ceilDiv(above ** seats * 1_000_000_000n, below ** seats);
}

/** Expected value of cheating: escape x gain - (1 - escape) x stake, rounded up (in the cheat's favour). */
export function cheatingValue(cheat: CheatingCase): bigint {
  const unseen = escapePpb(cheat);
  const scaled = unseen * cheat.gain - (1_000_000_000n - unseen) * cheat.stake;
  return scaled > 0n ? ceilDiv(scaled, 1_000_000_000n) : -(-scaled / 1_000_000_000n);
}

export interface SkippingCase {
  readonly units: bigint;
  /** Units that are claimed without the work, none of them the first or the last one. */
  readonly badUnits: bigint;
  readonly unitFlop: bigint;
  readonly k: number;
  readonly honestSeats: number;
  /** What a GFLOP costs the trainer, in 10^-6 of a token unit. */
  readonly priceMicro: bigint;
  readonly stake: bigint;
  /** What an accepted run earns. */
  readonly reward: bigint;
}

export interface SkippingOdds {
  /** Chance that nobody notices, 10^-9, rounded up. */
  readonly escapePpb: bigint;
  /** What the work left out would have cost, rounded up: it is saved whether anybody notices or not. */
  readonly saved: bigint;
  /** (1 - escape) x (stake + reward), rounded down. */
  readonly risked: bigint;
  /** saved - risked: what cheating is worth beside honest work, negative when it does not pay. */
  readonly value: bigint;
}

/**
 * What leaving out the work of some units is worth, compared with doing it. An honest trainer gets `reward` and pays for all
 * units; a cheat keeps stake and reward with the chance of escape only, and pays for fewer units: the difference is
 * saved - (1 - escape) x (stake + reward). Staying away is worth 0, so a cheat stands best where the reward just covers the
 * cost of the run (`runCost`): below, it loses the work it did for nothing; above, it risks more.
 */
export function skippingOdds(skipping: SkippingCase): SkippingOdds {
  const { stake, reward, badUnits } = skipping;
  const unseen = escapePpb({ ...skipping, gain: 0n });
  const saved = runCost({ ...skipping, units: badUnits });
  const risked = ((1_000_000_000n - unseen) * (stake + reward)) / 1_000_000_000n;
  return { escapePpb: unseen, saved, risked, value: saved - risked };
}

/** What so many units cost to compute, rounded up. `priceMicro` is 10^-6 of a token unit a GFLOP. */
export function runCost({ units, unitFlop, priceMicro }: RunSize & { readonly priceMicro: bigint }): bigint {
  return ceilDiv(units * unitFlop * priceMicro, 1_000_000_000n * micro);
}

/** Whether `votes` of `seats` are at least two thirds. */
export function isTwoThirds(votes: number, seats: number): boolean {
  return seats > 0 && votes * 3 >= seats * 2;
}

/** `amount` in equal parts; the remainder goes, one unit each, to the first ones. */
export function equalShares(amount: bigint, parts: number): bigint[] {
  const count = BigInt(parts);
  return Array.from({ length: parts }, (_, at) => amount / count + (BigInt(at) < amount % count ? 1n : 0n));
}

export function u64be(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}

function sha256(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(hash('sha256', Buffer.concat(parts), 'buffer'));
}

/**
 * 10^6 for a run that was committed within the first half of its window, falling evenly to 0 at the deadline.
 *
 * @param window blocks from the seed to the deadline
 */
export function punctualityPpm(committed: bigint, deadline: bigint, window: bigint): bigint {
  if (window <= 0n || committed === 0n || committed >= deadline) return 0n;
  const ppm = ((deadline - committed) * 2n * micro) / window;
  return ppm < micro ? ppm : micro;
}
