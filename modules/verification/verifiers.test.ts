import { describe, expect, test } from 'vitest';
import { keyOf } from '../../chain/app/testing/txs.ts';
import {
  QueryVerifierRequest,
  QueryVerifierResponse,
  QueryVerifiersRequest,
  QueryVerifiersResponse,
} from '../../proto/generated/infinet/verification/v1/query.ts';
import { TaskPhase } from '../../proto/generated/infinet/verification/v1/types.ts';
import * as ecvrf from '../beacon/ecvrf.ts';
import { msgAckData, msgRegisterVerifier, msgUpdateVerifier } from './messages.ts';
import { address, createTestNetwork, digest, keyProof, operatorOf, type TestNetwork } from './testNetwork.ts';
import { registerAll, seatedOperators } from './testSeats.ts';
import { exactTraining } from './training.ts';

const start = (params: Record<string, unknown> = {}) =>
  createTestNetwork({ validators: 4, training: exactTraining, params });

function keysOf(n: number) {
  const { operator, worker, seed } = operatorOf(n);
  const proof = keyProof(operator, seed, `worker ${n}`);
  return { operator, worker, vrfPublicKey: ecvrf.publicKey(seed), backend: 'cpu', proof };
}

function verifier(network: TestNetwork, text: string) {
  return network.query('Verifier', QueryVerifierRequest, QueryVerifierResponse, { address: text }).verifier;
}

describe('a verifier', () => {
  test('is registered by a bonded operator and found by its own and its worker’s address', () => {
    const network = start();
    network.ok(msgRegisterVerifier, keysOf(0));
    expect(verifier(network, operatorOf(0).operator)).toEqual(verifier(network, operatorOf(0).worker));
    expect(verifier(network, operatorOf(0).operator)).toMatchObject({ keysHeight: 1n, paused: false });
    registerAll({ ...network, bonded: [1, 2, 3] } as TestNetwork);
    const page = network.query('Verifiers', QueryVerifiersRequest, QueryVerifiersResponse, {
      pagination: { key: new Uint8Array(), offset: 0n, limit: 3n, countTotal: true, reverse: false },
    });
    expect(page.verifiers).toHaveLength(3);
    expect(page.pagination?.total).toBe(4n);
  });

  test('is refused when it is not bonded, registered already, or its keys are taken or malformed', () => {
    const network = start();
    network.ok(msgRegisterVerifier, keysOf(0));
    const refused = (changes: object) => network.send(msgRegisterVerifier, { ...keysOf(1), ...changes });
    expect(refused({ operator: address('carol') })).toEqual({ code: 'verification 2' });
    expect(refused({ operator: operatorOf(0).operator })).toEqual({ code: 'verification 3' });
    expect(refused({ worker: operatorOf(0).worker })).toEqual({ code: 'verification 5' });
    expect(refused({ vrfPublicKey: new Uint8Array(32) })).toEqual({ code: 'verification 6' });
    expect(refused({ vrfPublicKey: new Uint8Array(31) })).toEqual({ code: 'verification 7' });
    expect(refused({ backend: 'GPU 1' })).toEqual({ code: 'verification 7' });
    expect(refused({ worker: 'infinet1nonsense' })).toEqual({ code: 'verification 7' });
  });
});

describe('a key of somebody else', () => {
  const [own, victim] = [operatorOf(0), operatorOf(1)];
  const sent = (changes: object) => start().send(msgRegisterVerifier, { ...keysOf(0), ...changes });

  test('is not registered as a worker without the worker’s signature for this operator and chain', () => {
    const proof = keyProof(own.operator, own.seed, 'worker 0');
    const stolen = { worker: victim.worker, proof };
    expect(sent(stolen)).toEqual({ code: 'verification 38' });
    const forged = { ...proof, workerPublicKey: keyOf('worker 1').point };
    expect(sent({ ...stolen, proof: forged })).toEqual({ code: 'verification 38' });
    const forItself = keyProof(victim.operator, own.seed, 'worker 1');
    expect(sent({ ...stolen, proof: { ...proof, ...forItself, vrfProof: proof.vrfProof } })).toEqual({
      code: 'verification 38',
    });
    expect(sent({ proof: keyProof(own.operator, own.seed, 'worker 0', 'another') })).toEqual({
      code: 'verification 38',
    });
    expect(sent({ proof: undefined })).toEqual({ code: 'verification 38' });
  });

  test('is not registered as a VRF key without a proof by it, at first and in a rotation', () => {
    const stolen = ecvrf.publicKey(victim.seed);
    expect(sent({ vrfPublicKey: stolen })).toEqual({ code: 'verification 38' });
    const network = start();
    network.ok(msgRegisterVerifier, keysOf(0));
    const rotation = { ...keysOf(0), vrfPublicKey: stolen, paused: false };
    expect(network.send(msgUpdateVerifier, rotation)).toEqual({ code: 'verification 38' });
    // What does not change needs no proof.
    network.ok(msgUpdateVerifier, { ...keysOf(0), backend: 'wasm', paused: false, proof: undefined });
  });
});

describe('a rotation of keys', () => {
  test('counts only after the delay; then the old worker is nobody and free for others', () => {
    const network = start({ key_delay: '12', ack_window: '20' });
    for (const n of [0, 1, 2]) network.ok(msgRegisterVerifier, keysOf(n));
    const proof = keyProof(operatorOf(0).operator, operatorOf(0).seed, 'new worker');
    const next = { ...keysOf(0), worker: keyOf('new worker').text, paused: false, proof };
    const { effectiveHeight } = network.ok(msgUpdateVerifier, next);
    expect(effectiveHeight).toBe(network.height + 12n);
    expect(network.send(msgUpdateVerifier, { ...next, worker: address('third worker') })).toEqual({
      code: 'verification 37',
    });
    const unknownTask = { taskId: 1n, available: true };
    network.endBlock();
    const taskId = network.contribute(1n, address('alice'));
    network.until(() => network.keeper.task(network.context(), taskId)?.phase === TaskPhase.TASK_PHASE_ACK);
    const seat = network.keeper.task(network.context(), taskId)?.seats.find((s) => s.operator === next.operator);
    expect(seat?.keys?.worker).toBe(operatorOf(0).worker);
    expect(network.send(msgAckData, { ...unknownTask, worker: next.worker })).toEqual({ code: 'verification 4' });
    network.until(() => network.height >= effectiveHeight);
    expect(network.send(msgAckData, { ...unknownTask, worker: operatorOf(0).worker })).toEqual({
      code: 'verification 4',
    });
    const moved = {
      ...keysOf(3),
      worker: operatorOf(0).worker,
      proof: keyProof(operatorOf(3).operator, operatorOf(3).seed, 'worker 0'),
    };
    expect(network.send(msgRegisterVerifier, moved)).toEqual({ code: 'verification 5' });
    network.ok(msgUpdateVerifier, next);
    expect(verifier(network, next.worker)).toMatchObject({ keysHeight: effectiveHeight, nextHeight: 0n });
    network.ok(msgRegisterVerifier, moved);
  });

  test('under way does not reach a draw whose beacon round was chosen before it', () => {
    const network = start();
    registerAll(network);
    network.endBlock();
    const taskId = network.contribute(1n, address('alice'));
    const seed = digest('chosen to win');
    for (const n of [0, 1, 2, 3]) {
      const proof = keyProof(operatorOf(n).operator, seed, `worker ${n}`);
      network.ok(msgUpdateVerifier, { ...keysOf(n), vrfPublicKey: ecvrf.publicKey(seed), paused: false, proof });
    }
    network.until(() => network.keeper.task(network.context(), taskId)?.phase === TaskPhase.TASK_PHASE_ACK);
    for (const { operator, keys } of network.keeper.task(network.context(), taskId)?.seats ?? []) {
      const own = [0, 1, 2, 3].find((n) => operatorOf(n).operator === operator) ?? 0;
      expect(keys?.vrfPublicKey).toEqual(keysOf(own).vrfPublicKey);
    }
  });

  test('is refused for somebody who is not a verifier', () => {
    expect(start().send(msgUpdateVerifier, { ...keysOf(0), paused: true })).toEqual({ code: 'verification 4' });
  });
});

test('a paused verifier takes no new seats', () => {
  const network = start();
  registerAll(network);
  network.ok(msgUpdateVerifier, { ...keysOf(2), paused: true });
  network.endBlock();
  for (let id = 1n; id <= 5n; id++) {
    const taskId = network.contribute(id, address('alice'));
    network.until(() => network.keeper.task(network.context(), taskId)?.phase === TaskPhase.TASK_PHASE_ACK);
    expect(seatedOperators(network, taskId).map(({ operator }) => operator)).not.toContain(operatorOf(2).operator);
  }
});

test('somebody who registers after the beacon round was chosen is not drawn from it', () => {
  const network = start();
  for (const n of [0, 1]) network.ok(msgRegisterVerifier, keysOf(n));
  network.endBlock();
  const taskId = network.contribute(1n, address('alice'));
  network.endBlock();
  for (const n of [2, 3]) network.ok(msgRegisterVerifier, keysOf(n));
  network.until(() => network.keeper.task(network.context(), taskId)?.phase === TaskPhase.TASK_PHASE_ACK);
  expect(seatedOperators(network, taskId)).toHaveLength(2);
});
