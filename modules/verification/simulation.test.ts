import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DisputeStatus, RunStatus, TaskPhase, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { networkOf } from '../../training/network.ts';
import { firstDifference, openNode, proveLeaf } from '../../training/prover.ts';
import { Trace, traceUnit } from '../../training/trace.ts';
import * as allEvents from './events.ts';
import { verificationStalled } from './events.ts';
import { escrowed } from './invariants.ts';
import {
  msgCommitRun,
  msgOpenDispute,
  msgProveLeaf,
  msgRegisterRun,
  msgRevealNodes,
  msgSelectNode,
} from './messages.ts';
import { disputes, runs, tasks } from './state.ts';
import { address, createTestNetwork, type TestNetwork } from './testNetwork.ts';
import { challenger, coin, commitment, data, registration, spec, trained, trainer } from './testRuns.ts';
import { ack, attestation, commit, registerAll, reveal, runAttestation, seatedOperators } from './testSeats.ts';
import { exactTraining } from './training.ts';

/** One thing that somebody does; `a` and `b` choose on what and how. */
const action = fc.record({
  kind: fc.constantFrom('contribute', 'register', 'commit', 'seats', 'seats', 'seats', 'dispute', 'moves', 'blocks'),
  a: fc.nat(1_000),
  b: fc.nat(1_000),
});
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
type Trained = ReturnType<typeof trained>;

const verdicts = [Verdict.VERDICT_VALID, Verdict.VERDICT_VALID, Verdict.VERDICT_FRAUD, Verdict.VERDICT_UNAVAILABLE];

const declaredEvents = new Map(Object.values(allEvents).map((declared) => [declared.type, declared]));

class World {
  readonly network: TestNetwork;
  readonly committed = new Map<bigint, Trained>();
  nextContribution = 1n;

  constructor() {
    this.network = createTestNetwork({
      validators: 5,
      training: exactTraining,
      params: { units_per_seat: 6, ack_window: '6', commit_window: '6', reveal_window: '6', dispute_move_window: '8' },
    });
    registerAll(this.network, ['cpu', 'wasm']);
    this.network.endBlock();
  }

  act({ kind, a, b }: Action): void {
    if (kind === 'contribute') this.network.contribute(this.nextContribution++, address('alice'));
    else if (kind === 'register') this.network.send(msgRegisterRun, registration({ fee: coin(BigInt(1 + (a % 50))) }));
    else if (kind === 'commit') this.commitRuns(a);
    else if (kind === 'seats') this.playSeats(a, b);
    else if (kind === 'dispute') this.openDispute(a, b);
    else if (kind === 'moves') this.moveDisputes(a, b);
    else for (let blocks = a % 3; blocks >= 0; blocks--) this.network.endBlock();
  }

  /** Every seeded run is trained, honestly or with one unit skipped. */
  commitRuns(a: number): void {
    for (const [id, run] of runs.walk(this.network.context())) {
      if (run.status !== RunStatus.RUN_STATUS_SEEDED) continue;
      const result = trained(this.network, id, a % 3 !== 0 ? [] : [1 + (a % 20)]);
      this.network.ok(msgCommitRun, commitment(result));
      this.committed.set(id, result);
    }
  }

  /** Some seats of every task do what their phase asks for; some say other things than the rest. */
  playSeats(a: number, b: number): void {
    for (const [id, task] of tasks.walk(this.network.context())) {
      for (const [at, seat] of seatedOperators(this.network, id).entries()) {
        if ((a + at) % 11 === 0) continue;
        const verdict = verdicts[(b * (at === 2 ? 1 : 0)) % 4] ?? Verdict.VERDICT_VALID;
        const said =
          task.alpha.length > 0
            ? runAttestation(this.network, id, seat, { verdict })
            : attestation({ metrics: [{ name: 'rows', value: 5n }] });
        if (task.phase === TaskPhase.TASK_PHASE_ACK) ack(this.network, id, seat, b % 9 !== 0);
        if (task.phase === TaskPhase.TASK_PHASE_COMMIT) commit(this.network, id, seat, said);
        if (task.phase === TaskPhase.TASK_PHASE_REVEAL) reveal(this.network, id, seat, said);
      }
    }
  }

  openDispute(a: number, b: number): void {
    const ids = [...this.committed.keys()];
    const runId = ids[a % Math.max(1, ids.length)] ?? 1n;
    this.network.send(msgOpenDispute, { challenger, runId, unit: BigInt(b % 22), bond: coin(BigInt(90 + a)) });
  }

  /** Open disputes move once: the challenger honestly or anywhere. */
  moveDisputes(a: number, b: number): void {
    for (const [id, { runId, unit, status, walk }] of disputes.walk(this.network.context())) {
      const run = this.committed.get(runId);
      if (run === undefined || walk === undefined || (a + Number(id)) % 5 === 0) continue;
      const { claimed, own } = tracesOf(run, Number(unit));
      if (status === DisputeStatus.DISPUTE_STATUS_REVEAL) {
        this.network.send(msgRevealNodes, { trainer, disputeId: id, opening: openNode(walk, claimed, run.steps) });
      } else if (status === DisputeStatus.DISPUTE_STATUS_SELECT) {
        const index = b % 3 === 0 ? b % 64 : firstDifference(walk, own);
        if (index !== undefined) this.network.send(msgSelectNode, { challenger, disputeId: id, index });
      } else if (status === DisputeStatus.DISPUTE_STATUS_LEAF) {
        this.network.send(msgProveLeaf, { trainer, disputeId: id, leaf: proveLeaf(walk, claimed) });
      }
    }
  }
}

function tracesOf(run: Trained, unit: number): { claimed: Trace; own: Trace } {
  const before = run.states[unit - 1] ?? new Float32Array(0);
  const own = traceUnit(networkOf(spec), run.seed, data, unit, before);
  const values = [...own.values];
  values[own.dag.after] = run.states[unit] ?? new Float32Array(0);
  return { own, claimed: new Trace(own.dag, values, data.tree) };
}

test('whatever actors do, every block keeps the escrow exact, and in the end nothing is held and nothing is open', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 40, maxLength: 120 }), (actions) => {
      const world = new World();
      const { network } = world;
      const total = network.totalBalance();
      for (const step of actions) world.act(step);
      for (let blocks = 0; blocks < 150; blocks++) network.endBlock();
      const ctx = network.context();
      expect(escrowed(ctx)).toBe(0n);
      expect(network.totalBalance()).toBe(total);
      for (const [, task] of tasks.walk(ctx)) expect(task.phase).toBe(TaskPhase.TASK_PHASE_DONE);
      for (const [, run] of runs.walk(ctx)) expect(run.status).toBeGreaterThanOrEqual(RunStatus.RUN_STATUS_ACCEPTED);
      for (const [, { status }] of disputes.walk(ctx)) {
        expect(status).toBeGreaterThanOrEqual(DisputeStatus.DISPUTE_STATUS_TRAINER_WON);
      }
      for (const event of network.events) {
        const values = declaredEvents.get(event.type)?.decode(event);
        expect(Object.keys(values ?? {}), event.type).toEqual(event.attributes.map(({ key }) => key));
      }
      expect(network.events.some(({ type }) => type === verificationStalled.type)).toBe(false);
    }),
    { numRuns: 15, seed: 20261123 },
  );
});
