import { expect, it } from 'vitest';
import { Context } from '../../chain/context.ts';
import { MemoryState } from '../../chain/store/memory.ts';
import { MsgClaimRewards } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { createAuth } from '../auth/index.ts';
import { moduleAddress } from '../auth/keeper.ts';
import { createBank } from '../bank/index.ts';
import { streamNames } from './formulas.ts';
import { createRewards } from './index.ts';

const addresses = createAddressCodec('infinet');
const account = (id: number): Uint8Array => new Uint8Array(20).fill(id);
const SECOND = 1_000_000_000n;

const genesis = {
  params: {
    epoch_seconds: '60',
    max_supply: '21000000000000',
    base_cap: '1000000007',
    target_value: '1000000007',
    reserve_bound: '0',
    reserve_ceiling: '0',
    stale_epochs: '1',
    index: [{ symbol: 'BTC', weight_ppm: '1000000' }],
    streams: streamNames.map((name, at) => ({
      name,
      share_ppm: at === 0 ? '400000' : '100000',
      rate: at < 5 ? '1000000000' : '0',
    })),
    verifier_allowance: '1000000000',
    verifier_fee_multiple_ppm: '0',
  },
};

it("makes the chain's supply grow by exactly what epochs pay, wherever it goes", () => {
  const permissions = { fee_collector: [], rewards: ['minter'], community_pool: [] } as const;
  const auth = createAuth({ addresses, modulePermissions: permissions });
  const blockedModules = Object.keys(permissions);
  const bank = createBank({ addresses, accounts: auth.keeper, blockedModules, authority: moduleAddress('gov') });
  const staking = {
    bondedValidators: () => [1, 2, 3].map((id) => ({ operator: account(id), power: BigInt(id) })),
    bondDenom: () => 'uinf',
  };
  const oracle = { slowPrice: () => ({ value: 7n, stale: false }), startPrice: () => 7n };
  const { module, keeper } = createRewards({
    addresses,
    bank: bank.keeper,
    staking,
    oracle,
    authority: moduleAddress('gov'),
    pools: blockedModules,
  });

  const memory = new MemoryState();
  const at = (height: bigint): Context =>
    new Context({ chainId: 'supply', height, time: height * 61n * SECOND, proposer: account(1) }, memory);
  auth.module.initGenesis?.(at(0n), {
    params: {
      max_memo_characters: '256',
      tx_sig_limit: '7',
      tx_size_cost_per_byte: '10',
      sig_verify_cost_ed25519: '590',
      sig_verify_cost_secp256k1: '1000',
    },
    accounts: [],
  });
  const coins = [{ denom: 'uinf', amount: '5000' }];
  bank.module.initGenesis?.(at(0n), { balances: [{ address: addresses.accountText(account(9)), coins }] });
  module.initGenesis?.(at(0n), genesis);
  module.endBlock?.(at(1n));

  for (let epoch = 1n; epoch <= 4n; epoch++) {
    const ctx = at(epoch + 1n);
    for (const id of [4, 5, 6]) {
      const contributionId = epoch * 10n + BigInt(id);
      keeper.addWeight(ctx, { contributionId, kind: 1, beneficiary: account(id), weight: 333_333n * BigInt(id) });
    }
    keeper.addVerifierWork(ctx, account(2), 11n);
    module.endBlock?.(ctx);
    const claim = MsgClaimRewards.encode({ claimant: addresses.accountText(account(4)) }).finish();
    if (epoch === 2n) module.messages?.[0]?.prepare(claim).handle(ctx);

    const pool = bank.keeper.balance(ctx, moduleAddress('community_pool'), 'uinf');
    const owed = [1, 2, 3, 4, 5, 6].reduce((sum, id) => sum + keeper.claimable(ctx, account(id)), 0n);
    const claimed = bank.keeper.balance(ctx, account(4), 'uinf');
    expect(bank.keeper.balance(ctx, moduleAddress('rewards'), 'uinf')).toBe(owed);
    expect(bank.keeper.supply(ctx, 'uinf')).toBe(5000n + pool + owed + claimed);
    expect(pool > 0n && owed > 0n).toBe(true);
    expect(claimed > 0n).toBe(epoch >= 2n);
    for (const { name, check } of [...(bank.module.invariants ?? []), ...(module.invariants ?? [])]) {
      expect(check(ctx), name).toBeUndefined();
    }
  }
});
