import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startPostgres } from '../../../postgres/embedded.ts';
import {
  QueryRunRequest,
  QueryRunResponse,
  QueryTaskRequest,
  QueryTaskResponse,
} from '../../../proto/generated/infinet/verification/v1/query.ts';
import { RunStatus, SeatState, type Task, Verdict } from '../../../proto/generated/infinet/verification/v1/types.ts';
import { initVerifierHome } from '../../../verifier/home.ts';
import { Random } from '../../sim/random.ts';
import { TestChain, verifier } from './chain.ts';
import { serveRpc } from './rpc.ts';
import { contradictionIn, doublesIn } from './said.ts';
import { type Step, type Subject, steps } from './steps.ts';
import { given, type Offered, Offerers, tableSchema } from './work.ts';
import { KilledWorker } from './workers.ts';

export interface VerifierFigures {
  /** Kills by the step that they came after. */
  readonly kills: Readonly<Record<string, number>>;
  readonly tasks: Readonly<Record<Subject, number>>;
  readonly blocks: number;
}

/** Two workers of one operator race on one queue, and are killed and started again and again. */
class VerifierTrial {
  readonly kills: Record<string, number> = {};
  readonly tasks: Record<Subject, number> = { run: 0, fraud: 0, table: 0 };
  readonly folder = mkdtempSync(join(tmpdir(), 'crash-verifier-'));
  readonly #random: Random;
  readonly #seed: number;
  readonly #stop = new AbortController();
  #chain: TestChain | undefined;
  #rpc: Server | undefined;
  #offerers: Offerers | undefined;
  #postgres: EmbeddedPostgres | undefined;
  #workers: readonly KilledWorker[] = [];
  #making: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
  }

  get blocks(): number {
    return given(this.#chain).blocks.length;
  }

  async begin(): Promise<void> {
    this.#postgres = await startPostgres({ folder: join(this.folder, 'postgres') });
    const databaseUrl = await this.#postgres.database('infinet');
    this.#offerers = await Offerers.begin(join(this.folder, 'files'), this.#stop.signal);
    const state = join(this.folder, 'state');
    mkdirSync(state);
    const chain = await TestChain.start(state, this.#seed, tableSchema, this.#offerers.shards());
    this.#chain = chain;
    const { url, server } = await serveRpc(chain);
    this.#rpc = server;
    // While nobody is there to answer, no deadline may pass: how long a start takes is the machine's affair.
    this.#making = chain.run(this.#stop.signal, () => this.#workers.some(({ isUp }) => isUp));
    this.#making.catch(() => {});
    this.#workers = ['one', 'two'].map((name) => {
      const home = join(this.folder, name);
      initVerifierHome(home, { workerKey: verifier.worker.privateKey, vrfSeed: verifier.verifierSeed });
      const logFile = join(this.folder, `${name}.log`);
      return new KilledWorker({ home, operator: verifier.text, rpc: url, databaseUrl, logFile });
    });
    await this.#until('the workers to be up', () => this.#workers.every(({ isUp }) => isUp));
    await this.#offerers.connect(url);
  }

  /** One task, and a kill of whoever comes by the step; then the task must have been served as if nothing had been. */
  async round(step: Step): Promise<void> {
    const subject = this.#random.pick(step.subjects);
    try {
      const before = this.#count();
      for (const worker of this.#workers) worker.arm(step.name);
      if (step.name === 'anytime') this.#killSoon();
      const offered = await given(this.#offerers).offer(subject);
      this.tasks[subject] += 1;
      await this.#until(`task ${offered.taskId} to be served`, () => this.#isServed(offered, subject));
      // A message is in a block before its worker knows: what comes after may be still to come.
      if (step.name !== 'anytime') {
        await this.#until(`somebody to come by ${step.name}`, () => this.#count() > before);
      }
      for (const worker of this.#workers) worker.arm(undefined);
      this.#check(offered, subject);
      const kills = this.#count() - before;
      this.kills[step.name] = (this.kills[step.name] ?? 0) + kills;
    } catch (error) {
      this.#failed = true;
      throw new Error(`seed ${this.#seed}, killed at ${step.name} (${subject}), files in ${this.folder}: ${error}`, {
        cause: error,
      });
    }
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#making.catch(() => {});
    for (const worker of this.#workers) await worker.close();
    this.#offerers?.close();
    this.#rpc?.close();
    this.#rpc?.closeAllConnections();
    await this.#chain?.close();
    await this.#postgres?.stop();
    if (!this.#failed) rmSync(this.folder, { recursive: true, force: true });
  }

  #count(): number {
    return this.#workers.reduce((sum, { kills }) => sum + kills, 0);
  }

  #killSoon(): void {
    const worker = this.#random.pick(this.#workers);
    setTimeout(() => worker.kill(), this.#random.below(3000));
  }

  #isServed({ taskId, runId }: Offered, subject: Subject): boolean {
    if (subject === 'fraud') return this.#runStatus(runId ?? 0n) === RunStatus.RUN_STATUS_SLASHED;
    return this.#task(taskId)?.seats[0]?.state === SeatState.SEAT_STATE_REVEALED;
  }

  /** Not missed, not doubled, not contradicted, and right. */
  #check({ taskId }: Offered, subject: Subject): void {
    const [seat, ...others] = this.#task(taskId)?.seats ?? [];
    const expected = subject === 'fraud' ? Verdict.VERDICT_FRAUD : Verdict.VERDICT_VALID;
    if (seat?.attestation?.verdict !== expected || others.length > 0) {
      throw new Error(`task ${taskId} was judged ${seat?.attestation?.verdict}, not ${expected}`);
    }
    const { blocks, broadcasts } = given(this.#chain);
    const problem = doublesIn(blocks, verifier.worker.text) ?? contradictionIn(broadcasts);
    if (problem !== undefined) throw new Error(problem);
  }

  #task(id: bigint): Task | undefined {
    const path = '/infinet.verification.v1.Query/Task';
    const { value } = given(this.#chain).query(path, QueryTaskRequest.encode({ id }).finish());
    return QueryTaskResponse.decode(value).task;
  }

  #runStatus(id: bigint): RunStatus | undefined {
    const path = '/infinet.verification.v1.Query/Run';
    const { value } = given(this.#chain).query(path, QueryRunRequest.encode({ id }).finish());
    return QueryRunResponse.decode(value).run?.status;
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    for (const deadline = Date.now() + 120_000; !condition(); await sleep(20)) {
      const failure = this.#workers.find((worker) => worker.failure !== undefined)?.failure;
      if (failure !== undefined) throw new Error(failure);
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    }
  }
}

/** Kills workers after every step so many times. Throws with the seed at the first task that was not served right. */
export async function verifierCrashRounds(
  seed: number,
  rounds: number,
  say: (line: string) => void,
  chosen: readonly Step[] = steps,
): Promise<VerifierFigures> {
  const trial = new VerifierTrial(seed);
  try {
    await trial.begin();
    say(`two workers are up, files in ${trial.folder}`);
    for (let round = 1; round <= rounds; round++) {
      for (const step of chosen) await trial.round(step);
      say(`each of ${chosen.length} steps ${round} times, ${trial.blocks} blocks`);
    }
    const { kills, tasks, blocks } = trial;
    return { kills, tasks, blocks };
  } finally {
    await trial.end();
  }
}
