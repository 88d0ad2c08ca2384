import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispute, DisputeStatus, type Run } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { openNode, proveLeaf } from '../../training/prover.ts';
import type { Trace } from '../../training/trace.ts';
import type { Session } from '../session.ts';
import { hasEnded, runOf } from './run.ts';
import type { TrainedRun } from './trainRun.ts';

export interface Defence {
  readonly run: Run;
  readonly trained: TrainedRun;
  /** The trainer's own trace of a unit. A cheater's must end where its leaf says. */
  readonly traceOf: (unit: number) => Trace;
  readonly onMove?: (dispute: Dispute, what: string) => void;
  readonly signal?: AbortSignal;
}

/** Answers every dispute over the run until it has ended, and returns it as it ended. */
export async function defend(session: Session, defence: Defence): Promise<Run> {
  const traces = new Map<bigint, Trace>();
  const traceFor = (unit: bigint): Trace => {
    const trace = traces.get(unit) ?? defence.traceOf(Number(unit));
    traces.set(unit, trace);
    return trace;
  };
  for (;;) {
    defence.signal?.throwIfAborted();
    const run = await runOf(session, defence.run.id);
    if (hasEnded(run)) return run;
    const { disputes } = await session.querier.ask(verificationQueries.disputes, { runId: run.id });
    for (const dispute of disputes) {
      try {
        await answer(session, defence, dispute, traceFor);
      } catch (error) {
        // Another dispute may have ended the run meanwhile, or a deadline this one: then no answer is owed any more.
        if (await isWaiting(session, dispute)) throw error;
      }
    }
    await sleep(400);
  }
}

/** Whether the dispute still stands where it stood. */
async function isWaiting(session: Session, { id, moves, status }: Dispute): Promise<boolean> {
  const { dispute } = await session.querier.ask(verificationQueries.dispute, { id });
  return dispute?.status === status && dispute.moves === moves;
}

async function answer(
  session: Session,
  defence: Defence,
  dispute: Dispute,
  traceFor: (unit: bigint) => Trace,
): Promise<void> {
  const { walk } = dispute;
  const base = { trainer: session.address, disputeId: dispute.id };
  if (walk === undefined) return;
  if (dispute.status === DisputeStatus.DISPUTE_STATUS_REVEAL) {
    const opening = openNode(walk, traceFor(dispute.unit), defence.trained.steps);
    await session.send([{ typeUrl: '/infinet.verification.v1.MsgRevealNodes', value: { ...base, opening } }]);
    defence.onMove?.(dispute, `opened ${opening.move?.$case ?? 'nothing'}`);
  } else if (dispute.status === DisputeStatus.DISPUTE_STATUS_LEAF) {
    const leaf = proveLeaf(walk, traceFor(dispute.unit));
    await session.send([{ typeUrl: '/infinet.verification.v1.MsgProveLeaf', value: { ...base, leaf } }]);
    defence.onMove?.(dispute, 'proved the leaf');
  }
}
