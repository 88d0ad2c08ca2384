import { describe, expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import { FatalError } from '../../chain/errors.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import { QuerySupplyAuditResponse } from '../../proto/generated/infinet/rewards/v1/query.ts';
import { MsgClaimRewards, MsgUpdateParams } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import type { Params } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { createAuth } from '../auth/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { createBank } from '../bank/index.ts';
import { genesis as usual } from './fixture.ts';
import { createRewards } from './index.ts';
import { msgUpdateParams } from './messages.ts';
import { params } from './state.ts';

const addresses = createAddressCodec('infinet');
const account = (id: number): Uint8Array => new Uint8Array(20).fill(id);
const SECOND = 1_000_000_000n;
const pools = ['bonded_tokens_pool', 'community_pool', 'mint', 'rewards'];
const authority = moduleAddress('gov');

/** A chain with a real bank, 5,000 uinf in genesis, half of them staked, and epochs of 30 seconds. */
function start(extra: object = {}) {
  const modulePermissions = {
    bonded_tokens_pool: ['burner', 'staking'],
    community_pool: [],
    mint: ['minter'],
    rewards: ['minter'],
  } as const;
  const auth = createAuth({ addresses, modulePermissions });
  const bank = createBank({ addresses, accounts: auth.keeper, blockedModules: pools, authority });
  const staking = {
    bondedValidators: () => [{ operator: account(1), power: 1n }],
    bondDenom: () => 'uinf',
  };
  const oracle = {
    slowPrice: () => ({ value: 7n, stale: false }),
    startPrice: (_: Context, symbol: string) => (symbol === 'BTC' ? 7n : undefined),
  };
  const { module, keeper } = createRewards({ addresses, bank: bank.keeper, staking, oracle, authority, pools });
  const memory = new MemoryState();
  let height = 0n;
  const here = () =>
    new Context({ chainId: 'audit', height, time: height * 10n * SECOND, proposer: account(1) }, memory);
  auth.module.initGenesis?.(here(), {});
  const half = [{ denom: 'uinf', amount: '2500' }];
  const balances = [account(9), moduleAddress('bonded_tokens_pool')].map((address) => ({
    address: addresses.accountText(address),
    coins: half,
  }));
  bank.module.initGenesis?.(here(), { balances });
  module.initGenesis?.(here(), { ...usual, ...extra });
  const block = (work?: (ctx: Context) => void) => {
    height++;
    const ctx = here();
    work?.(ctx);
    module.endBlock?.(ctx);
  };
  const audit = () => {
    const route = module.queries?.find(({ path }) => path === '/infinet.rewards.v1.Query/SupplyAudit');
    if (route === undefined) throw new Error('no audit');
    return QuerySupplyAuditResponse.decode(route.answer(here(), new Uint8Array()));
  };
  const update = (change: Partial<Params>, sender = authority) => {
    const next = { ...params.require(here()), ...change };
    const bytes = MsgUpdateParams.encode({ authority: addresses.accountText(sender), params: next }).finish();
    module.messages
      ?.find(({ typeUrl }) => typeUrl === msgUpdateParams.typeUrl)
      ?.prepare(bytes)
      .handle(here());
  };
  const claim = (id: number) =>
    module.messages?.[0]
      ?.prepare(MsgClaimRewards.encode({ claimant: addresses.accountText(account(id)) }).finish())
      .handle(here());
  return { module, keeper, bank, here, block, audit, update, claim };
}

/** The equations that the audit's documentation promises, on its own numbers. */
function expectSound(audit: QuerySupplyAuditResponse): void {
  const of = (name: keyof QuerySupplyAuditResponse) => BigInt(String(audit[name]));
  expect(of('scheduled')).toBe(of('issued') + of('reserve') + of('lapsed'));
  expect(of('issued')).toBe(of('community') + of('claimed') + of('unclaimed') + of('paying'));
  expect(of('supply')).toBe(of('genesisSupply') + of('issued') - of('burned'));
  const pooled = audit.pools.reduce((sum, { balance }) => sum + BigInt(balance), 0n);
  expect(of('supply')).toBe(pooled + of('elsewhere'));
  expect(audit.problems).toEqual([]);
}

describe('the audit of supply', () => {
  it('accounts for every coin in every block: scheduled, issued, reserved, pooled, claimed, burned', () => {
    const chain = start();
    for (let at = 0; at < 20; at++) {
      const contributionId = BigInt(at + 1);
      chain.block((ctx) => {
        chain.keeper.addWeight(ctx, { contributionId, kind: 1, beneficiary: account(4), weight: 1_333_333n });
        if (at === 12) chain.bank.keeper.burn(ctx, 'bonded_tokens_pool', [{ denom: 'uinf', amount: '77' }]);
      });
      if (at === 15) chain.claim(4);
      expectSound(chain.audit());
    }
    const last = chain.audit();
    expect(last).toMatchObject({ height: 20n, genesisSupply: '5000', burned: '77', denom: 'uinf' });
    expect(BigInt(last.claimed) > 0n && BigInt(last.unclaimed) > 0n && BigInt(last.issued) > 0n).toBe(true);
    expect(last.pools.find(({ name }) => name === 'bonded_tokens_pool')?.balance).toBe('2423');
  });

  it('stops the chain in the block in which coins come from nowhere', () => {
    const chain = start();
    chain.block();
    expect(() => chain.block((ctx) => chain.bank.keeper.mint(ctx, 'mint', [{ denom: 'uinf', amount: '1' }]))).toThrow(
      FatalError,
    );
    expect(chain.audit().problems).toEqual(['the supply is 1 above that of genesis and what rewards issued']);
  });

  it('goes on over export and import, burned coins too', () => {
    const chain = start();
    for (let at = 0; at < 5; at++) chain.block();
    chain.block((ctx) => chain.bank.keeper.burn(ctx, 'bonded_tokens_pool', [{ denom: 'uinf', amount: '5' }]));
    const exported: unknown = JSON.parse(JSON.stringify(chain.module.exportGenesis?.(chain.here())));
    expect(exported).toMatchObject({ genesis_supply: '5000' });
    expect(() => start({ genesis_supply: '-1' })).toThrow('app_state.rewards.genesis_supply: must not be negative');
  });
});

describe('parameters of rewards', () => {
  const invalid = expect.objectContaining({ codespace: 'rewards', code: 7 });

  it('are changed by governance alone', () => {
    const chain = start();
    chain.block();
    const refused = expect.objectContaining({ codespace: 'gov', code: 13 });
    expect(() => chain.update({ targetValue: 5n }, account(9))).toThrow(refused);
    expect(params.require(chain.here()).targetValue).toBe(1_000_000n);
    chain.update({ targetValue: 5n });
    expect(params.require(chain.here()).targetValue).toBe(5n);
  });

  it.each([
    ['a supply below what is scheduled', { maxSupply: 1_000_001n, baseCap: 1n }],
    ['no epoch', { epochSeconds: 0n }],
    ['a cap above the supply', { baseCap: 1n << 40n }],
    ['streams that do not make a whole', { streams: [] }],
    ['another kind of network', { localnet: false, epochSeconds: 3600n }],
    ['an index of what the oracle has no price of', { index: [{ symbol: 'ETH', weightPpm: 1_000_000n }] }],
    ['an index that does not make a whole', { index: [{ symbol: 'BTC', weightPpm: 5n }] }],
  ])('with %s are refused by code, and the old ones hold', (_, change: Partial<Params>) => {
    const chain = start();
    for (let at = 0; at < 8; at++) chain.block();
    const before = params.require(chain.here());
    expect(() => chain.update(change)).toThrow(invalid);
    expect(params.require(chain.here())).toEqual(before);
  });
});
