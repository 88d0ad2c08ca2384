import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { commitmentOf } from '../../modules/verification/formulas.ts';
import {
  Attestation,
  type Seat,
  SeatState,
  SubjectKind,
  type Task,
  TaskPhase,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { TxPending, TxRefused, type TxSender } from '../../sdk/sender.ts';
import type { ArtifactCache } from '../artifacts/cache.ts';
import { ArtifactMismatch, ArtifactUnavailable } from '../artifacts/download.ts';
import { fetchContribution } from './assess.ts';
import { attest } from './attest.ts';
import type { ChainView } from './chain.ts';
import { Challenges } from './challenges.ts';
import type { Journal } from './journal.ts';
import { loadHoldout, loadRun } from './runData.ts';
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
  readonly sender: TxSender;
  readonly cache: ArtifactCache;
  readonly journal: Journal;
  readonly stats: WorkerStats;
  readonly log: Logger;
  /** Milliseconds between two looks at the chain. */
  readonly pollMs: number;
}

const gasLimit = 900_000n;
/** Milliseconds that one look waits for its tasks before the next look begins beside those that take longer. */
const patienceMs = 1_000;

/**
 * Follows the chain's state, never its own memory: each look asks which seats are open, and does what the state says is
 * still owed. A worker that was killed simply goes on; a message that arrived meanwhile is seen as done.
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
      } catch (error) {
        this.#parts.stats.failed();
        this.log.warn({ error: describe(error) }, 'could not look at the chain, trying again');
      }
      await sleep(this.#parts.pollMs, undefined, { signal }).catch(() => {});
    }
  }

  /** One look: every open seat is moved on as far as the chain allows. */
  async look(): Promise<void> {
    const served: Promise<void>[] = [];
    for (const task of await this.view.openTasks(this.identity.operator)) {
      const seat = task.seats.find(({ operator }) => operator === this.identity.operator);
      if (seat === undefined || seat.keys?.worker !== this.identity.worker || this.#busy.has(task.id)) continue;
      this.#busy.add(task.id);
      served.push(this.#attend(task, seat).finally(() => this.#busy.delete(task.id)));
    }
    const patience = new AbortController();
    await Promise.race([
      Promise.all(served),
      sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
    ]).finally(() => patience.abort());
  }

  async #attend(task: Task, seat: Seat): Promise<void> {
    try {
      await this.#serve(task, seat);
    } catch (error) {
      this.#parts.stats.failed();
      const message = error instanceof TxPending ? 'waiting for a tx' : 'a task failed, trying again';
      this.log.warn({ task: `${task.id}`, error: describe(error) }, message);
    }
  }

  /** Signs and sends one message of this worker; a refusal by the block is an error like one by the mempool. */
  async send(typeUrl: string, value: unknown): Promise<void> {
    const receipt = await this.#parts.sender.send([{ typeUrl, value }], gasLimit);
    if (receipt.code !== 0) throw new TxRefused(receipt.codespace, receipt.code, receipt.log);
    this.log.info({ message: typeUrl, height: receipt.height, tx: receipt.hash }, 'sent');
  }

  async #serve(task: Task, seat: Seat): Promise<void> {
    if (task.phase === TaskPhase.TASK_PHASE_ACK && seat.state === SeatState.SEAT_STATE_ASSIGNED) {
      await this.#acknowledge(task);
    } else if (task.phase === TaskPhase.TASK_PHASE_COMMIT && seat.state === SeatState.SEAT_STATE_ACKED) {
      await this.#commit(task);
    } else if (task.phase === TaskPhase.TASK_PHASE_REVEAL && seat.state === SeatState.SEAT_STATE_COMMITTED) {
      await this.#reveal(task);
    } else if (task.phase === TaskPhase.TASK_PHASE_CHALLENGE) await this.#challenges.follow(task);
  }

  async #acknowledge(task: Task): Promise<void> {
    const available = await this.#isAvailable(task);
    const { worker } = this.identity;
    await this.send('/infinet.verification.v1.MsgAckData', { worker, taskId: task.id, available });
  }

  /** Whether the bytes can be had. Bytes that are not what was committed to can be had: that is what is attested. */
  async #isAvailable(task: Task): Promise<boolean> {
    try {
      if (task.subject === SubjectKind.SUBJECT_KIND_RUN) {
        const { network } = await loadRun(await this.view.run(task.subjectId), this.cache);
        await loadHoldout(await this.view.objective(task.objectiveId), network, this.cache);
      } else await fetchContribution(await this.view.contribution(task.subjectId), this.cache);
      return true;
    } catch (error) {
      if (error instanceof ArtifactMismatch) return true;
      if (!(error instanceof ArtifactUnavailable)) throw error;
      this.log.warn({ task: `${task.id}`, error: error.message }, 'the data cannot be had');
      return false;
    }
  }

  async #commit(task: Task): Promise<void> {
    const { journal, addresses } = this.#parts;
    let attestation = journal.read(task.id, task.redraws);
    if (attestation === undefined) {
      const started = performance.now();
      const { view, cache } = this;
      const operator = addresses.account(this.identity.operator);
      attestation = await attest({ view, cache, vrfSeed: this.identity.vrfSeed, operator }, task);
      journal.write(task.id, task.redraws, attestation);
      const seconds = (performance.now() - started) / 1000;
      this.#parts.stats.attested(attestation.verdict, seconds);
      this.log.info({ task: `${task.id}`, verdict: verdictLabel(attestation.verdict), seconds }, 'examined the work');
    }
    const commitment = commitmentOf({
      operator: addresses.account(this.identity.operator),
      taskId: task.id,
      attestation: Attestation.encode(attestation).finish(),
      salt: journal.salt(task.id, task.redraws),
    });
    const { worker } = this.identity;
    await this.send('/infinet.verification.v1.MsgCommitAttestation', { worker, taskId: task.id, commitment });
  }

  async #reveal(task: Task): Promise<void> {
    const { journal } = this.#parts;
    const attestation = journal.read(task.id, task.redraws);
    if (attestation === undefined) {
      throw new Error(`the journal lacks what was committed for task ${task.id}: was the worker's home replaced?`);
    }
    const salt = journal.salt(task.id, task.redraws);
    const { worker } = this.identity;
    await this.send('/infinet.verification.v1.MsgRevealAttestation', { worker, taskId: task.id, attestation, salt });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
