import { expect } from 'vitest';
import { Context } from '../../chain/context.ts';
import type { ChainEvent } from '../../chain/events.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import {
  QueryClaimableRequest,
  QueryClaimableResponse,
  QueryEpochSummaryRequest,
  QueryEpochSummaryResponse,
  QueryRewardExplanationRequest,
  QueryRewardExplanationResponse,
} from '../../proto/generated/infinet/rewards/v1/query.ts';
import { MsgClaimRewards, MsgClaimRewardsResponse } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { epochClosed, rewardsClaimed } from './events.ts';
import { streamNames } from './formulas.ts';
import { createRewards } from './index.ts';

const addresses = createAddressCodec('infinet');
export const SECOND = 1_000_000_000n;
export const genesisTime = 1_700_000_000n * SECOND;
export const account = (id: number): Uint8Array => new Uint8Array(20).fill(id);
export const text = (id: number): string => addresses.accountText(account(id));
const moduleIds: Record<string, number> = { rewards: 200, community_pool: 201 };
export const moduleAddress = (name: string): Uint8Array => account(moduleIds[name] ?? 0);

const shares = [300_000, 250_000, 100_000, 50_000, 150_000, 100_000, 50_000];
export const genesis = {
  params: {
    localnet: true,
    epoch_seconds: '30',
    max_supply: '1000000000',
    base_cap: '1000000',
    target_value: '1000000',
    reserve_bound: '1000000',
    reserve_ceiling: '3000000',
    stale_epochs: '2',
    index: [{ symbol: 'BTC', weight_ppm: '1000000' }],
    streams: streamNames.map((name, at) => ({
      name,
      share_ppm: String(shares[at]),
      rate: name === 'stakers' || name === 'community' ? '0' : '100000',
    })),
    verifier_allowance: '1000000',
    verifier_fee_multiple_ppm: '0',
  },
};
export const idleEpochPays = 150_000n;

/** A ledger with the rules that matter here: nobody spends what he does not have. */
function createLedger() {
  const balances = new Map<string, bigint>();
  let minted = 0n;
  const key = (address: Uint8Array): string => Buffer.from(address).toString('hex');
  const add = (address: Uint8Array, coins: Coin[], sign: bigint): void => {
    for (const { amount } of coins) {
      const next = (balances.get(key(address)) ?? 0n) + sign * BigInt(amount);
      if (next < 0n) throw new Error('insufficient funds');
      balances.set(key(address), next);
    }
  };
  const move = (from: Uint8Array, to: Uint8Array, coins: Coin[]): void => {
    add(from, coins, -1n);
    add(to, coins, 1n);
  };
  return {
    mint: (_: Context, name: string, coins: Coin[]) => {
      add(moduleAddress(name), coins, 1n);
      for (const { amount } of coins) minted += BigInt(amount);
    },
    sendFromModule: (_: Context, name: string, to: Uint8Array, coins: Coin[]) => move(moduleAddress(name), to, coins),
    sendModuleToModule: (_: Context, from: string, to: string, coins: Coin[]) =>
      move(moduleAddress(from), moduleAddress(to), coins),
    balance: (_: Context, address: Uint8Array) => balances.get(key(address)) ?? 0n,
    supply: () => minted,
    moduleAddress,
    give: (address: Uint8Array, amount: bigint) => add(address, [{ denom: 'uinf', amount: amount.toString() }], 1n),
  };
}

/** A chain whose blocks are one second apart, with two bonded validators (accounts 101 and 102). */
export function start(state: unknown = genesis, bank = createLedger()) {
  let price: { value: bigint; stale: boolean } | undefined = { value: 100n, stale: false };
  const staking = {
    bondedValidators: () => [
      { operator: account(101), power: 30n },
      { operator: account(102), power: 10n },
    ],
    bondDenom: () => 'uinf',
  };
  const oracle = { slowPrice: () => price, startPrice: () => (price === undefined ? undefined : 100n) };
  const { module, keeper } = createRewards({
    bank,
    staking,
    oracle,
    addresses,
    authority: account(250),
    pools: Object.keys(moduleIds),
  });
  const memory = new MemoryState();
  let height = 0n;
  const context = (): Context =>
    new Context({ chainId: 'test', height, time: genesisTime + height * SECOND, proposer: account(1) }, memory);
  module.initGenesis?.(context(), state);
  const audit = (): void => {
    for (const { name, check } of module.invariants ?? []) {
      const wrong = check(context());
      if (wrong !== undefined) throw new Error(`${name}: ${wrong}`);
    }
  };
  const block = (work?: (ctx: Context) => void): readonly ChainEvent[] => {
    height++;
    const ctx = context();
    work?.(ctx);
    module.endBlock?.(ctx);
    audit();
    return ctx.log.events;
  };
  const ask = (name: string, request: Uint8Array): Uint8Array => {
    const route = module.queries?.find(({ path }) => path === `/infinet.rewards.v1.Query/${name}`);
    if (route === undefined) throw new Error(`no query ${name}`);
    return route.answer(context(), request);
  };
  return {
    module,
    keeper,
    bank,
    context,
    block,
    audit,
    quote: (next: typeof price) => {
      price = next;
    },
    /** Runs the work in one block, then blocks until the epoch closes. */
    epoch: (work?: (ctx: Context) => void): readonly ChainEvent[] => {
      const events = [...block(work)];
      while (!events.some(({ type }) => type === epochClosed.type)) events.push(...block());
      return events;
    },
    claim: (id: number): bigint => {
      const prepared = module.messages?.[0]?.prepare(MsgClaimRewards.encode({ claimant: text(id) }).finish());
      if (prepared === undefined) throw new Error('the module routes no message');
      const ctx = context();
      const { amount } = MsgClaimRewardsResponse.decode(prepared.handle(ctx));
      expect(ctx.log.events.map(({ type }) => type)).toContain(rewardsClaimed.type);
      audit();
      return BigInt(amount?.amount ?? 0);
    },
    claimable: (id: number): bigint => {
      const request = QueryClaimableRequest.encode({ address: text(id) }).finish();
      return BigInt(QueryClaimableResponse.decode(ask('Claimable', request)).amount?.amount ?? 0);
    },
    summary: (epoch = 0n) => {
      const request = QueryEpochSummaryRequest.encode({ epoch }).finish();
      const { summary } = QueryEpochSummaryResponse.decode(ask('EpochSummary', request));
      if (summary === undefined) throw new Error('no summary');
      return summary;
    },
    explain: (contributionId: bigint) =>
      QueryRewardExplanationResponse.decode(
        ask('RewardExplanation', QueryRewardExplanationRequest.encode({ contributionId }).finish()),
      ),
  };
}

export const data = (contributionId: bigint, id: number, weight: bigint) => ({
  contributionId,
  kind: 1 as const,
  beneficiary: account(id),
  weight,
});
