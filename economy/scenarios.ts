import { EconomyChain, MICRO, type Settings, type Work } from './chain.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Blocks ten minutes apart, so that prices are never too old for a public chain's parameters. */
const BLOCK = 10 * MINUTE;
const START = 1_704_067_200;
const usual = 100;

/** An hourly epoch with a public chain's own parameters, in INF. */
interface Epoch {
  readonly hour: number;
  readonly limit: string;
  readonly cap: number;
  readonly paid: number;
  /** What contributions of data and models get, times the spot price's index. */
  readonly value: number;
  readonly draw: number;
  readonly paused: boolean;
  readonly slow: number;
  readonly reserve: number;
  readonly issued: number;
  readonly scheduled: number;
}

/** Work enough in every epoch that no stream of contributions is held by its rate. */
function fullWork(epoch: bigint): Work[] {
  return [1, 2].flatMap((kind) =>
    Array.from({ length: 4 }, (_, at) => ({
      id: epoch * 8n + BigInt(kind * 4 + at),
      kind: kind === 1 ? 1 : 2,
      contributor: new Uint8Array(20).fill(kind * 10 + at),
      metrics: ['completeness', 'accuracy', 'consistency', 'timeliness', 'impact_micro'].map((name) => ({
        name,
        value: BigInt(MICRO),
      })),
    })),
  );
}

/** Runs `hours` epochs over a price that is a function of the hour; undefined is a price that nobody gives. */
function play(hours: number, price: (hour: number) => number | undefined, settings: Settings = {}): Epoch[] {
  const chain = new EconomyChain(settings);
  const epochs: Epoch[] = [];
  let spot = usual;
  for (let time = 0; time <= hours * HOUR; time += BLOCK) {
    const given = price(time / HOUR);
    spot = given ?? spot;
    const said = given === undefined ? [] : [given, given, given, given];
    const { epoch } = chain.emission;
    const isMiddle = time % HOUR === HOUR / 2;
    chain.block(START + time, said, isMiddle ? fullWork(epoch) : []);
    if (chain.emission.epoch === epoch) continue;
    const summary = chain.lastEpoch;
    if (summary === undefined) throw new Error('an epoch closed that is not there');
    const paid = Number(summary.paid) / MICRO;
    const toWork = summary.streams.filter(({ name }) => name === 'data' || name === 'model');
    const worth = toWork.reduce((sum, stream) => sum + Number(stream.paid), 0) / MICRO;
    epochs.push({
      hour: time / HOUR,
      limit: summary.limit,
      cap: Number(summary.cap) / MICRO,
      paid,
      value: (worth * spot) / usual,
      draw: Math.max(0, Number(summary.paid - summary.cap) / MICRO),
      paused: summary.paused,
      slow: chain.price?.slow ?? 0,
      reserve: Number(summary.reserve) / MICRO,
      issued: Number(summary.issued) / MICRO,
      scheduled: Number(summary.scheduled) / MICRO,
    });
  }
  chain.audit();
  return epochs;
}

/** How an epoch's value and the slow price behave around a jump to `factor` times the price, after three days of calm. */
export function jump(factor: number) {
  const calm = 3 * DAY;
  const at = calm / HOUR;
  const epochs = play(at + 10 * 24, (hour) => (hour < at ? usual : usual * factor));
  const before = epochs.filter(({ hour }) => hour < at).at(-1);
  const after = epochs.filter(({ hour }) => hour > at);
  if (before === undefined) throw new Error('no epoch before the jump');
  const parts = after.map(({ value }) => value / before.value);
  const followed = after.find(({ slow }) => Math.abs(slow / (usual * factor) - 1) <= 0.05);
  const levelled = after.findIndex((_, from) => parts.slice(from).every((part) => Math.abs(part - 1) <= 0.05));
  return {
    hoursUntilSlowPriceIsWithin5Percent: followed === undefined ? null : followed.hour - at,
    hoursUntilValueStaysWithin5Percent: levelled < 0 ? null : (after[levelled]?.hour ?? 0) - at,
    leastValueOfUsual: round(Math.min(...parts)),
    mostValueOfUsual: round(Math.max(...parts)),
    lastValueOfUsual: round(parts.at(-1) ?? 0),
    epochsHeldBySchedule: after.filter(({ limit }) => limit === 'schedule').length,
    drawnFromReserveInCaps: round(after.reduce((sum, { draw }) => sum + draw, 0) / before.cap),
    reserveInCaps: [before, after.at(-1)].map((epoch) => round((epoch?.reserve ?? 0) / before.cap)),
  };
}

/** Two days without a price, after the price had halved and the reserve made up for it. */
export function staleOracle() {
  const calm = 2 * DAY;
  const [halved, silent, back] = [calm / HOUR, calm / HOUR + 24, calm / HOUR + 72];
  const epochs = play(back + 24, (hour) => {
    if (hour < halved) return usual;
    return hour < silent || hour >= back ? usual / 2 : undefined;
  });
  const during = epochs.filter(({ hour }) => hour > silent && hour <= back);
  const paused = during.filter((epoch) => epoch.paused);
  const resumed = epochs.filter(({ hour, paused: still }) => hour > back && !still);
  const paidInCaps = (list: readonly Epoch[]) => list.map(({ paid, cap }) => round(paid / cap)).at(-1) ?? null;
  return {
    silentHours: back - silent,
    epochsUntilPause: during.findIndex((epoch) => epoch.paused),
    pausedEpochs: paused.length,
    paidInCapsBefore: paidInCaps(epochs.filter(({ hour }) => hour <= silent)),
    paidInCapsWhilePaused: paidInCaps(paused),
    leastPaidInCaps: round(Math.min(...during.map(({ paid, cap }) => paid / cap))),
    hoursUntilResumed: (resumed[0]?.hour ?? 0) - back,
    paidInCapsAfter: paidInCaps(resumed),
  };
}

/** A supply of so many first caps: halvings close together, until nothing is left. */
export function supplyReached() {
  const baseCap = 1_000_000n;
  const supplyInCaps = 20n;
  const settings = {
    rewards: {
      base_cap: baseCap.toString(),
      max_supply: (baseCap * supplyInCaps).toString(),
      target_value: (baseCap * 4n).toString(),
      reserve_bound: (baseCap * 4n).toString(),
      reserve_ceiling: (baseCap * 20n).toString(),
    },
  };
  const epochs = play(500, () => usual, settings);
  const supply = Number(baseCap * supplyInCaps) / MICRO;
  const last = epochs.at(-1);
  return {
    epochs: epochs.length,
    lastEpochThatPaid: epochs.findLastIndex(({ paid }) => paid > 0) + 1,
    issuedOfSupply: round((last?.issued ?? 0) / supply, 6),
    scheduledOfSupply: round((last?.scheduled ?? 0) / supply, 6),
    everAboveSupply: epochs.some(({ issued }) => issued > supply),
    lastCap: last?.cap ?? null,
    limits: Object.fromEntries(
      ['schedule', 'value', 'supply'].map((limit) => [limit, epochs.filter((epoch) => epoch.limit === limit).length]),
    ),
  };
}

export function round(value: number, digits = 4): number {
  return Number(value.toFixed(digits));
}
