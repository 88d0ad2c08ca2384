import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defaultAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis, writeGenesis } from '../../chain/node/genesis.ts';
import { initHome } from '../../chain/node/home.ts';
import { homePaths } from '../../chain/node/paths.ts';
import { editToml, type TomlEdits } from '../../chain/node/tomlEdit.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { chainId, senders } from './load.ts';

/** How CometBFT talks to a state machine outside of it. */
export type Transport = 'socket' | 'grpc';

/** What of CometBFT's config.toml the measurement fixes, the same for both chains. */
function cometEdits({ rpc, p2p, abci }: Ports, transport: Transport): TomlEdits {
  return {
    '': { proxy_app: transport === 'grpc' ? abci : `tcp://${abci}`, abci: transport, log_level: 'error' },
    rpc: { laddr: `tcp://${rpc}`, pprof_laddr: '' },
    p2p: { laddr: `tcp://${p2p}` },
    mempool: { size: 100_000, cache_size: 200_000, max_txs_bytes: 1_073_741_824 },
    consensus: { timeout_commit: '500ms' },
    tx_index: { indexer: 'kv' },
  };
}

export interface Ports {
  readonly rpc: string;
  readonly p2p: string;
  readonly abci: string;
  readonly api: string;
}

const stake = 1_000_000_000_000n;
const coins = '1000000000';
/** Owner of the one validator. */
const owner = new Uint8Array(20).fill(9);

export async function makeOurHome(home: string, cometbft: string, ports: Ports, transport: Transport): Promise<void> {
  const addresses = createAddressCodec('infinet');
  const identity = await initHome({
    home,
    moniker: 'bench',
    cometbft,
    comet: { rpc: ports.rpc, p2p: ports.p2p },
    config: { abci: ports.abci, api: ports.api, logLevel: 'error' },
  });
  edit(homePaths(home).cometConfig, cometEdits(ports, transport));
  edit(homePaths(home).config, { abci: { transport } });
  const denom = 'uinf';
  const balances = senders.map((address) => ({
    address: addresses.accountText(address),
    coins: [{ denom, amount: coins }],
  }));
  const genesis = buildGenesis({
    chainId,
    prefix: 'infinet',
    denom,
    accounts: [...balances, { address: addresses.accountText(owner), coins: [{ denom, amount: stake.toString() }] }],
    validators: [{ moniker: 'bench', account: owner, publicKey: identity.validatorPublicKey, tokens: stake }],
    modules: defaultAppState(denom),
  });
  // The peer's blocks have no gas limit either.
  const { consensus_params } = genesis;
  const unbounded = { ...z.looseObject({}).parse(consensus_params), block: { max_bytes: '4194304', max_gas: '-1' } };
  writeGenesis(homePaths(home).genesis, { ...genesis, consensus_params: unbounded });
}

const genesisShape = z.looseObject({
  chain_id: z.string(),
  genesis_time: z.string(),
  consensus: z.looseObject({ params: z.unknown() }),
  app_state: z.looseObject({
    bank: z.looseObject({}),
    auth: z.looseObject({}),
    staking: z.looseObject({}),
    slashing: z.looseObject({}),
  }),
});
const keyShape = z.looseObject({ pub_key: z.object({ value: z.string() }) });

/** A home of simd with the same accounts, balances and validator. */
export function makeSimdHome(home: string, simd: string, ports: Ports, transport: Transport): void {
  execFileSync(simd, ['init', 'bench', '--chain-id', chainId, '--home', home], { stdio: 'ignore' });
  edit(join(home, 'config', 'config.toml'), cometEdits(ports, transport));
  const path = join(home, 'config', 'genesis.json');
  const genesis = genesisShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  const keyPath = join(home, 'config', 'priv_validator_key.json');
  const publicKey = keyShape.parse(JSON.parse(readFileSync(keyPath, 'utf8'))).pub_key.value;
  const { app_state } = genesis;
  Object.assign(app_state, simdState(app_state, publicKey));
  // In CometBFT's own form, which simd reads too.
  const { chain_id, genesis_time, consensus } = genesis;
  const whole = {
    genesis_time,
    chain_id,
    initial_height: '1',
    consensus_params: consensus.params,
    app_hash: '',
    app_state,
  };
  writeFileSync(path, JSON.stringify(whole));
}

function simdState(state: z.infer<typeof genesisShape>['app_state'], publicKey: string): Record<string, unknown> {
  const addresses = createAddressCodec('cosmos');
  const denom = 'stake';
  const all = [...senders, owner];
  const pool = Uint8Array.from(createHash('sha256').update('bonded_tokens_pool').digest().subarray(0, 20));
  const consensus = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest().subarray(0, 20);
  const signer = addresses.consensusText(Uint8Array.from(consensus));
  const balances = [
    ...senders.map((address) => ({ address: addresses.accountText(address), coins: [{ denom, amount: coins }] })),
    { address: addresses.accountText(pool), coins: [{ denom, amount: stake.toString() }] },
  ];
  const shares = `${stake}.000000000000000000`;
  const total = BigInt(coins) * BigInt(senders.length) + stake;
  return {
    auth: {
      ...state.auth,
      accounts: all.map((address, index) => ({
        '@type': '/cosmos.auth.v1beta1.BaseAccount',
        address: addresses.accountText(address),
        pub_key: null,
        account_number: index.toString(),
        sequence: '0',
      })),
    },
    bank: { ...state.bank, balances, supply: [{ denom, amount: total.toString() }] },
    slashing: {
      ...state.slashing,
      signing_infos: [
        {
          address: signer,
          validator_signing_info: {
            address: signer,
            start_height: '0',
            index_offset: '0',
            jailed_until: '1970-01-01T00:00:00Z',
            tombstoned: false,
            missed_blocks_counter: '0',
          },
        },
      ],
    },
    staking: {
      ...state.staking,
      validators: [
        {
          operator_address: addresses.operatorText(owner),
          consensus_pubkey: { '@type': '/cosmos.crypto.ed25519.PubKey', key: publicKey },
          jailed: false,
          status: 'BOND_STATUS_BONDED',
          tokens: stake.toString(),
          delegator_shares: shares,
          description: { moniker: 'bench', identity: '', website: '', security_contact: '', details: '' },
          unbonding_height: '0',
          unbonding_time: '1970-01-01T00:00:00Z',
          commission: {
            commission_rates: {
              rate: '0.100000000000000000',
              max_rate: '0.200000000000000000',
              max_change_rate: '0.010000000000000000',
            },
            update_time: '2026-01-01T00:00:00Z',
          },
          min_self_delegation: '1',
          unbonding_on_hold_ref_count: '0',
          unbonding_ids: [],
        },
      ],
      delegations: [
        {
          delegator_address: addresses.accountText(owner),
          validator_address: addresses.operatorText(owner),
          shares,
        },
      ],
    },
  };
}

function edit(path: string, edits: TomlEdits): void {
  writeFileSync(path, editToml(readFileSync(path, 'utf8'), edits));
}
