import {
  type Dispute,
  DisputeStatus,
  RunStatus,
  type Task,
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
    const said = task.seats.find((candidate) => candidate.operator === operator)?.attestation;
    if (said?.verdict !== Verdict.VERDICT_FRAUD) return;
    const disputes = await view.disputes(task.subjectId);
    for (const dispute of disputes) if (dispute.challenger === worker) await this.#move(dispute);
    if (this.#isOpenable(disputes, said.badUnit)) await this.#open(task.subjectId, said.badUnit);
  }

  #isOpenable(disputes: readonly Dispute[], unit: bigint): boolean {
    const { worker } = this.#worker.identity;
    const taken = disputes.some((dispute) => dispute.unit === unit && openStatuses.has(dispute.status));
    const lost = disputes.some(
      (dispute) => dispute.challenger === worker && dispute.status === DisputeStatus.DISPUTE_STATUS_TRAINER_WON,
    );
    return !taken && !lost;
  }

  async #open(runId: bigint, unit: bigint): Promise<void> {
    const { view, identity, log } = this.#worker;
    const isOwed = async () => {
      const run = await view.run(runId);
      return run.status === RunStatus.RUN_STATUS_COMMITTED && this.#isOpenable(await view.disputes(runId), unit);
    };
    if (!(await isOwed())) return;
    const { minDisputeBond } = await view.params();
    const bond = { denom: identity.denom, amount: minDisputeBond };
    log.warn({ run: `${runId}`, unit: `${unit}` }, 'the unit does not replay: opening a dispute');
    const value = { challenger: identity.worker, runId, unit, bond };
    await this.#worker.send('dispute', { typeUrl: '/infinet.verification.v1.MsgOpenDispute', value }, isOwed);
  }

  async #move(dispute: Dispute): Promise<void> {
    if (dispute.status !== DisputeStatus.DISPUTE_STATUS_SELECT || dispute.walk === undefined) return;
    const { log, identity, view } = this.#worker;
    const index = firstDifference(dispute.walk, await this.#trace(dispute));
    if (index === undefined) {
      log.error(
        { dispute: `${dispute.id}` },
        'nothing shown differs from the own replay: this dispute should not exist',
      );
      return;
    }
    log.info({ dispute: `${dispute.id}`, move: dispute.moves, index }, 'naming the first wrong node');
    const value = { challenger: identity.worker, disputeId: dispute.id, index };
    const isOwed = async () => {
      const now = (await view.disputes(dispute.runId)).find(({ id }) => id === dispute.id);
      return now?.status === dispute.status && now.moves === dispute.moves;
    };
    await this.#worker.send('select', { typeUrl: '/infinet.verification.v1.MsgSelectNode', value }, isOwed);
  }

  async #trace(dispute: Dispute): Promise<Trace> {
    const key = `${dispute.runId}/${dispute.unit}`;
    const known = this.#traces.get(key);
    if (known !== undefined) return known;
    const data = await loadRun(await this.#worker.view.run(dispute.runId), this.#worker.cache);
    const unit = Number(dispute.unit);
    const before = unit === 0 ? new Float32Array(0) : await data.state(unit - 1);
    const isGiven = data.network.spec.lane === 'tolerant' && unit > 0;
    const gradient = isGiven ? await data.gradient(unit) : undefined;
    const trace = traceUnit(data.network, data.run.seed, data.dataset, unit, before, gradient);
    // One dispute at a time is the rule; older traces are cheap to compute again.
    this.#traces.clear();
    this.#traces.set(key, trace);
    return trace;
  }
}
