import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeLog } from '../../chain/store/changeLog.ts';
import { DamageError } from '../../chain/store/damage.ts';
import { type ChangeSet, encodeRecord } from '../../chain/store/record.ts';
import { abci } from '../../sdk/codec/index.ts';
import { digest } from '../sim/actors.ts';
import { openMachine } from '../sim/machine.ts';
import type { Random } from '../sim/random.ts';
import { liveChain } from './chain.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

const offers = abci.ResponseOfferSnapshot_Result;
const chunks = abci.ResponseApplySnapshotChunk_Result;

/**
 * Snapshots from peers: damaged offers and chunks, also such as hang together by themselves. A node never takes a state
 * that does not have the trusted app hash, and its own state stays as it was.
 */
export async function snapshotTarget(): Promise<Target> {
  const source = await liveChain(21, () => false, { snapshotInterval: 10 });
  const [snapshot] = source.machine.app.listSnapshots().snapshots;
  if (snapshot === undefined) throw new Error('no snapshot was taken');
  const first = source.machine.app.loadSnapshotChunk({ height: snapshot.height, format: snapshot.format, chunk: 0 });
  const appHash = source.appHashes.get(snapshot.height) ?? digest('');
  const folder = mkdtempSync(join(tmpdir(), 'infinet-fuzz-'));
  const { app, machine, close } = await openMachine(folder);
  return {
    name: 'snapshot',
    run: async (random) => {
      const whole = random.oneIn(2);
      const chunk = mutateFew(random, first.chunk);
      // One that hangs together by itself, as a liar's would: only the trusted app hash can tell.
      const metadata = whole ? digestOf(chunk) : mutate(random, snapshot.metadata, first.chunk);
      const lie = { ...snapshot, metadata, hash: random.oneIn(8) ? snapshot.hash : digestOf(metadata) };
      const odd = random.oneIn(8) ? { ...lie, chunks: random.below(5), format: random.below(3) } : lie;
      const { result } = await app.offerSnapshot({ snapshot: odd, appHash });
      if (result !== offers.ACCEPT) return false;
      const index = random.oneIn(8) ? random.below(3) : 0;
      const answer = await app.applySnapshotChunk({ index, chunk, sender: 'liar' });
      const same = Buffer.compare(chunk, first.chunk) === 0;
      if (answer.result === chunks.ACCEPT && odd.chunks === 1 && !same) throw new Error('a forged state was taken');
      if (machine.height !== 0n) throw new Error('the state was replaced');
      return true;
    },
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
      await source.close();
    },
  };
}

/** Large chunks change in one place, so that most inputs get past the head. */
function mutateFew(random: Random, chunk: Uint8Array): Uint8Array {
  if (random.oneIn(4)) return mutate(random, chunk, chunk.subarray(0, 400));
  const changed = Uint8Array.from(chunk);
  const at = random.below(random.oneIn(3) ? 200 : changed.length);
  changed[at] = random.word() & 0xff;
  return changed[at] === chunk[at] ? Uint8Array.from([...changed.subarray(0, at), 1]) : changed;
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('sha256', bytes, 'buffer'));
}

/**
 * The change-set log with damage in it: every record that is read is one that was written, in order and without a gap, and
 * damage in the middle is named, never skipped.
 */
export function logTarget(): Target {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-fuzz-'));
  const secret = digest('secret').subarray(0, 16);
  const written = [1n, 2n, 3n, 4n, 5n, 6n].map(changeSet);
  const records = written.map((set) => encodeRecord(set, secret));
  const [file, foreign] = [Buffer.concat(records), encodeRecord(changeSet(9n), digest('other').subarray(0, 16))];
  return {
    name: 'log',
    run: (random) => {
      const bytes = random.oneIn(16) ? file : mutate(random, file, random.oneIn(2) ? foreign : file);
      const cut = random.oneIn(3) ? random.below(bytes.length + 1) : bytes.length;
      writeFileSync(join(folder, `log-${'1'.padStart(20, '0')}`), bytes.subarray(0, cut));
      return replay(folder, secret, written) > 0;
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function changeSet(height: bigint): ChangeSet {
  const value = digest(`value ${height}`);
  const stores = [
    [
      'bank',
      [
        [`key ${height}`, value],
        ['gone', null],
      ],
    ],
  ] as const;
  return { height, before: digest(`${height - 1n}`), after: digest(`${height}`), stores };
}

/** How many records were read before the end or the damage. */
function replay(home: string, secret: Uint8Array, written: readonly ChangeSet[]): number {
  const log = ChangeLog.open(home, secret);
  let seen = 0;
  let damaged = false;
  const known = written.map(show);
  try {
    log.replay(
      0n,
      (set) => {
        // A record may stand twice or out of order: the store itself holds each to the app hash before it.
        if (!known.includes(show(set))) throw new Error(`a record of height ${set.height} was made up`);
        seen++;
      },
      () => undefined,
    );
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
    damaged = true;
  }
  log.close();
  if (!damaged) {
    // What was cut off is gone: a second opening finds nothing wrong.
    const again = ChangeLog.open(home, secret);
    let count = 0;
    again.replay(
      0n,
      () => count++,
      (text) => {
        throw new Error(`a mended log is not whole: ${text}`);
      },
    );
    if (count !== seen) throw new Error(`${seen} records at first, ${count} after mending`);
  }
  return seen;
}

function show({ height, before, after, stores }: ChangeSet): string {
  const hex = (bytes: Uint8Array | null) => (bytes === null ? 'deleted' : Buffer.from(bytes).toString('hex'));
  return JSON.stringify([
    height.toString(),
    hex(before),
    hex(after),
    stores.map(([name, changes]) => [name, changes.map(([key, value]) => [key, hex(value)])]),
  ]);
}
