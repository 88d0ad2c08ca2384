import { Context } from '../chain/context.ts';
import type { Module } from '../chain/module.ts';
import { defaultAppState } from '../chain/node/defaultState.ts';
import { MemoryState } from '../chain/store/memory.ts';
import { OverlayBranch } from '../chain/store/overlay.ts';
import { createAuth } from '../modules/auth/index.ts';
import { moduleAddress } from '../modules/auth/keeper.ts';
import { createBank } from '../modules/bank/index.ts';
import { createOracle } from '../modules/oracle/index.ts';
import { symbols } from '../modules/oracle/state.ts';
import { createRewards } from '../modules/rewards/index.ts';
import { emission, payouts, records, summaries } from '../modules/rewards/state.ts';
import { valueMetric } from '../modules/valuation/formulas.ts';
import { createValuation } from '../modules/valuation/index.ts';
import { countedValue, valueRound } from '../modules/valuation/joint.ts';
import type { LabelledPoints } from '../modules/valuation/shapley.ts';
import { VoteExtension } from '../proto/generated/infinet/oracle/v1/tx.ts';
import type { Emission, EpochSummary, RewardRecord } from '../proto/generated/infinet/rewards/v1/types.ts';
import type { Metric } from '../proto/generated/infinet/valuation/v1/types.ts';
import { createAddressCodec } from '../sdk/address.ts';

export const denom = 'uinf';
export const MICRO = 1_000_000;
/** Neighbours that the objective's learner asks. */
export const NEIGHBOURS = 5;
const NANOS = 1_000_000_000n;
const validators = [1, 2, 3, 4].map((id) => new Uint8Array(20).fill(id));
/** Of a listed objective of two classes that are equally frequent. */
const BASELINE_PPM = 500_000n;

/** What a simulation changes of the parameters that a public chain begins with. */
export interface Settings {
  readonly rewards?: Readonly<Record<string, unknown>>;
  readonly oracle?: Readonly<Record<string, unknown>>;
  /** Data of a block is valued together, as on a public chain. */
  readonly together?: boolean;
  /** Right rows that rounds bring at first; the parameter's default if absent. */
  readonly usualRows?: bigint;
}

/** The parameters of a module as a public chain begins with them (`chain/node/defaultState.ts`). */
export function defaultParams(module: 'rewards' | 'oracle'): Record<string, unknown> {
  const state: unknown = defaultAppState(denom)[module];
  if (typeof state !== 'object' || state === null || !('params' in state))
    throw new Error(`${module} has no parameters`);
  return { ...Object(state.params) };
}

/** What one accepted contribution brings. */
export interface Work {
  readonly id: bigint;
  /** 20 bytes. */
  readonly contributor: Uint8Array;
  readonly kind: 1 | 2;
  readonly metrics: readonly Metric[];
  /** DATA: its usable rows, in the order of priority, which are valued together with those of the block's other data. */
  readonly points?: LabelledPoints;
  /** False where the objective is not listed, so that emission pays nothing. */
  readonly listed?: boolean;
}

/**
 * The chain's own oracle, valuation, rewards and bank over a state in memory, block by block: everything between agreed
 * metrics and coins that can be claimed. Four validators of equal power, who all stay bonded.
 */
export class EconomyChain {
  readonly #modules: Readonly<Record<'auth' | 'bank' | 'oracle' | 'valuation' | 'rewards', Module>>;
  readonly #keepers;
  readonly #state = new OverlayBranch(new MemoryState());
  /** Rounds that verifiers were asked to value. */
  readonly #asked: bigint[] = [];
  #height = 0n;
  #time = 0n;

  constructor(settings: Settings = {}) {
    const addresses = createAddressCodec('infinet');
    const modulePermissions = { fee_collector: [], rewards: ['minter'], community_pool: [] } as const;
    const auth = createAuth({ addresses, modulePermissions });
    const blockedModules = Object.keys(modulePermissions);
    const bank = createBank({ addresses, accounts: auth.keeper, blockedModules, authority: moduleAddress('gov') });
    const oracle = createOracle({
      addresses,
      slashing: { punishSigner: () => {} },
      authority: moduleAddress('gov'),
    });
    const staking = {
      bondedValidators: () => validators.map((operator) => ({ operator, power: 10n })),
      bondDenom: () => denom,
    };
    const rewards = createRewards({
      addresses,
      bank: bank.keeper,
      oracle: oracle.keeper,
      staking,
      authority: moduleAddress('gov'),
      pools: blockedModules,
    });
    const valuation = createValuation({
      addresses,
      rewards: rewards.keeper,
      assessor: { requestRound: (_, id) => BigInt(this.#asked.push(id)) },
    });
    this.#keepers = { rewards: rewards.keeper, valuation: valuation.keeper };
    this.#modules = {
      auth: auth.module,
      bank: bank.module,
      oracle: oracle.module,
      valuation: valuation.module,
      rewards: rewards.module,
    };
    const genesis = {
      oracle: { params: { ...defaultParams('oracle'), ...settings.oracle } },
      rewards: { params: { ...defaultParams('rewards'), ...settings.rewards } },
    };
    const ctx = this.#context();
    auth.module.initGenesis?.(ctx, {});
    bank.module.initGenesis?.(ctx, {});
    oracle.module.initGenesis?.(ctx, genesis.oracle);
    valuation.module.initGenesis?.(ctx, {
      params: {
        round_blocks: settings.together ? '1' : '0',
        ...(settings.usualRows === undefined ? {} : { usual_rows: settings.usualRows.toString() }),
      },
    });
    rewards.module.initGenesis?.(ctx, genesis.rewards);
  }

  /** A block at `time` (seconds since the Unix epoch) whose votes carry the validators' prices in dollars. */
  block(time: number, prices: readonly number[], work: readonly Work[] = [], shard?: LabelledPoints): void {
    this.#height += 1n;
    this.#time = BigInt(Math.round(time)) * NANOS;
    const ctx = this.#context();
    const votes = validators.map((validator, at) => ({ validator, power: 10n, extension: extension(prices[at]) }));
    this.#modules.oracle.voteExtensions?.(ctx, votes);
    this.#modules.oracle.beginBlock?.(ctx);
    this.#appraise(ctx, work);
    if (shard !== undefined) this.#valueTogether(work, shard);
    for (const { contributor, id } of work) {
      const accepted = this.#keepers.valuation.get(ctx, id)?.passed ?? false;
      this.#keepers.valuation.settle(ctx, { contributionId: id, contributor, accepted, parents: [] });
      for (const seat of validators.slice(0, 3)) this.#keepers.rewards.addVerifierWork(ctx, seat, 1n);
    }
    this.#modules.rewards.endBlock?.(ctx);
  }

  #appraise(ctx: Context, work: readonly Work[]): void {
    for (const { contributor, id, kind, listed = true, metrics } of work) {
      const subject = { contributionId: id, kind, objectiveId: 1n, beneficiary: contributor, metrics };
      this.#keepers.valuation.appraise(ctx, {
        ...subject,
        qualityGatePpm: 0n,
        baselinePpm: BASELINE_PPM,
        emission: listed,
      });
    }
  }

  /** Rounds of the block's data, as many as the chain needs, whose seats agree on what the verifiers' formulas give. */
  #valueTogether(work: readonly Work[], shard: LabelledPoints): void {
    const { valuation } = this.#keepers;
    const data = work.filter(({ points }) => points !== undefined);
    for (const { id } of data) valuation.conclude(this.#context(), id);
    while (data.some(({ id }) => valuation.get(this.#context(), id)?.roundId === 0n)) {
      this.#height += 1n;
      const ctx = this.#context();
      this.#modules.valuation.endBlock?.(ctx);
      for (const round of this.#asked.splice(0)) {
        const members = data.filter(({ id }) => valuation.get(ctx, id)?.roundId === round);
        valuation.roundAssessed(ctx, round, { valued: true, metrics: roundMetrics(members, shard) });
      }
    }
  }

  /** Checks every invariant of bank and rewards. Throws with the first that is broken. */
  audit(): void {
    for (const module of [this.#modules.bank, this.#modules.rewards]) {
      for (const { name, check } of module.invariants ?? []) {
        const wrong = check(this.#context());
        if (wrong !== undefined) throw new Error(`${name}: ${wrong}`);
      }
    }
  }

  get emission(): Emission {
    return emission.require(this.#context());
  }

  /** The last epoch that closed; undefined before the first, and while it is being paid. */
  get lastEpoch(): EpochSummary | undefined {
    const ctx = this.#context();
    const epoch = this.emission.epoch - 1n;
    return payouts.has(ctx, epoch) ? undefined : summaries.get(ctx, epoch);
  }

  /** Why a contribution earned what it did; undefined before it is paid, and for what earns nothing. */
  reward(id: bigint): RewardRecord | undefined {
    return records.get(this.#context(), id);
  }

  /** Slow price and start price in dollars; undefined before the first price. */
  get price(): { readonly slow: number; readonly start: number } | undefined {
    const known = symbols.get(this.#context(), 'BTC');
    if (known === undefined || known.slowMicro === 0n) return undefined;
    return { slow: Number(known.slowMicro) / MICRO, start: Number(known.startMicro) / MICRO };
  }

  #context(): Context {
    const block = { chainId: 'economy', height: this.#height, time: this.#time, proposer: new Uint8Array() };
    return new Context(block, this.#state);
  }
}

/** What the seats of a round agree on. */
function roundMetrics(members: readonly Work[], shard: LabelledPoints): Metric[] {
  const points = members.map(({ points: rows = { features: [], labels: [] } }) => ({ points: rows }));
  const round = valueRound(points, shard, { k: NEIGHBOURS, baselinePpm: BASELINE_PPM });
  const values = members.map(({ id }, at) => {
    const member = round.members[at];
    return { name: valueMetric(id), value: member === undefined ? 0n : countedValue(member) };
  });
  const { netRowsMicro, utilityMicro } = round;
  return [{ name: 'net_rows_micro', value: netRowsMicro }, { name: 'utility_micro', value: utilityMicro }, ...values];
}

function extension(dollars: number | undefined): Uint8Array | undefined {
  if (dollars === undefined) return undefined;
  const valueMicro = BigInt(Math.round(dollars * MICRO));
  return VoteExtension.encode(VoteExtension.fromPartial({ prices: [{ symbol: 0, valueMicro }] })).finish();
}
