import { expect } from 'vitest';
/** A contribution module on uncommitted state with a bank that only counts, for tests. */
import { Context } from '../../chain/context.ts';
import { fail, sdkErrors } from '../../chain/errors.ts';
import type { ChainEvent } from '../../chain/events.ts';
import { EventLog } from '../../chain/events.ts';
import type { MessageType } from '../../chain/message.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { MsgCreateObjective, MsgSubmitContribution } from '../../proto/generated/infinet/contribution/v1/tx.ts';
import { Visibility } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { sha256 } from '../../training/merkle.ts';
import type { AppraisalSubject, EscrowBank, FinalVerdict, Settled, WorkReport } from './expected.ts';
import { contributionCommitment } from './formulas.ts';
import { createContribution } from './index.ts';
import { msgCommitContribution, msgSubmitContribution } from './messages.ts';
import { statusWord } from './words.ts';

export const addresses = createAddressCodec('infinet');
export const alice = account('alice');
export const bob = account('bob');
export const schema = '{"columns":[]}';

export function account(name: string) {
  const bytes = Uint8Array.from(sha256(Buffer.from(name)).subarray(0, 20));
  return { bytes, text: addresses.accountText(bytes) };
}

export function rootOf(name: string): Uint8Array {
  return Uint8Array.from(sha256(Buffer.from(name)));
}

export const salt = new Uint8Array(32).fill(7);

class CountingBank implements EscrowBank {
  readonly balances = new Map<string, bigint>();

  moduleAddress(name: string): Uint8Array {
    return sha256(Buffer.from(name)).slice(0, 20);
  }

  balance(_ctx: Context, address: Uint8Array): bigint {
    return this.balances.get(addresses.accountText(address)) ?? 0n;
  }

  sendToModule(ctx: Context, from: Uint8Array, name: string, coins: Coin[]): void {
    this.#move(ctx, from, this.moduleAddress(name), coins);
  }

  sendFromModule(ctx: Context, name: string, to: Uint8Array, coins: Coin[]): void {
    this.#move(ctx, this.moduleAddress(name), to, coins);
  }

  sendModuleToModule(ctx: Context, from: string, to: string, coins: Coin[]): void {
    this.#move(ctx, this.moduleAddress(from), this.moduleAddress(to), coins);
  }

  #move(ctx: Context, from: Uint8Array, to: Uint8Array, coins: Coin[]): void {
    for (const coin of coins) {
      const amount = BigInt(coin.amount);
      const before = this.balance(ctx, from);
      if (before < amount) fail(sdkErrors.insufficientFunds, `${before} is smaller than ${amount}`);
      this.balances.set(addresses.accountText(from), before - amount);
      this.balances.set(addresses.accountText(to), this.balance(ctx, to) + amount);
    }
  }
}

export const genesis = {
  params: {
    min_deposit: { denom: 'uinf', amount: '100' },
    min_objective_bond: { denom: 'uinf', amount: '1000' },
    commitment_lifetime_blocks: '10',
    appeal_window_blocks: '5',
    max_artifact_bytes: '1000000',
    shard_window_blocks: '6',
    append_interval_blocks: '3',
    max_stream_versions: '4',
  },
  objectives: [
    { title: 'Penguins', kind: 'CONTRIBUTION_KIND_DATA', metric: 'knn_shapley', schema, quality_gate_ppm: '700000' },
    { title: 'Digits', kind: 'CONTRIBUTION_KIND_MODEL', metric: 'accuracy', baseline_ppm: '100000' },
  ],
};

/** Starts at height 1 with two listed objectives; Alice and Bob own 10,000 uinf each. */
export class Fixture {
  readonly bank = new CountingBank();
  readonly assessed: [bigint, bigint][] = [];
  readonly appealed: [bigint, bigint][] = [];
  /** What verification knows of runs, and valuation of contributions. */
  readonly runs = new Map<bigint, WorkReport>();
  readonly weights = new Map<bigint, Settled>();
  readonly appraised: AppraisalSubject[] = [];
  readonly settled: FinalVerdict[] = [];
  appraisal = { passed: true, reason: '', costsDeposit: false };
  readonly module;
  readonly keeper;
  readonly #state = new MemoryState();
  readonly #log = new EventLog();
  height = 1n;

  constructor(state: unknown = genesis) {
    const { keeper, module } = createContribution({
      bank: this.bank,
      addresses,
      assessor: {
        requestAssessment: (_ctx, contributionId, objectiveId) => {
          this.assessed.push([contributionId, objectiveId]);
          return BigInt(this.assessed.length);
        },
        requestAppeal: (_ctx, contributionId, objectiveId) => {
          this.appealed.push([contributionId, objectiveId]);
          return 1_000n + BigInt(this.appealed.length);
        },
        work: (_ctx, runId) => this.runs.get(runId),
      },
      valuer: {
        appraise: (_ctx, subject) => {
          this.appraised.push(subject);
          return this.appraisal;
        },
        conclude: () => undefined,
        settle: (_ctx, verdict) => {
          this.settled.push(verdict);
        },
        get: (_ctx, contributionId) => this.weights.get(contributionId),
      },
    });
    this.module = module;
    this.keeper = keeper;
    for (const { text } of [alice, bob]) this.bank.balances.set(text, 10_000n);
    module.initGenesis?.(this.ctx(), state);
    this.#log.events.length = 0;
  }

  ctx(): Context {
    const block = {
      chainId: 'test',
      height: this.height,
      time: this.height * 1_000_000_000n,
      proposer: new Uint8Array(),
    };
    return new Context(block, this.#state, undefined, this.#log);
  }

  /** Validates and runs a message as the router does; a failed one leaves nothing behind. */
  send<T, R>(type: MessageType<T, R>, message: T): R {
    const route = this.module.messages?.find(({ typeUrl }) => typeUrl === type.typeUrl);
    if (route === undefined) throw new Error(`no route for ${type.typeUrl}`);
    const prepared = route.prepare(type.request.encode(message).finish());
    prepared.validate();
    const balances = new Map(this.bank.balances);
    try {
      return type.response.decode(this.ctx().isolated((ctx) => prepared.handle(ctx)));
    } catch (error) {
      this.bank.balances.clear();
      for (const [address, amount] of balances) this.bank.balances.set(address, amount);
      throw error;
    }
  }

  query<Q, A>(
    path: string,
    request: { encode(q: Q): { finish(): Uint8Array } },
    answer: { decode(b: Uint8Array): A },
    q: Q,
  ): A {
    const route = this.module.queries?.find((candidate) => candidate.path === `/infinet.contribution.v1.Query/${path}`);
    if (route === undefined) throw new Error(`no query ${path}`);
    return answer.decode(route.answer(this.ctx(), request.encode(q).finish()));
  }

  /** Ends this block and begins the next, `count` times. */
  blocks(count = 1): void {
    for (let block = 0; block < count; block++) {
      this.module.endBlock?.(this.ctx());
      this.height++;
    }
  }

  commit(sender: { text: string; bytes: Uint8Array }, root: Uint8Array): void {
    const commitment = contributionCommitment(root, sender.bytes, salt);
    this.send(msgCommitContribution, { contributor: sender.text, commitment });
  }

  /** Commits, waits a block and submits; returns the contribution's id. */
  contribute(name: string, sender = alice, change: Partial<MsgSubmitContribution> = {}): bigint {
    this.commit(sender, rootOf(name));
    this.blocks();
    return this.send(msgSubmitContribution, { ...submission(name, sender), ...change }).contributionId;
  }

  balance(holder: { bytes: Uint8Array } | string): bigint {
    return this.bank.balance(this.ctx(), typeof holder === 'string' ? this.bank.moduleAddress(holder) : holder.bytes);
  }

  /** Events since the last call. */
  events(): ChainEvent[] {
    return this.#log.events.splice(0);
  }

  /** Like `assessing`, or `final: quality_below_gate`. */
  status(id: bigint): string {
    const contribution = this.keeper.get(this.ctx(), id);
    if (contribution === undefined) return 'none';
    return statusWord(contribution.status) + (contribution.reason === '' ? '' : `: ${contribution.reason}`);
  }
}

export function submission(name: string, sender = alice): MsgSubmitContribution {
  return {
    contributor: sender.text,
    salt,
    kind: ContributionKind.CONTRIBUTION_KIND_DATA,
    objectiveId: 1n,
    manifest: {
      contentRoot: rootOf(name),
      sizeBytes: 5_000n,
      mediaType: 'text/csv',
      schemaHash: sha256(Buffer.from(schema)),
      uris: ['https://example.org/data.csv'],
      visibility: Visibility.VISIBILITY_PUBLIC,
      encryptionEnvelope: new Uint8Array(),
      modelSignature: new Uint8Array(),
      sketch: [],
      title: `Table ${name}`,
    },
    parents: [],
    license: 'CC0-1.0',
    deposit: { denom: 'uinf', amount: '100' },
    versionOf: 0n,
    work: undefined,
  };
}

export function objective(change: Partial<MsgCreateObjective> = {}): MsgCreateObjective {
  return {
    creator: alice.text,
    title: 'Irises',
    kind: ContributionKind.CONTRIBUTION_KIND_DATA,
    metric: 'knn_shapley',
    schema: Buffer.from(schema),
    holdouts: [{ root: rootOf('shard'), sizeBytes: 900n, uris: ['https://example.org/shard.csv'] }],
    reference: undefined,
    learner: 'knn',
    qualityGatePpm: 800_000n,
    baselinePpm: 0n,
    budget: { denom: 'uinf', amount: '500' },
    bond: { denom: 'uinf', amount: '1000' },
    deadlineHeight: 20n,
    roundBlocks: 0n,
    shardCommitments: [],
    rate: 0n,
    rubric: [],
    ...change,
  };
}

/** Matches a `CodedError` of this module by its code, and its text by `detail`. */
export function refusal(code: number, detail = ''): Error {
  return expect.objectContaining({ codespace: 'contribution', code, message: expect.stringContaining(detail) });
}
