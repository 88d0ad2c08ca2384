import { fromBech32 } from '@cosmjs/encoding';
import { moduleAddress } from '../../modules/auth/keeper.ts';
import { addresses, consensusAddress, consensusKey, denom, keyOf } from './keys.ts';

/** Module accounts of simd (ibc-go's simapp) that exist from genesis on, so that account numbers agree later. */
export const modulePermissions = {
  fee_collector: [],
  distribution: [],
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
  transfer: ['minter', 'burner'],
  interchainaccounts: [],
  feeibc: [],
  mock: [],
} as const;

/** Accounts that hold coins from genesis on: `a0` to `a899`, and `val0` and `val1` who run the first validators. */
export const accountNames: readonly string[] = [
  ...Array.from({ length: 900 }, (_, index) => `a${index}`),
  'val0',
  'val1',
];

/** Denominations besides the bond denom; `locked` may not be sent. */
export const otherDenoms: readonly string[] = ['aaa', 'foo/bar', 'ibc/27394FB092D2ECCD', 'locked', 'zzz'];

export const genesisTime = '2026-01-01T00:00:00Z';

interface Coin {
  readonly denom: string;
  readonly amount: string;
}

const tokens = { val0: 100_000_000_000_000n, val1: 30_000_000_000_000n } as const;

/** `app_state` for both chains, in the SDK's JSON. What grows by itself is switched off: inflation. */
export function appState(): Record<string, unknown> {
  const plain = accountNames.map((name, index) => ({
    '@type': '/cosmos.auth.v1beta1.BaseAccount',
    address: keyOf(name).text,
    pub_key: null,
    account_number: index.toString(),
    sequence: '0',
  }));
  const modules = Object.entries(modulePermissions).map(([name, permissions], index) => ({
    '@type': '/cosmos.auth.v1beta1.ModuleAccount',
    base_account: {
      address: addresses.accountText(moduleAddress(name)),
      pub_key: null,
      account_number: (accountNames.length + index).toString(),
      sequence: '0',
    },
    name,
    permissions,
  }));
  const coins = [...otherDenoms, denom]
    .sort()
    .map((name) => ({ denom: name, amount: name === denom ? '1000000000000' : '1000000' }));
  const balances = [
    ...accountNames.map((name) => ({ address: keyOf(name).text, coins })),
    {
      address: addresses.accountText(moduleAddress('bonded_tokens_pool')),
      coins: [{ denom, amount: (tokens.val0 + tokens.val1).toString() }],
    },
  ];
  return {
    auth: {
      params: {
        max_memo_characters: '256',
        tx_sig_limit: '7',
        tx_size_cost_per_byte: '10',
        sig_verify_cost_ed25519: '590',
        sig_verify_cost_secp256k1: '1000',
      },
      accounts: [...plain, ...modules],
    },
    bank: {
      params: { send_enabled: [], default_send_enabled: true },
      balances,
      supply: supplyOf(balances),
      denom_metadata: [metadata('zzz', 'Zed'), metadata('aaa', 'Ace')],
      send_enabled: [
        { denom: 'locked', enabled: false },
        { denom: 'zzz', enabled: true },
      ],
    },
    staking: {
      params: {
        unbonding_time: '1814400s',
        max_validators: 5,
        max_entries: 3,
        historical_entries: 10,
        bond_denom: denom,
        min_commission_rate: '0.010000000000000000',
      },
      last_total_power: '0',
      last_validator_powers: [],
      validators: [validator('val0'), validator('val1')],
      delegations: [selfDelegation('val0'), selfDelegation('val1')],
      unbonding_delegations: [],
      redelegations: [],
      exported: false,
    },
    genutil: { gen_txs: [] },
  };
}

/** Missed blocks put into jail after five of ten. */
function slashingState() {
  const signing = ['val0', 'val1'].map((name) => {
    const address = addresses.consensusText(consensusAddress(name));
    return {
      address,
      validator_signing_info: {
        address,
        start_height: '0',
        index_offset: '0',
        jailed_until: '1970-01-01T00:00:00Z',
        tombstoned: false,
        missed_blocks_counter: '0',
      },
    };
  });
  return {
    params: {
      signed_blocks_window: '10',
      min_signed_per_window: '0.500000000000000000',
      downtime_jail_duration: '600s',
      slash_fraction_double_sign: '0.050000000000000000',
      slash_fraction_downtime: '0.010000000000000000',
    },
    signing_infos: signing,
    missed_blocks: [],
  };
}

/** `app_state` of a chain that has no modules but those that are compared. */
export function peerState(): Record<string, unknown> {
  return { ...appState(), slashing: slashingState() };
}

/** Parts that only simd reads: no inflation, all fees to the community pool. */
export function simdState(simdDefaults: Record<string, unknown>): Record<string, unknown> {
  return {
    ...simdDefaults,
    ...peerState(),
    mint: {
      minter: { inflation: '0.000000000000000000', annual_provisions: '0.000000000000000000' },
      params: {
        mint_denom: denom,
        inflation_rate_change: '0.000000000000000000',
        inflation_max: '0.000000000000000000',
        inflation_min: '0.000000000000000000',
        goal_bonded: '0.670000000000000000',
        blocks_per_year: '6311520',
      },
    },
    distribution: {
      params: {
        community_tax: '1.000000000000000000',
        base_proposer_reward: '0.000000000000000000',
        bonus_proposer_reward: '0.000000000000000000',
        withdraw_addr_enabled: true,
      },
      fee_pool: { community_pool: [] },
      delegator_withdraw_infos: [],
      previous_proposer: '',
      outstanding_rewards: [],
      validator_accumulated_commissions: [],
      validator_historical_rewards: [],
      validator_current_rewards: [],
      delegator_starting_infos: [],
      validator_slash_events: [],
    },
  };
}

function validator(name: 'val0' | 'val1') {
  return {
    operator_address: keyOf(name).operator,
    consensus_pubkey: {
      '@type': '/cosmos.crypto.ed25519.PubKey',
      key: Buffer.from(consensusKey(name)).toString('base64'),
    },
    jailed: false,
    status: 'BOND_STATUS_BONDED',
    tokens: tokens[name].toString(),
    delegator_shares: `${tokens[name]}.000000000000000000`,
    description: { moniker: name, identity: '', website: 'https://example.org', security_contact: '', details: '' },
    unbonding_height: '0',
    unbonding_time: '1970-01-01T00:00:00Z',
    commission: {
      commission_rates: {
        rate: '0.100000000000000000',
        max_rate: '0.200000000000000000',
        max_change_rate: '0.010000000000000000',
      },
      update_time: genesisTime,
    },
    min_self_delegation: '1',
    unbonding_on_hold_ref_count: '0',
    unbonding_ids: [],
  };
}

function selfDelegation(name: 'val0' | 'val1') {
  const key = keyOf(name);
  return {
    delegator_address: key.text,
    validator_address: key.operator,
    shares: `${tokens[name]}.000000000000000000`,
  };
}

function metadata(base: string, name: string) {
  const display = `big${base}`;
  return {
    description: `about ${name}`,
    denom_units: [
      { denom: base, exponent: 0, aliases: [`micro${base}`] },
      { denom: display, exponent: 6, aliases: [] },
    ],
    base,
    display,
    name,
    symbol: base.toUpperCase(),
    uri: '',
    uri_hash: '',
  };
}

function supplyOf(balances: readonly { readonly coins: readonly Coin[] }[]): Coin[] {
  const sums = new Map<string, bigint>();
  for (const { coins } of balances)
    for (const { denom: name, amount } of coins) sums.set(name, (sums.get(name) ?? 0n) + BigInt(amount));
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, amount]) => ({ denom: name, amount: amount.toString() }));
}

/** Raw bytes of a Bech32 text of any prefix. */
export function bytesOf(text: string): Uint8Array {
  return fromBech32(text).data;
}
