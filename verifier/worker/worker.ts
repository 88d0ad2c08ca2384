import { setTimeout as sleep } from 'node:timers/promises';
import type { EncodeObject } from '@cosmjs/proto-signing';
import type { Logger } from 'pino';
import { commitmentOf } from '../../modules/verification/formulas.ts';
import { Attestation, SubjectKind, type Task } from '../../proto/generated/infinet/verification/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { TxPending, TxRefused } from '../../sdk/sender.ts';
import { equalBytes } from '../../training/merkle.ts';
import type { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactMismatch, ArtifactUnavailable } from '../artifacts/download.ts';
import type { Attestations, Said } from '../queue/attestations.ts';
import type { SeatJob, SeatJobs } from '../queue/jobs.ts';
import type { Outbox } from '../queue/outbox.ts';
import { fetchContribution } from './assess.ts';
import { attest } from './attest.ts';
import type { ChainView } from './chain.ts';
import { Challenges } from './challenges.ts';
import { loadHoldout, loadRun } from './runData.ts';
import type { ScoreFolder } from './scores.ts';
import { hasSeat, owes } from './seat.ts';
import { verdictLabel, type WorkerStats } from './stats.ts';

export interface WorkerIdentity {
  /** Account address of the validator's operator. */
  readonly operator: string;
  /** Account address of this worker's hot key. */
  readonly worker: string;
  readonly vrfSeed: Uint8Array;
  readonly denom: string;
}

export interface WorkerParts {
  readonly identity: WorkerIdentity;
  readonly addresses: AddressCodec;
  readonly view: ChainView;
  readonly outbox: Pick<Outbox, 'send'>;
  readonly attestations: Attestations;
  readonly jobs: Pick<SeatJobs, 'offer' | 'take' | 'done' | 'failed'>;
  readonly cache: ArtifactCache;
  readonly scores: Pick<ScoreFolder, 'read'>;
  readonly stats: WorkerStats;
  readonly log: Logger;
  /** Milliseconds between two looks at the chain. */
  readonly pollMs: number;
  /** Tasks that are worked on at the same time. */
  readonly tasksAtOnce: number;
  /** Told after each step that a crash could follow. */
  readonly at?: (step: string) => void;
}

const gasLimit = 900_000n;
/** Milliseconds that one look waits for its tasks before the next look begins beside those that take longer. */
const patienceMs = 1_000;

/**
 * Follows the chain's state, never its own memory: each look asks which seats are open, puts those into the queue that
 * something is owed for, and does what the state says is still owed by those that it takes. A worker that was killed simply
 * goes on, or another one of the same operator does; a message that arrived meanwhile is seen as done.
 */
export class Worker {
  readonly identity: WorkerIdentity;
  readonly view: ChainView;
  readonly cache: ArtifactCache;
  readonly log: Logger;
  readonly #parts: WorkerParts;
  readonly #challenges: Challenges;
  /** Tasks that are being served: a slow one, whose mirrors a stranger may run, holds up no other. */
  readonly #busy = new Set<bigint>();
  #reportAt = 0;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.identity = parts.identity;
    this.view = parts.view;
    this.cache = parts.cache;
    this.log = parts.log;
    this.#challenges = new Challenges(this);
  }

  /** Works until `signal` aborts. Failures are logged and tried again at the next look. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
        this.#parts.stats.looked();
        this.at('looked');
      } catch (error) {
        this.#parts.stats.failed();
        this.log.warn({ error: describe(error) }, 'could not look at the chain and the queue, trying again');
      }
      await sleep(this.#parts.pollMs, undefined, { signal }).catch(() => {});
    }
  }

  /** One look: every open seat that no other worker has is moved on as far as the chain allows. */
  async look(): Promise<void> {
    const { jobs, tasksAtOnce } = this.#parts;
    const open = await this.view.openTasks(this.identity.operator);
    this.#parts.stats.seats(open.length);
    await this.#reportStanding();
    for (const task of open) {
      if (this.#busy.has(task.id) || owes(task, this.identity) === undefined) continue;
      this.at('found');
      await jobs.offer(task.id);
      this.at('offered');
    }
    const served = (await jobs.take(tasksAtOnce - this.#busy.size)).map((job) => {
      this.#busy.add(job.taskId);
      return this.#attend(job).finally(() => this.#busy.delete(job.taskId));
    });
    const patience = new AbortController();
    await Promise.race([
      Promise.all(served),
      sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
    ]).finally(() => patience.abort());
  }

  /** Once a minute: it is for people and their alerts. */
  async #reportStanding(): Promise<void> {
    if (performance.now() < this.#reportAt) return;
    this.#reportAt = performance.now() + 60_000;
    const { operator, worker, denom } = this.identity;
    this.#parts.stats.standing(await this.view.standing(operator, worker, denom));
  }

  at(step: string): void {
    this.#parts.at?.(step);
  }

  async #attend(job: SeatJob): Promise<void> {
    this.at('taken');
    try {
      // Read after the task was taken: another worker may have gone on with it since the look.
      await this.#serve(await this.view.task(job.taskId));
      this.at('served');
      await this.#parts.jobs.done(job);
      this.at('done');
    } catch (error) {
      this.#parts.stats.failed();
      const message = error instanceof TxPending ? 'waiting for a tx' : 'a task failed, trying again';
      this.log.warn({ task: `${job.taskId}`, error: describe(error) }, message);
      await this.#parts.jobs.failed(job, describe(error)).catch((lost: unknown) => {
        this.log.warn({ task: `${job.taskId}`, error: describe(lost) }, 'could not give the task back to the queue');
      });
    }
  }

  /** Signs and sends one message, if it is still owed; a refusal by the block is an error like one by the mempool. */
  async send(action: string, message: EncodeObject, isOwed: () => Promise<boolean>): Promise<void> {
    const receipt = await this.#parts.outbox.send({ action, message, gasLimit, isOwed });
    if (receipt === undefined) return;
    this.#parts.stats.sent(action, receipt.code === 0);
    if (receipt.code !== 0) throw new TxRefused(receipt.codespace, receipt.code, receipt.log);
    this.log.info({ message: message.typeUrl, height: receipt.height, tx: receipt.hash }, 'sent');
  }

  async #serve(task: Task): Promise<void> {
    const owed = owes(task, this.identity);
    if (owed === 'ack') await this.#acknowledge(task);
    else if (owed === 'commit') await this.#commit(task);
    else if (owed === 'reveal') await this.#reveal(task);
    else if (owed === 'challenge') await this.#challenges.follow(task);
  }

  /** Sends what the seat owes in the task's present phase and draw. */
  async #answer(action: 'ack' | 'commit' | 'reveal', task: Task, message: EncodeObject): Promise<void> {
    await this.send(action, message, async () => {
      const now = await this.view.task(task.id);
      return now.redraws === task.redraws && owes(now, this.identity) === action;
    });
  }

  async #acknowledge(task: Task): Promise<void> {
    const available = await this.#isAvailable(task);
    this.at('fetched');
    const { worker } = this.identity;
    const value = { worker, taskId: task.id, available };
    await this.#answer('ack', task, { typeUrl: '/infinet.verification.v1.MsgAckData', value });
  }

  /**
   * Whether the bytes can be had. Bytes that are not what was committed to can be had: that is what is attested. Those of a
   * round are looked for when it is valued: a seat then names what is missing.
   */
  async #isAvailable(task: Task): Promise<boolean> {
    try {
      if (task.subject === SubjectKind.SUBJECT_KIND_RUN) {
        const { network } = await loadRun(await this.view.run(task.subjectId), this.cache);
        await loadHoldout(await this.view.objective(task.objectiveId), network, this.cache);
      } else if (task.subject === SubjectKind.SUBJECT_KIND_CONTRIBUTION) {
        await fetchContribution(await this.view.contribution(task.subjectId), this.cache);
      }
      return true;
    } catch (error) {
      if (error instanceof ArtifactMismatch) return true;
      if (!(error instanceof ArtifactUnavailable)) throw error;
      this.log.warn({ task: `${task.id}`, error: error.message }, 'the data cannot be had');
      return false;
    }
  }

  async #commit(task: Task): Promise<void> {
    const { attestations } = this.#parts;
    const said = (await attestations.read(task.id, task.redraws)) ?? (await this.#examine(task));
    const { worker } = this.identity;
    const value = { worker, taskId: task.id, commitment: this.#commitment(task, said) };
    await this.#answer('commit', task, { typeUrl: '/infinet.verification.v1.MsgCommitAttestation', value });
  }

  async #examine(task: Task): Promise<Said> {
    const started = performance.now();
    const attestation = await this.#attestation(task);
    this.at('examined');
    const seconds = (performance.now() - started) / 1000;
    const said = await this.#parts.attestations.keep(task.id, task.redraws, attestation, seconds);
    this.at('said');
    this.#parts.stats.attested(attestation.verdict, seconds);
    this.log.info({ task: `${task.id}`, verdict: verdictLabel(attestation.verdict), seconds }, 'examined the work');
    return said;
  }

  async #reveal(task: Task): Promise<void> {
    const { attestations } = this.#parts;
    const said = (await attestations.read(task.id, task.redraws)) ?? (await this.#sayAgain(task));
    const { worker } = this.identity;
    const value = { worker, taskId: task.id, attestation: said.attestation, salt: said.salt };
    await this.#answer('reveal', task, { typeUrl: '/infinet.verification.v1.MsgRevealAttestation', value });
  }

  /** The database was lost since the commitment: what the same work shows again may still open it. */
  async #sayAgain(task: Task): Promise<Said> {
    const attestation = await this.#attestation(task);
    const said = { attestation, salt: this.#parts.attestations.salt(task.id, task.redraws) };
    const committed = hasSeat(task, this.identity)?.commitment ?? new Uint8Array(0);
    if (!equalBytes(this.#commitment(task, said), committed)) {
      throw new Error(`what was committed for task ${task.id} is in no database, and cannot be found again`);
    }
    return said;
  }

  async #attestation(task: Task): Promise<Attestation> {
    const { view, cache } = this;
    const operator = this.#parts.addresses.account(this.identity.operator);
    const { scores } = this.#parts;
    return await attest({ view, cache, vrfSeed: this.identity.vrfSeed, operator, scores }, task);
  }

  /** 32 bytes. */
  #commitment(task: Task, { attestation, salt }: Said): Uint8Array {
    const operator = this.#parts.addresses.account(this.identity.operator);
    return commitmentOf({ operator, taskId: task.id, attestation: Attestation.encode(attestation).finish(), salt });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
