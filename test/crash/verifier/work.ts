import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { DirectSecp256k1Wallet } from '@cosmjs/proto-signing';
import { contribute } from '../../../cli/contribute.ts';
import { openSession, type Session } from '../../../cli/session.ts';
import { defend } from '../../../cli/trainer/defend.ts';
import { commitRun, registerRun, untilSeeded } from '../../../cli/trainer/run.ts';
import { readState, trainRun } from '../../../cli/trainer/trainRun.ts';
import { serveFile } from '../../../localnet/staticFiles.ts';
import { skipTraining } from '../../../localnet/story/cheat.ts';
import { ContributionKind } from '../../../proto/generated/infinet/contribution/v1/kind.ts';
import { Visibility } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { Dataset } from '../../../training/dataset.ts';
import { contentRoot } from '../../../training/merkle.ts';
import { networkOf } from '../../../training/network.ts';
import { recordBytes } from '../../../training/spec.ts';
import { smallSpec, syntheticBytes } from '../../../training/testing/fixtures.ts';
import { Trace, traceUnit } from '../../../training/trace.ts';
import { denom, trainers, users } from '../../sim/actors.ts';
import type { ShardOfObjective } from './chain.ts';
import { prefix } from './chain.ts';
import type { Subject } from './steps.ts';

export const tableSchema = '{"columns":[{"name":"a","type":"integer"}]}';
const spec = smallSpec();
const network = networkOf(spec);
const objectives = { table: 1n, digits: 2n } as const;

/** One piece of work that waits for its verifiers. */
export interface Offered {
  readonly taskId: bigint;
  readonly runId?: bigint;
}

/** A trainer, who may cheat, and a contributor of tables; with the server of their files. */
export class Offerers {
  readonly #folder: string;
  readonly #files: Server;
  readonly #base: string;
  readonly #signal: AbortSignal;
  #trainer: Session | undefined;
  #contributor: Session | undefined;
  #tables = 0;
  /** Rejects when a trainer cannot defend itself. */
  readonly defences: Promise<unknown>[] = [];

  private constructor(folder: string, files: Server, base: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#files = files;
    this.#base = base;
    this.#signal = signal;
  }

  static async begin(folder: string, signal: AbortSignal): Promise<Offerers> {
    mkdirSync(folder, { recursive: true });
    const files = createServer((request, response) => void serveFile(folder, request, response).catch(() => {}));
    await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
    const address = files.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const offerers = new Offerers(folder, files, `http://127.0.0.1:${port}`, signal);
    writeFileSync(join(folder, 'records'), syntheticBytes(spec, 64));
    return offerers;
  }

  /** Shards for the two objectives, for genesis. */
  shards(): readonly ShardOfObjective[] {
    return [['shard.csv', Buffer.from('a\n1\n2\n')] as const, ['shard.records', syntheticBytes(spec, 16)] as const].map(
      ([name, bytes]) => {
        writeFileSync(join(this.#folder, name), bytes);
        const root = Buffer.from(contentRoot(bytes)).toString('base64');
        return { root, size_bytes: `${bytes.length}`, uris: [`${this.#base}/${name}`] };
      },
    );
  }

  async connect(rpc: string): Promise<void> {
    const [trainer] = trainers;
    const [user] = users;
    if (trainer === undefined || user === undefined) throw new Error('the simulation has nobody');
    const session = async (key: Uint8Array) =>
      await openSession({ rpc, signer: await DirectSecp256k1Wallet.fromKey(key, prefix), denom, gasPriceMicro: 1000n });
    this.#trainer = await session(trainer.privateKey);
    this.#contributor = await session(user.privateKey);
  }

  async offer(subject: Subject): Promise<Offered> {
    return subject === 'table' ? await this.#offerTable() : await this.#offerRun(subject === 'fraud');
  }

  close(): void {
    this.#trainer?.close();
    this.#contributor?.close();
    this.#files.close();
    this.#files.closeAllConnections();
  }

  async #offerTable(): Promise<Offered> {
    const session = given(this.#contributor);
    const name = `table-${++this.#tables}.csv`;
    const bytes = Buffer.from(`a\n${this.#tables}\n${randomBytes(4).readUInt32LE()}\n`);
    writeFileSync(join(this.#folder, name), bytes);
    const { taskId } = await contribute(session, {
      kind: ContributionKind.CONTRIBUTION_KIND_DATA,
      objectiveId: objectives.table,
      manifest: {
        contentRoot: contentRoot(bytes),
        sizeBytes: BigInt(bytes.length),
        mediaType: 'text/csv',
        uris: [`${this.#base}/${name}`],
        visibility: Visibility.VISIBILITY_PUBLIC,
        title: name,
      },
      license: 'CC0-1.0',
      deposit: { denom, amount: '100' },
    });
    return { taskId };
  }

  async #offerRun(cheats: boolean): Promise<Offered> {
    const session = given(this.#trainer);
    const bytes = syntheticBytes(spec, 64);
    const data = new Dataset(spec.record, bytes);
    const uris = [`${this.#base}/records`];
    const plan = { root: data.root, records: BigInt(data.records), recordBytes: recordBytes(spec), uris };
    const { runId } = await registerRun(session, { objectiveId: objectives.digits, spec, data: plan, denom });
    const run = await untilSeeded(session, runId, 300);
    const folder = join(this.#folder, `run-${runId}`);
    const tamper = cheats ? skipTraining : undefined;
    const trained = await trainRun({ network, runId, seed: run.seed, data, folder, tamper });
    const { taskId } = await commitRun(session, run, trained, [`${this.#base}/run-${runId}`]);
    const traceOf = (unit: number) => {
      const before = unit === 0 ? new Float32Array(0) : readState(folder, unit - 1);
      const trace = traceUnit(network, run.seed, data, unit, before);
      return new Trace(trace.dag, trace.values.with(trace.dag.after, readState(folder, unit)), data.tree);
    };
    if (cheats) {
      const defence = defend(session, { run, trained, traceOf, signal: this.#signal });
      defence.catch(() => {});
      this.defences.push(defence);
    }
    return { taskId, runId };
  }
}

export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not begun');
  return value;
}
