import { hash } from 'node:crypto';
import { valueMetric } from '../../modules/valuation/formulas.ts';
import { countedValue, type RoundMember, valueRound } from '../../modules/valuation/joint.ts';
import { MAX_SHARD_POINTS } from '../../modules/valuation/shapley.ts';
import { DataRefused, ObjectiveUnusable } from './errors.ts';
import { MAX_PAIRS } from './impact.ts';
import { DEFAULT_MEMORY_MB, load, loadTrusted } from './measureTables.ts';
import { type RatedPoints, ratedPoints, usablePoints } from './points.ts';
import type { Measurement, RoundRequest } from './request.ts';
import { parseSchema } from './schema.ts';
import { Tables } from './tables.ts';

/** Rows of a round that are compared with each other; of more, so many are drawn. */
export const MAX_ROUND_ROWS = 10_000;

/**
 * Values the contributions of a round together, in this process; see `measure` for the child process that strangers' bytes
 * belong in. A member that is no such table counts as one without rows: its own task has said so already.
 * @throws ObjectiveUnusable, MeasurementFailed
 */
export async function measureRound(request: RoundRequest): Promise<Measurement> {
  const schema = parseSchema(request.schema);
  const { impact } = schema;
  if (impact === undefined) throw new ObjectiveUnusable('schema: no impact to value a round by');
  const tables = await Tables.open(schema, request.memoryMb ?? DEFAULT_MEMORY_MB);
  try {
    const readable: boolean[] = [];
    for (const [at, { data }] of request.members.entries()) {
      readable.push(await isLoaded(load(tables, `data${at}`, data)));
    }
    await loadTrusted(tables, 'holdout', request.holdout);
    if (request.reference !== undefined) await loadTrusted(tables, 'reference', request.reference);
    await tables.lock();
    const rated: RatedPoints[] = [];
    for (const [at, { asOf }] of request.members.entries()) {
      if (!readable[at]) {
        rated.push({ points: { features: [], labels: [] }, quality: [] });
        continue;
      }
      await tables.use(`data${at}`);
      const options = { asOf: asOf / 1_000_000_000n, withReference: request.reference !== undefined };
      rated.push(await ratedPoints(tables, schema, impact, options));
    }
    const shard = await usablePoints(tables, schema, impact, 'holdout');
    if (shard.features.length === 0) throw new ObjectiveUnusable('holdout: no row has a label and all features');
    const rows = rated.reduce((sum, { quality }) => sum + quality.length, 0);
    const members = rated.map((each) => drawn(each, request.seed, rows));
    const taken = members.reduce((sum, { points }) => sum + points.labels.length, 0);
    const shardRows = Math.min(
      MAX_SHARD_POINTS,
      shard.labels.length,
      Math.max(1, Math.floor(MAX_PAIRS / Math.max(1, taken))),
    );
    const cut = { features: shard.features.slice(0, shardRows), labels: shard.labels.slice(0, shardRows) };
    const round = valueRound(members, cut, { k: impact.k, baselinePpm: request.baselinePpm });
    const all = taken === 0 ? 0n : (round.netRowsMicro * BigInt(rows)) / BigInt(taken);
    const metrics = [
      { name: 'net_rows_micro', value: all },
      { name: 'rows', value: BigInt(rows) },
      { name: 'rows_taken', value: BigInt(taken) },
      { name: 'shard_rows', value: BigInt(shardRows) },
      { name: 'utility_micro', value: round.utilityMicro },
      ...request.members.map(({ contributionId }, at) => {
        const value = round.members[at];
        return { name: valueMetric(contributionId), value: value === undefined ? 0n : countedValue(value) };
      }),
    ];
    return { metrics: metrics.sort((a, b) => (a.name < b.name ? -1 : 1)), notes: [], sketch: [] };
  } finally {
    tables.close();
  }
}

async function isLoaded(loading: Promise<void>): Promise<boolean> {
  try {
    await loading;
    return true;
  } catch (error) {
    if (error instanceof DataRefused) return false;
    throw error;
  }
}

/** Of too many rows each takes part with the same chance, which the beacon decides; equal rows do or do not together. */
function drawn({ points, quality }: RatedPoints, seed: Uint8Array, rows: number): RoundMember {
  if (rows <= MAX_ROUND_ROWS) return { points, rowQuality: quality };
  const limit = Math.floor((MAX_ROUND_ROWS / rows) * 2 ** 32);
  const kept = points.labels.flatMap((label, at) => {
    const row = Buffer.from(JSON.stringify([label, ...(points.features[at] ?? [])]));
    return hash('sha256', Buffer.concat([seed, row]), 'buffer').readUInt32BE(0) < limit ? [at] : [];
  });
  return {
    points: {
      features: kept.map((at) => points.features[at] ?? []),
      labels: kept.map((at) => points.labels[at] ?? ''),
    },
    rowQuality: kept.map((at) => quality[at] ?? 0n),
  };
}
