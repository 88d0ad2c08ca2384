import secp256k1 from 'secp256k1/bindings.js';
import * as ecvrf from '../../../modules/beacon/ecvrf.ts';
import { keyProofDigest } from '../../../modules/verification/formulas.ts';
import * as messages from '../../../modules/verification/messages.ts';
import { runs, tasks, verifiers } from '../../../modules/verification/state.ts';
import {
  type Attestation,
  type Seat,
  SeatState,
  type Task,
  TaskPhase,
  Verdict,
} from '../../../proto/generated/infinet/verification/v1/types.ts';
import { chainId, digest, operatorOf, operators, users, vrfPublicKey } from '../actors.ts';
import type { Random } from '../random.ts';
import { type Act, draft, staking, type View, valuesOf } from '../view.ts';
import { runActs } from './runs.ts';

const salt = digest('attestation salt');

const registerVerifier: Act = (random, { ctx }) => {
  const newcomers = operators.filter(
    ({ address }) => staking.validators.has(ctx, address) && !verifiers.has(ctx, address),
  );
  const wanted = newcomers.length > 0 && random.oneIn(2) ? newcomers : operators;
  const signer = random.oneIn(10) ? random.pick(users) : random.pick(wanted);
  const own = operators.find(({ text }) => text === signer.text) ?? random.pick(operators);
  // A key of somebody else: its owner has signed nothing for this operator.
  const claimed = random.oneIn(10) ? random.pick(operators) : own;
  const message = {
    operator: signer.text,
    worker: claimed.worker.text,
    vrfPublicKey: random.oneIn(15) ? random.bytes(32) : vrfPublicKey(claimed.verifierSeed),
    backend: random.pick(['cpu', 'cpu', 'wasm', '-']),
    proof: {
      vrfProof: ecvrf.prove(own.verifierSeed, keyProofDigest('vrf', chainId, signer.address)),
      workerPublicKey: own.worker.point,
      workerSignature: Uint8Array.from(
        secp256k1.ecdsaSign(keyProofDigest('worker', chainId, signer.address), own.worker.privateKey).signature,
      ),
    },
  };
  if (random.oneIn(2)) return draft(signer, messages.msgRegisterVerifier, message);
  return draft(signer, messages.msgUpdateVerifier, { ...message, paused: random.oneIn(12) });
};

const metrics = [
  { name: 'accuracy', value: 999_475n },
  { name: 'completeness', value: 991_168n },
  { name: 'consistency', value: 1_000_000n },
  { name: 'impact_micro', value: 991_304n },
  { name: 'timeliness', value: 1_000_000n },
];

/** What a seat says follows from task and seat alone, since it is committed to and revealed at different times. */
function attestationOf({ ctx, workshop }: View, task: Task, seat: Seat): Attestation {
  const [dice = 0] = digest(`says ${task.id} ${seat.operator} ${task.redraws}`);
  const silent = { metrics: [], traceRoot: new Uint8Array(), badUnit: 0n, vrfProof: new Uint8Array() };
  const run = task.alpha.length > 0 ? runs.get(ctx, task.subjectId) : undefined;
  if (run === undefined) {
    const [task0 = 0] = digest(`data ${task.id}`);
    const refused = task0 % 5 === 0;
    const verdict = refused || dice % 11 === 0 ? Verdict.VERDICT_INVALID : Verdict.VERDICT_VALID;
    const impact = BigInt(task0) * 10_000n - 300_000n;
    const said = metrics.map((metric) => (metric.name === 'impact_micro' ? { ...metric, value: impact } : metric));
    return { ...silent, verdict, metrics: verdict === Verdict.VERDICT_VALID ? said : [] };
  }
  const { verifierSeed } = operatorOf(seat.operator);
  const vrfProof = dice % 29 === 0 ? new Uint8Array(80) : ecvrf.prove(verifierSeed, task.alpha);
  const [bad] = workshop.train(run).skipped;
  if (bad !== undefined && dice % 4 !== 0)
    return { ...silent, verdict: Verdict.VERDICT_FRAUD, badUnit: BigInt(bad), vrfProof };
  const accuracy = { name: 'accuracy', value: dice % 13 === 0 ? 1n : 912_000n };
  return {
    ...silent,
    verdict: Verdict.VERDICT_VALID,
    metrics: [accuracy],
    traceRoot: digest(`trace ${seat.operator}`),
    vrfProof,
  };
}

const acting = {
  [TaskPhase.TASK_PHASE_ACK]: SeatState.SEAT_STATE_ASSIGNED,
  [TaskPhase.TASK_PHASE_COMMIT]: SeatState.SEAT_STATE_ACKED,
  [TaskPhase.TASK_PHASE_REVEAL]: SeatState.SEAT_STATE_COMMITTED,
} as const;

/** Seats whose turn it is. */
function waiting(view: View): { task: Task; seat: Seat }[] {
  return valuesOf(tasks, view).flatMap((task) => {
    const state = Object.entries(acting).find(([phase]) => Number(phase) === task.phase)?.[1];
    return task.seats.filter((seat) => seat.state === state).map((seat) => ({ task, seat }));
  });
}

const takeTurn: Act = (random, view) => {
  const turns = waiting(view);
  if (turns.length === 0) return undefined;
  const { task, seat } = random.pick(turns);
  const signer = workerOf(random, seat);
  const said = attestationOf(view, task, seat);
  if (task.phase === TaskPhase.TASK_PHASE_ACK) {
    return draft(signer, messages.msgAckData, { worker: signer.text, taskId: task.id, available: !random.oneIn(15) });
  }
  if (task.phase === TaskPhase.TASK_PHASE_COMMIT) {
    const operator = operatorOf(seat.operator).address;
    const commitment = messages.attestationCommitment({ operator, taskId: task.id, salt }, said);
    return draft(signer, messages.msgCommitAttestation, { worker: signer.text, taskId: task.id, commitment });
  }
  const wrong = random.oneIn(20) ? random.bytes(32) : salt;
  return draft(signer, messages.msgRevealAttestation, {
    worker: signer.text,
    taskId: task.id,
    attestation: said,
    salt: wrong,
  });
};

/** The key that the seat was given with; sometimes somebody else tries. */
function workerOf(random: Random, seat: Seat) {
  const owner = operators.find(({ worker }) => worker.text === seat.keys?.worker);
  return random.oneIn(20) || owner === undefined ? random.pick(operators).worker : owner.worker;
}

export const verificationActs: readonly Act[] = [
  registerVerifier,
  ...Array.from({ length: 8 }, () => takeTurn),
  ...runActs,
];
