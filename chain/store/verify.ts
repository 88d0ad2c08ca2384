import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamageError } from './damage.ts';
import { readHeight, StateDatabase } from './database.ts';
import { databasePath } from './disk.ts';
import { openMetadata, type StoreMeta } from './metadata.ts';
import { type ChangeSet, findRecord, readRecord } from './record.ts';
import { readMarker } from './rollbackMarker.ts';
import { demandStores, type StoreSets } from './storeSets.ts';
import { DatabaseCheck } from './verifyDatabase.ts';
import type { CommittedVersion } from './version.ts';

/** What a look at a store's folder found. */
export interface StoreReport {
  /** The height that opening it would lead to; 0 for an empty one. */
  readonly height: bigint;
  /** Upper-case hex; empty at height 0. */
  readonly appHash: string;
  readonly checkpoint: bigint;
  /** Oldest height in the database. */
  readonly oldest: bigint;
  /** How many sound log records, tree nodes and entries of the last checkpoint were read. */
  readonly records: number;
  readonly nodes: number;
  readonly entries: number;
  /** What is damaged: file, place, what is wrong with it. */
  readonly problems: readonly string[];
  /** What the next start mends by itself. */
  readonly notes: readonly string[];
}

/**
 * Reads all of a store that nobody has open and changes nothing: format and chain, the checksum of every log record and
 * tree node, every hash of the last checkpoint up to its app hash, its flat values against its trees, and the log above it
 * replayed to the app hashes that it names. Throws `StoreMismatchError` for a folder of another chain, format or set of
 * stores.
 */
export async function verifyStore(
  folder: string,
  meta: StoreMeta,
  storeNames: readonly string[],
): Promise<StoreReport> {
  const problems: string[] = [];
  const notes: string[] = [];
  const empty = { height: 0n, appHash: '', checkpoint: 0n, oldest: 0n, records: 0, nodes: 0, entries: 0 };
  if (!existsSync(join(folder, 'meta.json'))) {
    const holds = existsSync(folder) ? readdirSync(folder) : [];
    if (holds.length > 0) problems.push(`${join(folder, 'meta.json')} is missing, yet there is ${holds[0]}`);
    else notes.push(`${folder} holds no state yet`);
    return { ...empty, problems, notes };
  }
  const { secret, sets } = openMetadata(folder, meta, [...new Set(storeNames)]);
  try {
    if (readMarker(folder, secret) !== undefined) notes.push('a rollback was interrupted: the next start finishes it');
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
    problems.push(error.message);
  }
  const path = databasePath(folder);
  const log = readLog(folder, secret, problems, notes);
  const logged = log.at(-1)?.set.height ?? 0n;
  if (!existsSync(path)) {
    demandStores(folder, sets.at(logged).keys(), storeNames);
    if (log.length > 0) problems.push(`${path} is missing`);
    return { ...empty, records: log.length, problems, notes };
  }
  const database = new StateDatabase(path, { readOnly: true });
  try {
    const checkpoint = readHeight(database, 'checkpoint') ?? 0n;
    const oldest = readHeight(database, 'oldest') ?? 0n;
    demandStores(folder, sets.at(logged > checkpoint ? logged : checkpoint).keys(), storeNames);
    const check = new DatabaseCheck(database, sets, (problem) => problems.push(problem));
    check.records();
    const base = check.versions(checkpoint);
    const tip = base === undefined ? undefined : replay(base, log, sets, check, problems);
    const entries = base === undefined ? 0 : check.trees(base);
    return {
      height: tip?.height ?? 0n,
      appHash: tip === undefined || tip.height === 0n ? '' : Buffer.from(tip.appHash).toString('hex').toUpperCase(),
      checkpoint,
      oldest,
      records: log.length,
      nodes: check.nodesRead,
      entries,
      problems,
      notes,
    };
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
    problems.push(error.message);
    return { ...empty, records: log.length, problems, notes };
  } finally {
    await database.close();
  }
}

interface LogRecord {
  readonly set: ChangeSet;
  /** File and byte. */
  readonly where: string;
}

function readLog(folder: string, secret: Uint8Array, problems: string[], notes: string[]): LogRecord[] {
  const segments = readdirSync(folder)
    .filter((name) => /^log-\d{20}$/.test(name))
    .sort();
  const records: LogRecord[] = [];
  for (const [index, name] of segments.entries()) {
    const path = join(folder, name);
    const file = readFileSync(path);
    for (let at = 0; at < file.length; ) {
      const record = readRecord(file, at, secret);
      const where = `${path} at byte ${at}`;
      if ('set' in record) {
        const before = records.at(-1)?.set;
        if (before !== undefined && !follows(before, record.set)) {
          problems.push(`${where}: the record of height ${record.set.height} does not follow that of ${before.height}`);
        }
        records.push({ set: record.set, where });
        at = record.end;
        continue;
      }
      const next = findRecord(file, at + 1, secret);
      if (next === undefined && index === segments.length - 1) {
        notes.push(`${where}: ${record.wrong}; the next start cuts the last record off and CometBFT replays its block`);
      } else problems.push(`${where} is damaged: ${record.wrong}`);
      if (next === undefined) break;
      at = next;
    }
  }
  return records;
}

function follows(before: ChangeSet, after: ChangeSet): boolean {
  return after.height === before.height + 1n && Buffer.from(before.after).equals(after.before);
}

/** The version that the log leads to. */
function replay(
  base: CommittedVersion,
  log: readonly LogRecord[],
  sets: StoreSets,
  check: DatabaseCheck,
  problems: string[],
): CommittedVersion {
  let last = base;
  for (const { set, where } of log) {
    if (set.height <= base.height) continue;
    if (last.height !== 0n && set.height !== last.height + 1n) {
      problems.push(`${where}: the record of height ${set.height} does not follow height ${last.height}`);
      break;
    }
    last = last.next(set.height, set.stores, check.hasher, check.turnover(sets.upgradeAt(set.height))).version;
    if (!Buffer.from(last.appHash).equals(set.after)) {
      problems.push(`${where}: replaying height ${set.height} gives another app hash than was committed`);
      break;
    }
  }
  return last;
}
