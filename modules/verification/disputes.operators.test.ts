/** Disputes about one operator each, played by the module's messages down to the leaf that computes the wrong value. */
import { describe, expect, test } from 'vitest';
import { QueryDisputesRequest, QueryDisputesResponse } from '../../proto/generated/infinet/verification/v1/query.ts';
import { MsgProveLeaf, MsgRevealNodes, MsgSelectNode } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { DisputeStatus, RunStatus } from '../../proto/generated/infinet/verification/v1/types.ts';
import { disputeSize } from '../../training/admit.ts';
import { StepTree, tensorRoot } from '../../training/commit.ts';
import { networkOf } from '../../training/network.ts';
import { firstDifference, openNode, proveLeaf } from '../../training/prover.ts';
import { train } from '../../training/run.ts';
import { encodeSpec, recordBytes, type Spec, unitCount } from '../../training/spec.ts';
import { dataFor, deepSpec, normSpec, pictureSpec, sequenceSpec, smallSpec } from '../../training/testing/fixtures.ts';
import { type Challenger, lyingTrace, steerTo } from '../../training/testing/play.ts';
import { type Trace, traceUnit } from '../../training/trace.ts';
import {
  msgCommitRun,
  msgOpenDispute,
  msgProveLeaf,
  msgRegisterRun,
  msgRevealNodes,
  msgSelectNode,
} from './messages.ts';
import { createTestNetwork, type TestNetwork } from './testNetwork.ts';
import { challenger, coin, registration, trainer } from './testRuns.ts';
import { registerAll } from './testSeats.ts';
import { exactTraining } from './training.ts';

const adam = { op: 'adam', learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** A wrong bit in the last tensor whose name ends so, at an element that is not 0. */
const cases: readonly (readonly [name: string, spec: Spec, tensor: string])[] = [
  ['a score of an attention head', sequenceSpec({ steps: 2 }, 0.2), 'layer 1, attention: scores'],
  ['the result of an attention head', sequenceSpec({ steps: 2 }, 0.2), 'layer 1, attention: heads'],
  ['the gradient of the keys of a head', sequenceSpec({ steps: 2 }, 0.2), 'layer 1, attention: gradient of keys'],
  ['an embedded word', sequenceSpec({ steps: 2 }), 'layer 0, embedding: output'],
  ['a layer norm', sequenceSpec({ steps: 2 }), 'layer 3, layer_norm: normalised'],
  ['a value that dropout keeps', sequenceSpec({ steps: 2 }, 0.2), 'layer 4, dropout: output'],
  ['a convolution', pictureSpec({ steps: 2 }), 'layer 0, conv2d: product'],
  ['the kernel gradient of a convolution', pictureSpec({ steps: 2 }), 'layer 2, conv2d: kernel gradient'],
  ['the variance of a batch norm', normSpec({ steps: 2 }), 'layer 1, batch_norm: variance'],
  ['gradients of two shards', smallSpec({ steps: 2, shards: 4 }), 'sum over shards'],
  ['a residual connection', deepSpec({ steps: 4 }), 'layer 3, add: output'],
  ['an update of Adam', smallSpec({ steps: 2, optimizer: adam }), 'state after'],
];

interface Claimed {
  readonly runId: bigint;
  readonly unit: number;
  readonly honest: Trace;
  readonly shown: Trace;
  readonly steps: StepTree;
  readonly tensor: number;
  readonly element: number;
}

/** Registers, trains, and commits a run whose last unit is wrong in one bit of one tensor and in all that follows from it. */
function commit(network: TestNetwork, spec: Spec, tensorName: string, lie: boolean): Claimed {
  const data = dataFor(spec, 40);
  const value = { root: data.root, records: 40n, recordBytes: recordBytes(spec), uris: ['http://127.0.0.1/records'] };
  const { runId } = network.ok(
    msgRegisterRun,
    registration({ spec: encodeSpec(spec), data: { $case: 'ownData', value } }),
  );
  const run = () => network.keeper.run(network.context(), runId);
  network.until(() => run()?.status === RunStatus.RUN_STATUS_SEEDED);
  const seed = run()?.seed ?? new Uint8Array();
  const units = [...train(networkOf(spec), seed, data)];
  const unit = unitCount(spec);
  const leaves = units.map(({ leaf }) => leaf);
  const states = units.map(({ state }) => state);
  const honest = traceUnit(networkOf(spec), seed, data, unit, states[unit - 1] ?? new Float32Array(0));
  const tensor = honest.dag.tensors.findLastIndex(({ name }) => name.endsWith(tensorName));
  const element = honest.tensor(tensor).findIndex((value, i, all) => value !== 0 && i > all.length / 3);
  const wrong = honest.tensor(tensor).slice();
  const bits = new Uint32Array(wrong.buffer);
  bits[element] = (bits[element] ?? 0) ^ 1;
  const shown = lie ? lyingTrace({ spec, data, states, leaves }, honest, new Map([[tensor, wrong]]), true) : honest;
  const batchDigest = leaves[unit]?.batchDigest ?? new Uint8Array();
  const claimed = [...leaves.slice(0, unit), { stateRoot: tensorRoot(shown.tensor(shown.dag.after)), batchDigest }];
  const steps = new StepTree(runId, claimed);
  network.ok(msgCommitRun, {
    trainer,
    runId,
    stepRoot: steps.root,
    finalRoot: claimed[unit]?.stateRoot ?? new Uint8Array(),
    lastLeaf: steps.open(unit),
    uris: ['http://127.0.0.1/run'],
  });
  return { runId, unit, honest, shown, steps, tensor, element };
}

/** Both sides move until it is over: what was disputed last, the trainer's moves, and the bytes of all of them. */
function playOut(network: TestNetwork, run: Claimed, select: Challenger) {
  const unit = BigInt(run.unit);
  const { disputeId } = network.ok(msgOpenDispute, { challenger, runId: run.runId, unit, bond: coin(150n) });
  let [moves, bytes] = [0, 0];
  let leaf: unknown;
  for (;;) {
    const found = network
      .query('Disputes', QueryDisputesRequest, QueryDisputesResponse, { runId: run.runId, pagination: undefined })
      .disputes.find(({ id }) => id === disputeId);
    if (found?.walk === undefined) throw new Error('the dispute has a walk');
    const { status, walk, reason } = found;
    if (status === DisputeStatus.DISPUTE_STATUS_REVEAL) {
      const message = { trainer, disputeId, opening: openNode(walk, run.shown, run.steps) };
      network.ok(msgRevealNodes, message);
      bytes += MsgRevealNodes.encode(message).finish().length;
      moves += 1;
    } else if (status === DisputeStatus.DISPUTE_STATUS_SELECT) {
      const message = { challenger, disputeId, index: select(walk) ?? 0 };
      network.ok(msgSelectNode, message);
      bytes += MsgSelectNode.encode(message).finish().length;
    } else if (status === DisputeStatus.DISPUTE_STATUS_LEAF) {
      leaf = walk.stage?.value;
      const message = { trainer, disputeId, leaf: proveLeaf(walk, run.shown) };
      network.ok(msgProveLeaf, message);
      bytes += MsgProveLeaf.encode(message).finish().length;
      moves += 1;
    } else {
      return { status, reason, leaf, moves, bytes };
    }
    network.endBlock();
  }
}

function start(): TestNetwork {
  const network = createTestNetwork({ validators: 4, training: exactTraining });
  registerAll(network);
  network.endBlock();
  return network;
}

describe.each(cases)('a dispute about %s', (_name, spec, tensorName) => {
  test('ends at the element that is wrong: the chain computes it, and the trainer is slashed', () => {
    const network = start();
    const run = commit(network, spec, tensorName, true);
    const outcome = playOut(network, run, (walk) => firstDifference(walk, run.honest));
    expect(outcome).toMatchObject({
      status: DisputeStatus.DISPUTE_STATUS_CHALLENGER_WON,
      reason: 'leaf_wrong',
      leaf: { tensor: run.tensor, element: run.element },
    });
    expect(network.keeper.run(network.context(), run.runId)?.status).toBe(RunStatus.RUN_STATUS_SLASHED);
    const bound = disputeSize(spec, 40);
    expect(outcome.moves).toBeLessThanOrEqual(bound.moves);
    expect(outcome.moves).toBeLessThanOrEqual(8);
    expect(outcome.bytes).toBeLessThanOrEqual(32_768);
  });

  test('is won at that leaf by a trainer that was right', () => {
    const network = start();
    const run = commit(network, spec, tensorName, false);
    const outcome = playOut(network, run, steerTo(run.tensor, run.element));
    expect(outcome).toMatchObject({
      status: DisputeStatus.DISPUTE_STATUS_TRAINER_WON,
      reason: 'leaf_right',
      leaf: { tensor: run.tensor, element: run.element },
    });
  });
});
