/** A chain of this module alone, in memory, for its tests: real messages, handlers and VRF; small stand-ins for the rest. */
import { createHash } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { keyOf } from '../../chain/app/testing/txs.ts';
import { Table } from '../../chain/collections/collections.ts';
import { bytesKey } from '../../chain/collections/keys.ts';
import { intValue } from '../../chain/collections/values.ts';
import { Context } from '../../chain/context.ts';
import { CodedError, fail, sdkErrors } from '../../chain/errors.ts';
import type { ChainEvent } from '../../chain/events.ts';
import type { GasMeter } from '../../chain/gas.ts';
import type { MessageType } from '../../chain/message.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  Contribution,
  ContributionStatus,
  Manifest,
  Objective,
  ObjectiveStatus,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { KeyProof } from '../../proto/generated/infinet/verification/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import * as ecvrf from '../beacon/ecvrf.ts';
import type { AcceptedRun, AssessmentOutcome, RoundOutcome } from './expected.ts';
import { keyProofDigest } from './formulas.ts';
import { createVerification } from './index.ts';
import { escrowed } from './invariants.ts';
import type { TrainingRules } from './training.ts';

export const denom = 'uinf';
export const addresses = createAddressCodec('infinet');

/** A deterministic address of 20 bytes as text. */
export function address(name: string): string {
  return addresses.accountText(digest(name).subarray(0, 20));
}

export function digest(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

export interface Operator {
  readonly operator: string;
  readonly worker: string;
  readonly seed: Uint8Array;
}

/** The n-th validator of a test network. */
export function operatorOf(n: number): Operator {
  return { operator: address(`operator ${n}`), worker: keyOf(`worker ${n}`).text, seed: digest(`vrf ${n}`) };
}

export const chainId = 'test';

/** That an operator may name the VRF key of `seed` and the worker whose key is called `workerName`. */
export function keyProof(operator: string, seed: Uint8Array, workerName: string, ofChain = chainId): KeyProof {
  const { point, privateKey } = keyOf(workerName);
  const owner = addresses.account(operator);
  return {
    vrfProof: ecvrf.prove(seed, keyProofDigest('vrf', ofChain, owner)),
    workerPublicKey: point,
    workerSignature: Uint8Array.from(
      secp256k1.ecdsaSign(keyProofDigest('worker', ofChain, owner), privateKey).signature,
    ),
  };
}

export type Result<R> = { readonly ok: R } | { readonly code: string };

export interface TestOptions {
  readonly validators: number;
  readonly training: TrainingRules;
  /** Fields of `app_state.verification.params` that differ from the short windows of tests. */
  readonly params?: Record<string, unknown>;
  /** Runs before an assessment is taken; may refuse it. */
  readonly contributionAssessed?: () => void;
}

const shortWindows = {
  ack_window: '3',
  commit_window: '3',
  reveal_window: '3',
  challenge_window: '4',
  run_window: '10',
  dispute_move_window: '3',
  key_delay: '5',
  min_run_stake: '1000',
  min_dispute_bond: '100',
  operator_cap_ppm: '1000000',
  data_seats: 3,
  escalated_seats: 0,
};

/** Blocks of a beacon round; its value exists from the end of the round after it. */
const roundBlocks = 2n;

const genesisBalance = 1_000_000n;
const names = ['alice', 'trainer', 'challenger', 'carol'];

export function createTestNetwork(options: TestOptions) {
  const balances = new Table<Uint8Array, bigint>('bank', '', bytesKey, intValue);
  const slashes: { operator: string; fraction: bigint; faultHeight: bigint }[] = [];
  const assessed = new Map<bigint, AssessmentOutcome>();
  const rounds = new Map<bigint, RoundOutcome>();
  const roundContributors = new Map<bigint, string[]>();
  const acceptedRuns: AcceptedRun[] = [];
  const work = new Map<string, bigint>();
  const bonded = Array.from({ length: options.validators }, (_, n) => n);
  const moduleAddress = (name: string) => digest(name).subarray(0, 20);
  let supplyBurned = 0n;

  const move = (ctx: Context, from: Uint8Array, to: Uint8Array | undefined, amount: bigint) => {
    const held = balances.get(ctx, from) ?? 0n;
    if (held < amount) fail(sdkErrors.insufficientFunds, `${held} is less than ${amount}`);
    balances.set(ctx, from, held - amount);
    if (to === undefined) supplyBurned += amount;
    else balances.set(ctx, to, (balances.get(ctx, to) ?? 0n) + amount);
  };
  const amount = (coins: readonly { amount: string }[]) => BigInt(coins[0]?.amount ?? '0');

  const { module, keeper } = createVerification(
    {
      addresses,
      bank: {
        sendToModule: (ctx, from, name, coins) => move(ctx, from, moduleAddress(name), amount(coins)),
        sendFromModule: (ctx, name, to, coins) => move(ctx, moduleAddress(name), to, amount(coins)),
        burn: (ctx, name, coins) => move(ctx, moduleAddress(name), undefined, amount(coins)),
        balance: (ctx, holder) => balances.get(ctx, holder) ?? 0n,
        moduleAddress,
      },
      staking: {
        bondDenom: () => denom,
        bondedValidators: () =>
          bonded.map((n) => ({ operator: addresses.account(operatorOf(n).operator), tokens: 1_000_000n })),
        slash: (_ctx, operator, fraction, _reason, faultHeight) => {
          slashes.push({ operator: addresses.accountText(operator), fraction, faultHeight });
          return 7n;
        },
      },
      beacon: {
        nextRoundAfterNow: (ctx) => ctx.block.height / roundBlocks + 1n,
        value: (ctx, round) => (ctx.block.height >= (round + 1n) * roundBlocks ? digest(`beacon ${round}`) : undefined),
      },
      contributions: {
        get: (_, id) => contributions.get(id),
        objective: (_, id) => objectives.get(id),
        contributor: (_, id) => {
          const contribution = contributions.get(id);
          return contribution === undefined ? undefined : addresses.account(contribution.contributor);
        },
      },
      rounds: { contributors: (_, id) => roundContributors.get(id) ?? [] },
      outcomes: {
        roundAssessed: (_, id, outcome) => void rounds.set(id, outcome),
        contributionAssessed: (_, id, outcome) => {
          options.contributionAssessed?.();
          assessed.set(id, outcome);
        },
        runAccepted: (_, run) => {
          acceptedRuns.push(run);
          return 900n + run.runId;
        },
      },
      rewards: {
        addVerifierWork: (_, operator, units) => {
          const text = addresses.accountText(operator);
          work.set(text, (work.get(text) ?? 0n) + units);
        },
      },
      reputation: { addReputation: () => undefined },
      vrf: ecvrf,
    },
    options.training,
  );

  const objectives = new Map<bigint, Objective>([
    [1n, objective(1n, ContributionKind.CONTRIBUTION_KIND_DATA)],
    [2n, objective(2n, ContributionKind.CONTRIBUTION_KIND_MODEL)],
  ]);
  const contributions = new Map<bigint, Contribution>();

  const state = new MemoryState();
  let height = 1n;
  const context = (gas?: GasMeter) =>
    new Context({ chainId, height, time: height * 1_000_000_000n, proposer: new Uint8Array() }, state, gas);
  const genesis = context();
  module.initGenesis?.(genesis, { params: { ...shortWindows, ...options.params } });
  for (const name of names) balances.set(genesis, addresses.account(address(name)), genesisBalance);
  const events: ChainEvent[] = [];

  const network = {
    module,
    keeper,
    slashes,
    assessed,
    rounds,
    acceptedRuns,
    work,
    events,
    bonded,
    contributions,
    objectives,
    get height() {
      return height;
    },
    context,
    /** Runs a message as a tx of the current block does. */
    send<T, R>(type: MessageType<T, R>, message: T): Result<R> {
      const route = module.messages?.find(({ typeUrl }) => typeUrl === type.typeUrl);
      if (route === undefined) throw new Error(`no route for ${type.typeUrl}`);
      const prepared = route.prepare(type.request.encode(message).finish());
      const ctx = context();
      try {
        prepared.validate();
        const response = ctx.isolated((branch) => prepared.handle(branch));
        events.push(...ctx.log.events);
        return { ok: type.response.decode(response) };
      } catch (error) {
        if (error instanceof CodedError) return { code: `${error.codespace} ${error.code}` };
        throw error;
      }
    },
    /** As `send`, for messages that must succeed. */
    ok<T, R>(type: MessageType<T, R>, message: T): R {
      const result = network.send(type, message);
      if ('ok' in result) return result.ok;
      throw new Error(`${type.typeUrl} failed with ${result.code}`);
    },
    /** Ends the current block and begins the next; every invariant must hold in between. */
    endBlock(): void {
      const ctx = context();
      module.endBlock?.(ctx);
      events.push(...ctx.log.events);
      for (const { name, check } of module.invariants ?? []) {
        const problem = check(ctx);
        if (problem !== undefined) throw new Error(`${name}: ${problem}`);
      }
      const held = balances.get(ctx, moduleAddress('verification')) ?? 0n;
      if (held !== escrowed(ctx)) throw new Error(`the module holds ${held} and owes ${escrowed(ctx)}`);
      height += 1n;
    },
    /** Ends blocks until the condition holds. */
    until(condition: () => boolean): void {
      for (let blocks = 0; !condition(); blocks++) {
        if (blocks > 200) throw new Error('did not happen within 200 blocks');
        network.endBlock();
      }
    },
    balance: (holder: string) => balances.get(context(), addresses.account(holder)) ?? 0n,
    totalBalance: (): bigint => {
      let sum = supplyBurned;
      for (const [, held] of balances.walk(context())) sum += held;
      return sum;
    },
    /** Decoded events of one type, oldest first. */
    eventsOf: <V>(type: { readonly type: string; decode(event: ChainEvent): V }): V[] =>
      events.filter((event) => event.type === type.type).map((event) => type.decode(event)),
    /** Stores a contribution and asks for its assessment, as the contribution module does. */
    contribute(id: bigint, contributor: string): bigint {
      contributions.set(id, dataset(id, contributor, ContributionStatus.CONTRIBUTION_STATUS_ASSESSING));
      return keeper.requestAssessment(context(), id, 1n);
    },
    /** Asks for a round's values, as the valuation module does. */
    requestRound(id: bigint, contributors: string[]): bigint {
      roundContributors.set(id, contributors);
      return keeper.requestRound(context(), id, 1n);
    },
    /** Query by method name, through the encoded route. */
    query<Q, R>(
      method: string,
      request: { encode(m: Q): { finish(): Uint8Array } },
      response: { decode(b: Uint8Array): R },
      message: Q,
    ): R {
      const route = module.queries?.find(({ path }) => path === `/infinet.verification.v1.Query/${method}`);
      if (route === undefined) throw new Error(`no query ${method}`);
      return response.decode(route.answer(context(), request.encode(message).finish()));
    },
  };
  return network;
}

export type TestNetwork = ReturnType<typeof createTestNetwork>;

function objective(id: bigint, kind: ContributionKind): Objective {
  return {
    ...Objective.decode(new Uint8Array()),
    id,
    kind,
    status: ObjectiveStatus.OBJECTIVE_STATUS_OPEN,
  };
}

/** A dataset of 100 records of 8 bytes. */
export function dataset(id: bigint, contributor: string, status: ContributionStatus): Contribution {
  return {
    ...Contribution.decode(new Uint8Array()),
    id,
    contributor,
    kind: ContributionKind.CONTRIBUTION_KIND_DATA,
    objectiveId: 1n,
    status,
    accepted: status === ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED,
    manifest: {
      ...Manifest.decode(new Uint8Array()),
      contentRoot: digest(`data ${id}`),
      sizeBytes: 800n,
      uris: ['http://127.0.0.1/data'],
    },
  };
}
