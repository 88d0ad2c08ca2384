import { defaultNodeSettings } from '../../chain/app/options.ts';
import { localnetAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis } from '../../chain/node/genesis.ts';
import type { abci, cometParams } from '../../sdk/codec/index.ts';
import { addresses, chainId, denom, digest, everyone, genesisOperators, vrfPublicKey } from './actors.ts';

export const settings = { ...defaultNodeSettings, invariantPeriod: 1n };

export const genesisSeconds = 1_767_225_600n;
const stake = 100_000_000_000n;
const balance = 1_000_000_000_000n;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Short windows, so that a few hundred blocks see every deadline pass. */
const verificationParams = {
  ack_window: '4',
  commit_window: '5',
  reveal_window: '4',
  challenge_window: '8',
  run_window: '12',
  dispute_move_window: '5',
  max_open_disputes: 2,
  key_delay: '5',
  units_per_seat: 6,
  min_run_stake: '1000',
  min_dispute_bond: '100',
  gflop_price_micro: '1000',
  operator_cap_ppm: '1000000',
};

export const schema = '{"columns":[]}';

const contribution = {
  params: {
    min_deposit: { denom, amount: '100' },
    min_objective_bond: { denom, amount: '1000' },
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
    { title: 'Training', kind: 'CONTRIBUTION_KIND_COMPUTE', metric: 'megaflop' },
  ],
};

/** `app_state`: five equal validators with beacon and verifier keys, everyone rich, everything quick. */
export function appState(): Record<string, unknown> {
  const base = localnetAppState(denom);
  const genesis = buildGenesis({
    chainId,
    prefix: addresses.prefix,
    denom,
    time: '2026-01-01T00:00:00Z',
    accounts: everyone.map(({ text }) => ({
      address: text,
      coins: [
        { denom, amount: balance.toString() },
        { denom: 'other', amount: '1000000' },
      ],
    })),
    validators: genesisOperators.map(({ name, address, consensus }) => ({
      moniker: name,
      account: address,
      publicKey: consensus.publicKey,
      tokens: stake,
    })),
    modules: {
      ...base,
      contribution,
      verification: {
        params: verificationParams,
        verifiers: genesisOperators.map(({ text, worker, verifierSeed }, index) => ({
          operator: text,
          keys: {
            worker: worker.text,
            vrf_public_key: base64(vrfPublicKey(verifierSeed)),
            backend: index % 2 === 0 ? 'cpu' : 'wasm',
          },
        })),
      },
    },
  });
  const { staking } = genesis.app_state;
  return {
    ...genesis.app_state,
    infinet: { bech32_prefix: addresses.prefix, min_gas_prices: '0.0001uinf' },
    staking: {
      ...staking,
      params: { ...staking.params, unbonding_time: '90s', max_validators: 6, max_entries: 3, historical_entries: 20 },
    },
    // Who is away for half a dozen blocks is jailed; back a few blocks later.
    slashing: {
      params: {
        signed_blocks_window: '10',
        min_signed_per_window: '0.5',
        downtime_jail_duration: '20s',
        slash_fraction_double_sign: '0.05',
        slash_fraction_downtime: '0.01',
      },
    },
    beacon: {
      params: {
        window_blocks: '3',
        rotation_rounds: '4',
        history_rounds: '20',
        penalty_window_rounds: '10',
        free_misses: '2',
        slash_fraction_ppm: '100',
        jail_misses: '7',
        jail_seconds: '20',
        overdue_windows: '3',
      },
      keys: genesisOperators.map(({ text, beaconSeeds }) => ({
        operator: text,
        public_key: base64(vrfPublicKey(beaconSeeds[0] ?? digest('none'))),
      })),
    },
  };
}

/** InitChain for a chain that starts at `height` with these validators. */
export function initChainRequest(
  state: Record<string, unknown>,
  height = 1n,
  time = genesisSeconds,
  params?: cometParams.ConsensusParams,
): abci.RequestInitChain {
  return {
    time: { seconds: time, nanos: 0 },
    chainId,
    consensusParams: {
      block: params?.block ?? { maxBytes: 4_194_304n, maxGas: 200_000_000n },
      evidence: params?.evidence ?? {
        maxAgeNumBlocks: 100n,
        maxAgeDuration: { seconds: 600n, nanos: 0 },
        maxBytes: 1_048_576n,
      },
      validator: { pubKeyTypes: ['ed25519'] },
      version: { app: 0n },
      abci: { voteExtensionsEnableHeight: height },
    },
    validators: [],
    appStateBytes: Buffer.from(JSON.stringify(state)),
    initialHeight: height,
  };
}
