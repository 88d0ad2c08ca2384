import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { toBech32 } from '@cosmjs/encoding';
import { z } from 'zod';
import { OperatorError, reason } from './failure.ts';
import { balanceShape, coinShape, type GenesisCoin, sortedCoins, supplyOf, transfer } from './genesisBank.ts';
import { replaceText } from './replaceText.ts';
import { fromSdkGenesis, isSdkGenesis } from './sdkGenesis.ts';

export interface GenesisAccount {
  /** Bech32 account address. */
  readonly address: string;
  readonly coins: readonly GenesisCoin[];
}

/** A validator that is bonded from the first block on, delegated to by its own account. */
export interface GenesisValidator {
  readonly moniker: string;
  /** Address of the operator's account, 20 bytes; its account must hold `tokens` on top of nothing else. */
  readonly account: Uint8Array;
  /** Ed25519 consensus key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Self-delegation in the bond denom's smallest unit, taken from the account's coins. */
  readonly tokens: bigint;
  /** Ed25519 key of the beacon's VRF, 32 bytes; without it the validator registers one later. */
  readonly vrfPublicKey?: Uint8Array;
  /** Decimals such as "0.1"; default 0.1, at most 0.2, at most 0.01 a day. */
  readonly commission?: { readonly rate: string; readonly maxRate: string; readonly maxChangeRate: string };
}

export interface GenesisOptions {
  readonly chainId: string;
  /** Bech32 prefix of account addresses. */
  readonly prefix: string;
  /** The bond denom, `uinf`. */
  readonly denom: string;
  /** RFC 3339; now if absent. */
  readonly time?: string;
  readonly accounts?: readonly GenesisAccount[];
  readonly validators?: readonly GenesisValidator[];
  /** Parts of `app_state` by module name; they replace what would stand there. */
  readonly modules?: Readonly<Record<string, unknown>>;
}

/** What of a genesis is read or changed here; everything else passes through untouched. */
const genesisShape = z.looseObject({
  chain_id: z.string().regex(/^[^\s]{1,50}$/, 'must be 1 to 50 characters without blanks'),
  genesis_time: z.string(),
  initial_height: z.string(),
  app_state: z.looseObject({
    infinet: z.looseObject({ bech32_prefix: z.string() }).optional(),
    auth: z.looseObject({ accounts: z.array(z.looseObject({ address: z.string().optional() })).default([]) }),
    bank: z.looseObject({ balances: z.array(balanceShape).default([]), supply: z.array(coinShape).default([]) }),
    staking: z.looseObject({
      params: z.looseObject({ bond_denom: z.string() }),
      validators: z.array(z.unknown()).default([]),
      delegations: z.array(z.unknown()).default([]),
    }),
    beacon: z.looseObject({ keys: z.array(z.unknown()).default([]) }).optional(),
    genutil: z.looseObject({ gen_txs: z.array(z.unknown()).default([]) }).optional(),
  }),
});

export type Genesis = z.infer<typeof genesisShape>;

/** A whole genesis: parameters' defaults, accounts with balances, validators bonded from the first block on. */
export function buildGenesis(options: GenesisOptions): Genesis {
  const empty: Genesis = {
    genesis_time: options.time ?? new Date().toISOString(),
    chain_id: options.chainId,
    initial_height: '1',
    consensus_params: {
      // Gas is what bounds the work of a block: 10^8 are some 1,000 sends, or a few seconds of the costliest messages.
      block: { max_bytes: '4194304', max_gas: '100000000' },
      evidence: { max_age_num_blocks: '100000', max_age_duration: '172800000000000', max_bytes: '1048576' },
      validator: { pub_key_types: ['ed25519'] },
      version: { app: '0' },
      // Prices and randomness ride on vote extensions from the first block on.
      abci: { vote_extensions_enable_height: '1' },
    },
    app_hash: '',
    app_state: {
      infinet: { bech32_prefix: options.prefix },
      auth: { params: authParams, accounts: [] },
      bank: {
        params: { send_enabled: [], default_send_enabled: true },
        balances: [],
        supply: [],
        denom_metadata: [],
        send_enabled: [],
      },
      staking: {
        params: { ...stakingParams, bond_denom: options.denom },
        last_total_power: '0',
        last_validator_powers: [],
        validators: [],
        delegations: [],
        unbonding_delegations: [],
        redelegations: [],
        exported: false,
      },
      genutil: { gen_txs: [] },
      ...options.modules,
    },
  };
  const withAccounts = (options.accounts ?? []).reduce(addAccount, parseGenesis(empty, 'genesis'));
  return (options.validators ?? []).reduce(addValidator, withAccounts);
}

/** Adds an account with a balance. Throws when the address is already there. */
export function addAccount(genesis: Genesis, account: GenesisAccount): Genesis {
  const { auth, bank } = genesis.app_state;
  if (auth.accounts.some(({ address }) => address === account.address)) {
    throw new OperatorError(`the genesis already has an account ${account.address}`);
  }
  const entry = {
    '@type': '/cosmos.auth.v1beta1.BaseAccount',
    address: account.address,
    pub_key: null,
    account_number: auth.accounts.length.toString(),
    sequence: '0',
  };
  const coins = sortedCoins(account.coins.filter(({ amount }) => BigInt(amount) > 0n));
  const balances = [...bank.balances, { address: account.address, coins }];
  return withState(genesis, {
    auth: { ...auth, accounts: [...auth.accounts, entry] },
    bank: { ...bank, balances, supply: supplyOf(balances) },
  });
}

/** Bonds a validator with its account's own tokens, as if its creation had been executed before the first block. */
export function addValidator(genesis: Genesis, validator: GenesisValidator): Genesis {
  const { bank, staking } = genesis.app_state;
  const denom = staking.params.bond_denom;
  const prefix = bech32Prefix(genesis);
  const account = toBech32(prefix, validator.account);
  const operator = toBech32(`${prefix}valoper`, validator.account);
  const shares = `${validator.tokens}.${'0'.repeat(18)}`;
  const commission = validator.commission ?? { rate: '0.1', maxRate: '0.2', maxChangeRate: '0.01' };
  const pool = toBech32(prefix, moduleAccountAddress('bonded_tokens_pool'));
  const balances = transfer(bank.balances, { from: account, to: pool, denom, amount: validator.tokens });
  return withState(addVrfKey(genesis, account, validator.vrfPublicKey), {
    bank: { ...bank, balances },
    staking: {
      ...staking,
      validators: [
        ...staking.validators,
        {
          operator_address: operator,
          consensus_pubkey: {
            '@type': '/cosmos.crypto.ed25519.PubKey',
            key: Buffer.from(validator.publicKey).toString('base64'),
          },
          jailed: false,
          status: 'BOND_STATUS_BONDED',
          tokens: validator.tokens.toString(),
          delegator_shares: shares,
          description: { moniker: validator.moniker, identity: '', website: '', security_contact: '', details: '' },
          unbonding_height: '0',
          unbonding_time: '1970-01-01T00:00:00Z',
          commission: {
            commission_rates: {
              rate: decimal(commission.rate),
              max_rate: decimal(commission.maxRate),
              max_change_rate: decimal(commission.maxChangeRate),
            },
            update_time: genesis.genesis_time,
          },
          min_self_delegation: '1',
          unbonding_on_hold_ref_count: '0',
          unbonding_ids: [],
        },
      ],
      delegations: [...staking.delegations, { delegator_address: account, validator_address: operator, shares }],
    },
  });
}

/** Lets the operator of a genesis validator take part in the beacon from its first round on. */
export function addVrfKey(genesis: Genesis, account: string, publicKey: Uint8Array | undefined): Genesis {
  if (publicKey === undefined || publicKey.length === 0) return genesis;
  const { beacon } = genesis.app_state;
  const key = { operator: account, public_key: Buffer.from(publicKey).toString('base64') };
  return withState(genesis, { beacon: { ...beacon, keys: [...(beacon?.keys ?? []), key] } });
}

/**
 * Checks the parts that this program reads. The SDK's own form is turned into CometBFT's. Throws with the path of the first
 * wrong field.
 */
export function parseGenesis(value: unknown, name: string): Genesis {
  try {
    return genesisShape.parse(isSdkGenesis(value) ? fromSdkGenesis(value) : value);
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    throw new OperatorError(`${name}: ${issue === undefined ? reason(error) : issueText(issue)}`);
  }
}

function issueText({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? `not a genesis: ${message}` : `${path.join('.')}: ${message}`;
}

/** `parseGenesis` of a file's text. */
export function parseGenesisText(text: string, name: string): Genesis {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new OperatorError(`cannot read the genesis ${name}: ${reason(error)}`, { cause: error });
  }
  return parseGenesis(value, name);
}

export function readGenesis(path: string): Genesis {
  return parseGenesisText(readGenesisText(path), path);
}

export function readGenesisText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OperatorError(`cannot read the genesis ${path}: ${reason(error)}`, { cause: error });
  }
}

/** Replaces the file in one step; others may read it. */
export function writeGenesis(path: string, genesis: Genesis): void {
  replaceText(path, `${JSON.stringify(genesis, undefined, 2)}\n`, 0o666);
}

/** The prefix that the genesis declares, else the one of its first account. */
export function bech32Prefix(genesis: Genesis): string {
  const declared = genesis.app_state.infinet?.bech32_prefix;
  if (declared !== undefined) return declared;
  const first = genesis.app_state.auth.accounts.find(({ address }) => address !== undefined)?.address;
  const prefix = first?.slice(0, first.lastIndexOf('1'));
  if (prefix === undefined || prefix === '') {
    throw new OperatorError('the genesis has neither app_state.infinet.bech32_prefix nor an account to take it from');
  }
  return prefix;
}

/** True if somebody can make the first block: a bonded validator, a genesis tx, or a set that CometBFT reads itself. */
export function hasValidators({ validators, app_state }: Genesis): boolean {
  const lists = [validators, app_state.staking.validators, app_state.genutil?.gen_txs];
  return lists.some((list) => Array.isArray(list) && list.length > 0);
}

const authParams = {
  max_memo_characters: '256',
  tx_sig_limit: '7',
  tx_size_cost_per_byte: '10',
  sig_verify_cost_ed25519: '590',
  sig_verify_cost_secp256k1: '1000',
};

const stakingParams = {
  unbonding_time: '1814400s',
  max_validators: 100,
  max_entries: 7,
  historical_entries: 10000,
  min_commission_rate: '0.000000000000000000',
};

/** As in the SDK: the first 20 bytes of SHA-256 of the name. */
function moduleAccountAddress(name: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(name).digest().subarray(0, 20));
}

function withState(genesis: Genesis, parts: Partial<Genesis['app_state']>): Genesis {
  return { ...genesis, app_state: { ...genesis.app_state, ...parts } };
}

/** "0.1" with all 18 places, as the SDK writes decimals. */
function decimal(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(18, '0')}`;
}
