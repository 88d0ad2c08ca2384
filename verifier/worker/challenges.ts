import {
  type Dispute,
  DisputeStatus,
  RunStatus,
  SeatState,
  type Task,
  TaskPhase,
  Verdict,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { firstDifference } from '../../training/prover.ts';
import { type Trace, traceUnit } from '../../training/trace.ts';
import { loadRun } from './runData.ts';
import type { Worker } from './worker.ts';

const openStatuses: ReadonlySet<DisputeStatus> = new Set([
  DisputeStatus.DISPUTE_STATUS_REVEAL,
  DisputeStatus.DISPUTE_STATUS_SELECT,
  DisputeStatus.DISPUTE_STATUS_LEAF,
]);

/**
 * The challenger's side: once its FRAUD is revealed, a worker opens a dispute over the unit, unless another did, and
 * then names the first wrong node at each of the trainer's openings, from its own trace of the unit.
 */
export class Challenges {
  readonly #worker: Worker;
  readonly #traces = new Map<string, Trace>();

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  async follow(task: Task): Promise<void> {
    const { worker, operator, view } = { ...this.#worker.identity, view: this.#worker.view };
    const seat = task.seats.find((candidate) => candidate.operator === operator);
    const said = seat?.attestation;
    if (seat?.state !== SeatState.SEAT_STATE_REVEALED || said?.verdict !== Verdict.VERDICT_FRAUD) return;
    if (task.phase === TaskPhase.TASK_PHASE_DONE) return;
    const disputes = await view.disputes(task.subjectId);
    const mine = disputes.filter((dispute) => dispute.challenger === worker);
    for (const dispute of mine) await this.#move(dispute);
    const taken = disputes.some((dispute) => dispute.unit === said.badUnit && openStatuses.has(dispute.status));
    const lost = mine.some((dispute) => dispute.status === DisputeStatus.DISPUTE_STATUS_TRAINER_WON);
    if (!taken && !lost) await this.#open(task.subjectId, said.badUnit);
  }

  async #open(runId: bigint, unit: bigint): Promise<void> {
    const { view, identity, log } = this.#worker;
    const run = await view.run(runId);
    if (run.status !== RunStatus.RUN_STATUS_COMMITTED) return;
    const { minDisputeBond } = await view.params();
    const bond = { denom: identity.denom, amount: minDisputeBond };
    log.warn({ run: `${runId}`, unit: `${unit}` }, 'the unit does not replay: opening a dispute');
    await this.#worker.send('/infinet.verification.v1.MsgOpenDispute', {
      challenger: identity.worker,
      runId,
      unit,
      bond,
    });
  }

  async #move(dispute: Dispute): Promise<void> {
    if (dispute.status !== DisputeStatus.DISPUTE_STATUS_SELECT || dispute.walk === undefined) return;
    const { log, identity } = this.#worker;
    const index = firstDifference(dispute.walk, await this.#trace(dispute));
    if (index === undefined) {
      log.error(
        { dispute: `${dispute.id}` },
        'nothing shown differs from the own replay: this dispute should not exist',
      );
      return;
    }
    log.info({ dispute: `${dispute.id}`, move: dispute.moves, index }, 'naming the first wrong node');
    await this.#worker.send('/infinet.verification.v1.MsgSelectNode', {
      challenger: identity.worker,
      disputeId: dispute.id,
      index,
    });
  }

  async #trace(dispute: Dispute): Promise<Trace> {
    const key = `${dispute.runId}/${dispute.unit}`;
    const known = this.#traces.get(key);
    if (known !== undefined) return known;
    const data = await loadRun(await this.#worker.view.run(dispute.runId), this.#worker.cache);
    const unit = Number(dispute.unit);
    const before = unit === 0 ? new Float32Array(0) : await data.state(unit - 1);
    const trace = traceUnit(data.network, data.run.seed, data.dataset, unit, before);
    // One dispute at a time is the rule; older traces are cheap to compute again.
    this.#traces.clear();
    this.#traces.set(key, trace);
    return trace;
  }
}
