import { join } from 'node:path';

/** Where things lie in a node's home. CometBFT and infinetd share the home; each writes only its own files. */
export interface HomePaths {
  readonly home: string;
  /** CometBFT's settings. */
  readonly cometConfig: string;
  /** infinetd's settings. */
  readonly config: string;
  readonly genesis: string;
  /** Says the format of the home. */
  readonly format: string;
  readonly nodeKey: string;
  readonly validatorKey: string;
  readonly validatorState: string;
  /** Ed25519 seed of the beacon's VRF, 32 raw bytes. */
  readonly vrfKey: string;
  /** Signed genesis transactions, one JSON file each, until `genesis collect`. */
  readonly gentxs: string;
  readonly keyring: string;
  /** The chain's state: change-set log and checkpoints. */
  readonly state: string;
  /** Snapshots for nodes that join, one folder each. */
  readonly snapshots: string;
  readonly lock: string;
}

export function homePaths(home: string): HomePaths {
  const config = join(home, 'config');
  return {
    home,
    cometConfig: join(config, 'config.toml'),
    config: join(config, 'infinet.toml'),
    genesis: join(config, 'genesis.json'),
    format: join(config, 'home.json'),
    nodeKey: join(config, 'node_key.json'),
    validatorKey: join(config, 'priv_validator_key.json'),
    validatorState: join(home, 'data', 'priv_validator_state.json'),
    vrfKey: join(config, 'vrf_key'),
    gentxs: join(config, 'gentx'),
    keyring: join(home, 'keyring'),
    state: join(home, 'data', 'infinet'),
    snapshots: join(home, 'data', 'infinet', 'snapshots'),
    lock: join(home, 'infinetd.lock'),
  };
}
