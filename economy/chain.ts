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
import { createValuation } from '../modules/valuation/index.ts';
import { VoteExtension } from '../proto/generated/infinet/oracle/v1/tx.ts';
import type { Emission, EpochSummary, RewardRecord } from '../proto/generated/infinet/rewards/v1/types.ts';
import type { Metric } from '../proto/generated/infinet/valuation/v1/types.ts';
import { createAddressCodec } from '../sdk/address.ts';

export const denom = 'uinf';
export const MICRO = 1_000_000;
const NANOS = 1_000_000_000n;
const validators = [1, 2, 3, 4].map((id) => new Uint8Array(20).fill(id));
/** Of a listed objective of two classes that are equally frequent. */
const BASELINE_PPM = 500_000n;

/** What a simulation changes of the parameters that a public chain begins with. */
export interface Settings {
  readonly rewards?: Readonly<Record<string, unknown>>;
  readonly oracle?: Readonly<Record<string, unknown>>;
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
    const rewards = createRewards({ addresses, bank: bank.keeper, oracle: oracle.keeper, staking });
    const valuation = createValuation({
      addresses,
      rewards: rewards.keeper,
      assessor: { requestRound: (_, id) => id },
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
    valuation.module.initGenesis?.(ctx, {});
    rewards.module.initGenesis?.(ctx, genesis.rewards);
  }

  /** A block at `time` (seconds since the Unix epoch) whose votes carry the validators' prices in dollars. */
  block(time: number, prices: readonly number[], work: readonly Work[] = []): void {
    this.#height += 1n;
    this.#time = BigInt(Math.round(time)) * NANOS;
    const ctx = this.#context();
    const votes = validators.map((validator, at) => ({ validator, power: 10n, extension: extension(prices[at]) }));
    this.#modules.oracle.voteExtensions?.(ctx, votes);
    this.#modules.oracle.beginBlock?.(ctx);
    for (const { id, contributor, kind, metrics, listed = true } of work) {
      const subject = { contributionId: id, kind, objectiveId: 1n, beneficiary: contributor, metrics };
      const terms = { qualityGatePpm: 0n, baselinePpm: BASELINE_PPM, emission: listed };
      const { passed } = this.#keepers.valuation.appraise(ctx, { ...subject, ...terms });
      this.#keepers.valuation.settle(ctx, { contributionId: id, contributor, accepted: passed, parents: [] });
      for (const seat of validators.slice(0, 3)) this.#keepers.rewards.addVerifierWork(ctx, seat, 1n);
    }
    this.#modules.rewards.endBlock?.(ctx);
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

function extension(dollars: number | undefined): Uint8Array | undefined {
  if (dollars === undefined) return undefined;
  const valueMicro = BigInt(Math.round(dollars * MICRO));
  return VoteExtension.encode(VoteExtension.fromPartial({ prices: [{ symbol: 0, valueMicro }] })).finish();
}
