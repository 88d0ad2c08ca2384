import { describe, expect, test } from 'vitest';
import { disputeMoved, disputeOpened, disputeResolved } from '../../modules/verification/events.ts';
import { MsgProveLeaf, MsgRevealNodes, MsgSelectNode } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { tx as txTypes } from '../../sdk/codec/index.ts';
import { StepTree } from '../../training/commit.ts';
import {
  applyOpening,
  applySelection,
  checkLeaf,
  type RunFacts,
  type Side,
  startDispute,
  turn,
} from '../../training/dispute.ts';
import { firstDifference, openNode, proveLeaf } from '../../training/prover.ts';
import { smallSpec, syntheticData } from '../../training/testing/fixtures.ts';
import {
  type Challenger,
  factsOf,
  honestTrace,
  lyingTrace,
  RUN_ID,
  steerTo,
  trainHonestly,
} from '../../training/testing/play.ts';
import type { Trace } from '../../training/trace.ts';
import { type DisputeRecord, type RecordedBlock, recordOf } from './chainMoves.ts';
import { type Replay, replayDispute } from './replay.ts';

const spec = smallSpec({ steps: 4 });
const run = trainHonestly(spec, syntheticData(spec, 40));
const unit = 3;
const disputeId = 5n;
const opened = 100n;

/** What the chain would hold of a dispute that is played one move a block, three blocks apart at most. */
class Chain {
  readonly blocks = new Map<bigint, RecordedBlock>();
  height = opened;
  moves = 0n;

  constructor() {
    const values = { dispute_id: disputeId, run_id: RUN_ID, unit: 3n, challenger: 'c', trainer: 't', bond: 1n };
    this.add([], [disputeOpened.encode({ ...values, deadline: this.height + 3n })]);
  }

  add(messages: readonly { typeUrl: string; value: Uint8Array }[], events: RecordedBlock['events'], code = 0): void {
    const bodyBytes = txTypes.TxBody.encode(txTypes.TxBody.fromPartial({ messages: [...messages] })).finish();
    const bytes = txTypes.TxRaw.encode(txTypes.TxRaw.fromPartial({ bodyBytes })).finish();
    // In front of every block stand the votes' extensions, which are no tx.
    const txs = [
      { bytes: Uint8Array.of(255, 255, 1), code: 0, events: [] },
      { bytes, code, events },
    ];
    this.blocks.set(this.height, { height: this.height, txs, events: [] });
    this.height += 1n;
  }

  move(typeUrl: string, value: Uint8Array): void {
    this.moves += 1n;
    const values = { dispute_id: disputeId, run_id: RUN_ID, side: '', move: '', next: '', moves: this.moves };
    this.add([{ typeUrl, value }], [disputeMoved.encode({ ...values, deadline: this.height + 3n })]);
  }

  end(winner: string, reason: string): void {
    const values = { dispute_id: disputeId, run_id: RUN_ID, unit: 3n, bond: 1n, bond_to: '' };
    const event = disputeResolved.encode({ ...values, winner, reason });
    this.blocks.set(this.height, { height: this.height, txs: [], events: [event] });
  }

  async record(): Promise<DisputeRecord> {
    return await recordOf(disputeId, opened, this.height, async (height) => {
      const block = this.blocks.get(height);
      return block ?? { height, txs: [], events: [] };
    });
  }
}

const typeUrl = (name: string) => `/infinet.verification.v1.${name}`;

/** Plays at most `limit` moves into a chain, as trainer and challenger would. */
function playInto(chain: Chain, trainer: Trace, pick: Challenger, limit = 100): Side | undefined {
  const facts = factsOf(run, run.leaves);
  const steps = new StepTree(RUN_ID, run.leaves);
  let walk = startDispute(facts, unit);
  for (let moves = 0; moves < limit; moves++) {
    if (walk.stage?.$case === 'leaf') {
      const leaf = proveLeaf(walk, trainer);
      chain.move(typeUrl('MsgProveLeaf'), MsgProveLeaf.encode({ trainer: 't', disputeId, leaf }).finish());
      return checkLeaf(facts, walk, leaf);
    }
    if (turn(walk) === 'trainer') {
      const opening = openNode(walk, trainer, steps);
      walk = applyOpening(facts, walk, opening);
      chain.move(typeUrl('MsgRevealNodes'), MsgRevealNodes.encode({ trainer: 't', disputeId, opening }).finish());
    } else {
      const index = pick(walk) ?? 0;
      walk = applySelection(walk, index);
      chain.move(typeUrl('MsgSelectNode'), MsgSelectNode.encode({ challenger: 'c', disputeId, index }).finish());
    }
  }
  return undefined;
}

const honest = honestTrace(run, unit);
const tensor = honest.dag.inner.start + 2;

/** One wrong element in an inner tensor, followed honestly from there. */
function liar(): Trace {
  const lie = Float32Array.from(honest.tensor(tensor));
  lie[1] = (lie[1] ?? 0) + 1;
  return lyingTrace(run, honest, new Map([[tensor, lie]]), false);
}

async function replayed(chain: Chain, facts: RunFacts = factsOf(run, run.leaves)): Promise<Replay> {
  return replayDispute(facts, unit, await chain.record());
}

describe('replaying a dispute from what the blocks hold', () => {
  test('a lie is found right where it was told, and the challenger was right', async () => {
    const chain = new Chain();
    const trainer = liar();
    expect(playInto(chain, trainer, (walk) => firstDifference(walk, honest))).toBe('challenger');
    chain.end('challenger', 'leaf_wrong');
    const { right, equal, leaf, moves } = await replayed(chain);
    expect({ right, equal }).toEqual({ right: 'challenger', equal: true });
    expect(leaf?.element).toBe(1);
    expect(leaf?.computed).toBe(honest.tensor(tensor)[1]);
    expect(leaf?.claimed).toBe(trainer.tensor(tensor)[1]);
    expect(moves.map(({ side }) => side)).toEqual(
      moves.map((_, at) => (at === moves.length - 1 || at % 2 === 0 ? 'trainer' : 'challenger')),
    );
  });

  test('an honest trainer was right, wherever it was led', async () => {
    const chain = new Chain();
    expect(playInto(chain, honest, steerTo(tensor, 0))).toBe('trainer');
    chain.end('trainer', 'leaf_right');
    const { right, equal, leaf } = await replayed(chain);
    expect({ right, equal }).toEqual({ right: 'trainer', equal: true });
    expect(leaf?.claimedBits).toBe(leaf?.computedBits);
  });

  test('a chain that says otherwise than the leaf is contradicted', async () => {
    const chain = new Chain();
    playInto(chain, honest, steerTo(tensor, 0));
    chain.end('challenger', 'leaf_wrong');
    expect(await replayed(chain)).toMatchObject({ right: 'trainer', equal: false });
  });

  test('a chain that took a move against the rules is contradicted, with the rule', async () => {
    const chain = new Chain();
    const index = 4096;
    playInto(chain, honest, steerTo(tensor, 0), 1);
    chain.move(typeUrl('MsgSelectNode'), MsgSelectNode.encode({ challenger: 'c', disputeId, index }).finish());
    const said = await replayed(chain);
    expect(said).toMatchObject({ equal: false });
    expect(said.right).toBeUndefined();
    expect(said.because).toMatch(/move 2.*no child 4096/);
  });

  test('openings of another run are against the rules', async () => {
    const chain = new Chain();
    playInto(chain, honest, steerTo(tensor, 0));
    chain.end('trainer', 'leaf_right');
    const said = await replayed(chain, { ...factsOf(run, run.leaves), runId: RUN_ID + 1n });
    expect(said.equal).toBe(false);
    expect(said.because).toMatch(/move 1.*not leaf/);
  });

  test('txs that failed, and moves of other disputes, count for nothing', async () => {
    const chain = new Chain();
    const index = 9;
    const failed = MsgSelectNode.encode({ challenger: 'c', disputeId, index }).finish();
    chain.add([{ typeUrl: typeUrl('MsgSelectNode'), value: failed }], [], 35);
    const other = MsgSelectNode.encode({ challenger: 'c', disputeId: 6n, index }).finish();
    chain.add([{ typeUrl: typeUrl('MsgSelectNode'), value: other }], []);
    playInto(chain, honest, steerTo(tensor, 0));
    chain.end('trainer', 'leaf_right');
    expect(await replayed(chain)).toMatchObject({ right: 'trainer', equal: true });
  });
});

describe('a dispute that did not reach its leaf', () => {
  test.each([
    ['trainer', 0, 'challenger'],
    ['challenger', 1, 'trainer'],
  ] as const)(
    'was lost by the %s that fell silent, and nothing is claimed about the unit',
    async (silent, moves, winner) => {
      const chain = new Chain();
      playInto(chain, honest, steerTo(tensor, 0), moves);
      chain.height += 2n;
      chain.end(winner, `${silent}_missed_deadline`);
      const { right, equal, leaf, because } = await replayed(chain);
      expect({ right, equal, leaf }).toEqual({ right: winner, equal: true, leaf: undefined });
      expect(because).toContain('nothing is proven');
    },
  );

  test('and was ended before the deadline is not one that the rules end', async () => {
    const chain = new Chain();
    chain.end('challenger', 'trainer_missed_deadline');
    expect(await replayed(chain)).toMatchObject({ equal: false });
  });

  test('is open, or was decided by another one: nobody is said to be right', async () => {
    const chain = new Chain();
    playInto(chain, honest, steerTo(tensor, 0), 2);
    expect(await replayed(chain)).toMatchObject({ equal: true, because: "it is open, and the trainer's turn" });
    chain.end('', 'run_slashed');
    const said = await replayed(chain);
    expect(said.right).toBeUndefined();
    expect(said.equal).toBe(true);
  });
});
