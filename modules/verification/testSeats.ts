/** What honest and other verifiers do in tests. */
import { type Attestation, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import * as ecvrf from '../beacon/ecvrf.ts';
import {
  attestationCommitment,
  msgAckData,
  msgCommitAttestation,
  msgRegisterVerifier,
  msgRevealAttestation,
} from './messages.ts';
import { addresses, digest, keyProof, type Operator, operatorOf, type TestNetwork } from './testNetwork.ts';

export function registerAll(network: TestNetwork, backends: readonly string[] = ['cpu']): void {
  for (const n of network.bonded) {
    const { operator, worker, seed } = operatorOf(n);
    const backend = backends[n % backends.length] ?? 'cpu';
    const proof = keyProof(operator, seed, `worker ${n}`);
    network.ok(msgRegisterVerifier, { operator, worker, vrfPublicKey: ecvrf.publicKey(seed), backend, proof });
  }
}

export function seatedOperators(network: TestNetwork, taskId: bigint): Operator[] {
  const seats = network.keeper.task(network.context(), taskId)?.seats ?? [];
  const all = network.bonded.map(operatorOf);
  return seats.flatMap((seat) => all.filter(({ operator }) => operator === seat.operator));
}

export const salt = digest('salt');

export function attestation(fields: Partial<Attestation>): Attestation {
  return {
    verdict: Verdict.VERDICT_VALID,
    metrics: [],
    traceRoot: new Uint8Array(),
    badUnit: 0n,
    vrfProof: new Uint8Array(),
    ...fields,
  };
}

/** What a seat says about a run: its own VRF proof is added. */
export function runAttestation(
  network: TestNetwork,
  taskId: bigint,
  seat: Operator,
  fields: Partial<Attestation> = {},
): Attestation {
  const alpha = network.keeper.task(network.context(), taskId)?.alpha ?? new Uint8Array();
  const verdict = fields.verdict ?? Verdict.VERDICT_VALID;
  const valid = verdict === Verdict.VERDICT_VALID;
  return attestation({
    verdict,
    metrics: valid ? [{ name: 'accuracy', value: 912_000n }] : [],
    traceRoot: valid ? digest(`trace ${seat.operator}`) : new Uint8Array(),
    vrfProof: ecvrf.prove(seat.seed, alpha),
    ...fields,
  });
}

export function ack(network: TestNetwork, taskId: bigint, seat: Operator, available = true) {
  return network.send(msgAckData, { worker: seat.worker, taskId, available });
}

export function commit(network: TestNetwork, taskId: bigint, seat: Operator, said: Attestation) {
  const operator = addresses.account(seat.operator);
  const commitment = attestationCommitment({ operator, taskId, salt }, said);
  return network.send(msgCommitAttestation, { worker: seat.worker, taskId, commitment });
}

export function reveal(network: TestNetwork, taskId: bigint, seat: Operator, said: Attestation) {
  return network.send(msgRevealAttestation, { worker: seat.worker, taskId, attestation: said, salt });
}

export type Says = (seat: Operator, at: number) => Attestation;

/** Takes a task that waits for its beacon round through all votes; every seat answers. */
export function playTask(network: TestNetwork, taskId: bigint, says: Says): void {
  const phase = () => network.keeper.task(network.context(), taskId)?.phase;
  network.until(() => phase() === 2);
  const seats = seatedOperators(network, taskId);
  for (const seat of seats) ack(network, taskId, seat);
  network.endBlock();
  const said = seats.map(says);
  for (const [at, seat] of seats.entries()) commit(network, taskId, seat, said[at] ?? attestation({}));
  network.endBlock();
  for (const [at, seat] of seats.entries()) reveal(network, taskId, seat, said[at] ?? attestation({}));
  network.endBlock();
}
