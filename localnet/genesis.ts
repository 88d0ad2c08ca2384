import { readFileSync } from 'node:fs';
import { localnetAppState } from '../chain/node/defaultState.ts';
import { buildGenesis, type Genesis, type GenesisAccount } from '../chain/node/genesis.ts';
import type { NodeIdentity } from '../chain/node/nodeKeys.ts';
import { publicKey } from '../modules/beacon/ecvrf.ts';
import { createAddressCodec } from '../sdk/address.ts';
import { type TestAccount, testAddress, testVrfSeed } from './keys.ts';
import type { StoryArtifact, StoryData } from './story/data.ts';
import { httpUrl, type Topology } from './topology.ts';

/** Tokens in the bond denomination's smallest unit; 10^6 of them are one INF. */
const validatorStake = 100_000_000_000n;
const balances = { validator: validatorStake + 1_000_000_000n, worker: 10_000_000_000n, person: 10_000_000_000n };
const faucetBalance = 1_000_000_000_000n;

/** Ids of the objectives that the genesis lists. */
export const objectives = { penguins: 1n, digits: 2n } as const;

/**
 * The genesis of a local network: equal validators, funded test accounts, VRF keys and verifiers registered from the
 * first block on, and two listed objectives over the story's real data.
 */
export async function localGenesis(
  topology: Topology,
  identities: readonly NodeIdentity[],
  data: StoryData,
): Promise<Genesis> {
  const { prefix, denom, chainId } = topology;
  const addresses = createAddressCodec(prefix);
  const account = async (name: TestAccount, amount: bigint): Promise<GenesisAccount> => ({
    address: await testAddress(name, prefix),
    coins: [{ denom, amount: amount.toString() }],
  });
  const validators = await Promise.all(
    topology.validators.map(async ({ index, name }) => ({
      index,
      name,
      address: await testAddress(`validator${index}`, prefix),
    })),
  );
  const accounts = await Promise.all([
    ...validators.map(({ index }) => account(`validator${index}`, balances.validator)),
    ...validators.map(({ index }) => account(`worker${index}`, balances.worker)),
    account('faucet', faucetBalance),
    ...(['contributor', 'trainer', 'cheater'] as const).map((name) => account(name, balances.person)),
  ]);
  const base = localnetAppState(denom);
  const beaconKeys = identities.map(({ vrfPublicKey }, index) => ({
    operator: validators[index]?.address,
    public_key: base64(vrfPublicKey),
  }));
  const verifiers = await Promise.all(
    validators.map(async ({ index, address }) => ({
      operator: address,
      keys: {
        worker: await testAddress(`worker${index}`, prefix),
        vrf_public_key: base64(publicKey(testVrfSeed(index))),
        backend: 'cpu',
      },
    })),
  );
  return buildGenesis({
    chainId,
    prefix,
    denom,
    accounts,
    validators: validators.map(({ index, name, address }) => ({
      moniker: name,
      account: addresses.account(address),
      publicKey: identities[index]?.validatorPublicKey ?? new Uint8Array(),
      tokens: validatorStake,
    })),
    modules: {
      ...base,
      beacon: withField(base, 'beacon', 'keys', beaconKeys),
      contribution: withField(base, 'contribution', 'objectives', storyObjectives(topology, data)),
      verification: { params: verificationPace, verifiers },
    },
  });
}

/**
 * Windows in blocks of a bit more than half a second. A phase ends as soon as every seat has acted; the windows only
 * bound how long a silent one is waited for, on a machine that runs the whole network on two cores.
 */
const verificationPace = {
  ack_window: '40',
  commit_window: '120',
  reveal_window: '40',
  challenge_window: '8',
  run_window: '1200',
  dispute_move_window: '40',
  key_delay: '1',
  operator_cap_ppm: '1000000',
};

function storyObjectives(topology: Topology, data: StoryData): unknown[] {
  return [
    {
      id: objectives.penguins.toString(),
      title: 'Palmer penguins: measurements that tell the species',
      kind: 'CONTRIBUTION_KIND_DATA',
      metric: 'knn_shapley',
      schema: readFileSync(new URL('story/penguins.schema.json', import.meta.url), 'utf8'),
      holdouts: [artifact(topology, data.penguinsHoldout)],
      learner: 'knn',
      quality_gate_ppm: '700000',
      // Who always says "Adelie", the commonest species, is right for this share of the shard.
      baseline_ppm: '441176',
    },
    {
      id: objectives.digits.toString(),
      title: 'Handwritten digits: classify 28x28 images',
      kind: 'CONTRIBUTION_KIND_MODEL',
      metric: 'accuracy',
      holdouts: [artifact(topology, data.digitsHoldout)],
      baseline_ppm: '100000',
    },
  ];
}

/** Where an artifact of the story is served on the network, bound by its root. */
export function artifactUrl(topology: Topology, name: string): string {
  return httpUrl(topology.artifacts, `/story/${name}`);
}

function artifact(topology: Topology, { name, root, sizeBytes }: StoryArtifact) {
  return { root: base64(root), size_bytes: sizeBytes.toString(), uris: [artifactUrl(topology, name)] };
}

function withField(base: Record<string, unknown>, module: string, field: string, value: unknown): unknown {
  const state = base[module];
  return { ...(typeof state === 'object' ? state : {}), [field]: value };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
