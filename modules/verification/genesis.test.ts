import { describe, expect, test } from 'vitest';
import { Context } from '../../chain/context.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import * as ecvrf from '../beacon/ecvrf.ts';
import { msgOpenDispute, msgRegisterRun } from './messages.ts';
import { defaultParams, paramsProblem } from './params.ts';
import { paramsItem } from './state.ts';
import { address, createTestNetwork, operatorOf, type TestNetwork } from './testNetwork.ts';
import { challenger, coin, committedRun, registration } from './testRuns.ts';
import { playTask, registerAll, runAttestation } from './testSeats.ts';
import { exactTraining } from './training.ts';

const start = () => createTestNetwork({ validators: 4, training: exactTraining });

function freshContext(): Context {
  return new Context({ chainId: 'test', height: 1n, time: 0n, proposer: new Uint8Array() }, new MemoryState());
}

function init(network: TestNetwork, state: unknown): Context {
  const ctx = freshContext();
  network.module.initGenesis?.(ctx, state);
  return ctx;
}

describe('genesis', () => {
  test('takes the default parameters where it says nothing', () => {
    expect(paramsItem.get(init(start(), undefined))).toEqual(defaultParams);
    expect(paramsItem.get(init(start(), { params: { seats: 5 } }))).toEqual({ ...defaultParams, seats: 5 });
    expect(paramsProblem(defaultParams)).toBeUndefined();
  });

  test('comes out as it went in, with everything that is under way', () => {
    const network = start();
    registerAll(network);
    network.endBlock();
    const run = committedRun(network);
    playTask(network, run.taskId, (seat) => runAttestation(network, run.taskId, seat));
    network.ok(msgOpenDispute, { challenger, runId: run.runId, unit: 3n, bond: coin(100n) });
    network.ok(msgRegisterRun, registration());
    network.contribute(1n, address('alice'));
    const exported = network.module.exportGenesis?.(network.context());
    const json: unknown = JSON.parse(JSON.stringify(exported));
    const again = init(network, json);
    expect(network.module.exportGenesis?.(again)).toEqual(exported);
    for (const { check } of network.module.invariants?.slice(1) ?? []) expect(check(again)).toBeUndefined();
  });

  const { operator, worker, seed } = operatorOf(0);
  const key = Buffer.from(ecvrf.publicKey(seed)).toString('base64');
  const verifier = { operator, keys: { worker, vrf_public_key: key, backend: 'cpu' } };

  test.each([
    ['a window of no blocks', { params: { ack_window: '0' } }, 'params: ack_window must be positive'],
    ['a share above one', { params: { challenger_share_ppm: '1000001' } }, 'params: challenger_share_ppm'],
    ['an amount that is none', { params: { min_run_stake: '-1' } }, 'params: min_run_stake'],
    ['more needed than wanted seats', { params: { min_seats: 4 } }, 'params: min_seats'],
    ['a number that is none', { params: { seats: 'three' } }, 'params.seats'],
    ['an operator of another chain', { verifiers: [{ ...verifier, operator: 'cosmos1x' }] }, 'verifiers[0].operator'],
    ['an operator twice', { verifiers: [verifier, verifier] }, 'verifiers[1].operator'],
    [
      'a bad VRF key',
      { verifiers: [{ ...verifier, keys: { ...verifier.keys, vrf_public_key: 'AAAA' } }] },
      'verifiers[0].keys.vrf_public_key',
    ],
    ['a task that is no base64', { tasks: ['%'] }, 'tasks[0]'],
  ])('with %s is refused with the path of the field', (_, state, path) => {
    expect(() => init(start(), state)).toThrow(`app_state.verification.${path}`);
  });
});
