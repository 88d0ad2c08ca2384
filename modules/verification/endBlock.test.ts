import { describe, expect, test } from 'vitest';
import { fail, sdkErrors } from '../../chain/errors.ts';
import { TaskPhase } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationStalled } from './events.ts';
import { address, addresses, createTestNetwork, operatorOf, type TestNetwork } from './testNetwork.ts';
import { attestation, playTask, registerAll } from './testSeats.ts';
import { exactTraining } from './training.ts';

const good = attestation({ metrics: [{ name: 'rows', value: 5n }] });

function start(contributionAssessed: () => void) {
  const network = createTestNetwork({ validators: 4, training: exactTraining, contributionAssessed });
  registerAll(network);
  network.endBlock();
  return { network, taskId: network.contribute(1n, address('alice')) };
}

/** Counters of all verifiers together. */
function agreed(network: TestNetwork): bigint {
  return network.bonded
    .map((n) => network.keeper.verifier(network.context(), addresses.account(operatorOf(n).operator))?.agreed ?? 0n)
    .reduce((sum, count) => sum + count, 0n);
}

describe('the end of a block', () => {
  test('leaves a task whole that another module refuses, says so, and tries again later', () => {
    let refuse = true;
    const { network, taskId } = start(() => {
      if (refuse) fail(sdkErrors.logic, 'not now');
    });
    playTask(network, taskId, () => good);
    expect(network.eventsOf(verificationStalled)).toMatchObject([{ kind: 'task', id: taskId }]);
    expect(network.keeper.task(network.context(), taskId)?.phase).toBe(TaskPhase.TASK_PHASE_REVEAL);
    expect(agreed(network)).toBe(0n);
    refuse = false;
    network.until(() => network.keeper.task(network.context(), taskId)?.phase === TaskPhase.TASK_PHASE_DONE);
    expect(agreed(network)).toBe(3n);
  });

  test('stops the node on a bug instead of hiding it', () => {
    const { network, taskId } = start(() => {
      throw new TypeError('a bug');
    });
    expect(() => playTask(network, taskId, () => good)).toThrow('a bug');
  });
});
