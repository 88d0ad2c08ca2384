import * as messages from '../../../modules/verification/messages.ts';
import { disputes, runs } from '../../../modules/verification/state.ts';
import { registration } from '../../../modules/verification/testRuns.ts';
import {
  type Dispute,
  DisputeStatus,
  type Run,
  RunStatus,
} from '../../../proto/generated/infinet/verification/v1/types.ts';
import { firstDifference, openNode, proveLeaf } from '../../../training/prover.ts';
import { actorOf, challenger, denom, trainers, users } from '../actors.ts';
import type { Random } from '../random.ts';
import { type Act, amount, type Draft, draft, type View, valuesOf } from '../view.ts';

const coin = (value: string) => ({ denom, amount: value });

const registerRun: Act = (random, view) => {
  const busy = valuesOf(runs, view).filter(({ closedHeight }) => closedHeight === 0n).length;
  if (busy > 4) return undefined;
  const signer = random.pick(trainers);
  const message = registration({
    trainer: signer.text,
    stake: coin(random.oneIn(5) ? amount(random, 3_000n) : '1001'),
    fee: coin(random.oneIn(5) ? amount(random, 3_000n) : random.between(100n, 2_000n).toString()),
    objectiveId: random.oneIn(8) ? random.between(0n, 4n) : 2n,
  });
  const spec = random.oneIn(10) ? random.bytes(random.below(40)) : message.spec;
  return draft(signer, messages.msgRegisterRun, { ...message, spec });
};

const commitRun: Act = (random, view) => {
  const ready = valuesOf(runs, view).filter(({ status }) => status === RunStatus.RUN_STATUS_SEEDED);
  if (ready.length === 0) return undefined;
  const run = random.pick(ready);
  // Some never deliver.
  if (run.id % 6n === 0n) return undefined;
  const { steps, finalRoot } = view.workshop.train(run);
  return draft(actorOf(run.trainer), messages.msgCommitRun, {
    trainer: run.trainer,
    runId: run.id,
    stepRoot: random.oneIn(12) ? random.bytes(32) : steps.root,
    finalRoot,
    lastLeaf: steps.open(Number(run.units)),
    uris: ['http://127.0.0.1/run'],
  });
};

const openDispute: Act = (random, view) => {
  const open = valuesOf(runs, view).filter(({ status }) => status === RunStatus.RUN_STATUS_COMMITTED);
  if (open.length === 0) return undefined;
  const run = random.pick(open);
  const { skipped } = view.workshop.train(run);
  const [bad] = skipped;
  const wanton = random.oneIn(8);
  if (bad === undefined && !wanton) return undefined;
  const unit = bad !== undefined && !wanton ? BigInt(bad) : random.between(0n, run.units + 1n);
  const signer = wanton ? random.pick([...users, ...trainers]) : challenger;
  const bond = coin(random.oneIn(6) ? amount(random, 300n) : '150');
  return draft(signer, messages.msgOpenDispute, { challenger: signer.text, runId: run.id, unit, bond });
};

const moveDispute: Act = (random, view) => {
  const open = valuesOf(disputes, view).filter(({ walk }) => walk !== undefined);
  const dispute = open.length === 0 ? undefined : random.pick(open);
  const run = dispute && runs.get(view.ctx, dispute.runId);
  // Some fall silent.
  if (dispute === undefined || run === undefined || dispute.id % 7n === 0n) return undefined;
  return move(random, view, dispute, run);
};

function move(random: Random, view: View, dispute: Dispute, run: Run): Draft | undefined {
  const { id: disputeId, status, walk } = dispute;
  if (walk === undefined || dispute.unit === 0n) return undefined;
  const trained = view.workshop.train(run);
  const { claimed, own } = view.workshop.traces(trained, Number(dispute.unit));
  const trainer = actorOf(run.trainer);
  if (status === DisputeStatus.DISPUTE_STATUS_REVEAL) {
    const opening = openNode(walk, claimed, trained.steps);
    return draft(trainer, messages.msgRevealNodes, { trainer: trainer.text, disputeId, opening });
  }
  if (status === DisputeStatus.DISPUTE_STATUS_LEAF) {
    const leaf = proveLeaf(walk, claimed);
    return draft(trainer, messages.msgProveLeaf, { trainer: trainer.text, disputeId, leaf });
  }
  if (status !== DisputeStatus.DISPUTE_STATUS_SELECT) return undefined;
  const index = random.oneIn(10) ? random.below(70) : (firstDifference(walk, own) ?? random.below(2));
  const signer = actorOf(dispute.challenger);
  return draft(signer, messages.msgSelectNode, { challenger: signer.text, disputeId, index });
}

export const runActs: readonly Act[] = [
  registerRun,
  commitRun,
  commitRun,
  openDispute,
  moveDispute,
  moveDispute,
  moveDispute,
];
