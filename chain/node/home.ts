import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseConfig } from './config.ts';
import { type ConfigValues, configTemplate } from './configTemplate.ts';
import { OperatorError } from './failure.ts';
import { writeHomeFormat } from './homeFormat.ts';
import { type NodeIdentity, type NodeKeySeeds, randomSeeds, readIdentity, writeNodeKeys } from './nodeKeys.ts';
import { homePaths } from './paths.ts';
import { runOrFail } from './subprocess.ts';
import { editToml, type TomlEdits, writeToml } from './tomlEdit.ts';

/** What differs between nodes in CometBFT's config.toml; everything else keeps CometBFT's default. */
export interface CometSettings {
  /** host:port for clients (JSON-RPC and websocket). */
  readonly rpc: string;
  /** host:port for other nodes. */
  readonly p2p: string;
  /** `<node id>@host:port` of the nodes to stay connected to. */
  readonly persistentPeers?: readonly string[];
  readonly seeds?: readonly string[];
  /** Pause after a block, milliseconds. */
  readonly timeoutCommitMs?: number;
  /** `kv` for nodes that serve `tx` and `tx_search`; `null` saves half of CometBFT's work on the others. */
  readonly indexer?: 'kv' | 'null';
  /** Drops block results, which the indexer needs, to save room. */
  readonly discardResponses?: boolean;
  /** All nodes are on one machine: same IP addresses and private ranges are allowed. */
  readonly local?: boolean;
  readonly logLevel?: string;
  /** Anything else, by section and key. */
  readonly more?: TomlEdits;
}

export interface InitHomeOptions {
  readonly home: string;
  /** A name for people. */
  readonly moniker: string;
  readonly comet: CometSettings;
  readonly config: ConfigValues;
  /** Left out: new random keys. */
  readonly seeds?: NodeKeySeeds;
  /**
   * Path of CometBFT, whose `init` writes config.toml with all settings and their comments. Without it config.toml holds
   * only the settings above, and CometBFT takes its defaults for the rest.
   */
  readonly cometbft?: string;
}

/**
 * Makes a node's home: keys, config.toml, infinet.toml; the genesis comes separately (`writeGenesis`).
 * Throws when the folder is already a home; keys are never replaced.
 */
export async function initHome(options: InitHomeOptions): Promise<NodeIdentity> {
  const paths = homePaths(options.home);
  if (existsSync(paths.config)) {
    throw new OperatorError(`${options.home} is already a node's home: choose another --home, or delete it first`);
  }
  const config = configTemplate(options.config);
  parseConfig(config);
  for (const folder of ['config', 'data']) mkdirSync(`${options.home}/${folder}`, { recursive: true, mode: 0o700 });
  writeNodeKeys(paths, options.seeds ?? randomSeeds());
  const edits = cometEdits(options);
  if (options.cometbft === undefined) writeFileSync(paths.cometConfig, writeToml(edits));
  else {
    await runOrFail(options.cometbft, ['init', 'full', '--home', options.home]);
    writeFileSync(paths.cometConfig, editToml(readFileSync(paths.cometConfig, 'utf8'), edits));
  }
  writeHomeFormat(options.home);
  // The last file written marks the home as complete.
  writeFileSync(paths.config, config);
  return readIdentity(paths);
}

function cometEdits(options: InitHomeOptions): TomlEdits {
  const { comet } = options;
  const base: Record<string, Record<string, string | number | boolean>> = {
    '': { proxy_app: `tcp://${options.config.abci}`, moniker: options.moniker, log_level: comet.logLevel ?? 'info' },
    rpc: { laddr: `tcp://${comet.rpc}` },
    p2p: {
      laddr: `tcp://${comet.p2p}`,
      persistent_peers: (comet.persistentPeers ?? []).join(','),
      seeds: (comet.seeds ?? []).join(','),
      addr_book_strict: comet.local !== true,
      allow_duplicate_ip: comet.local === true,
      // On one machine there is no network to spare: without these waits a block takes a third less.
      ...(comet.local === true ? { flush_throttle_timeout: '10ms' } : {}),
    },
    consensus: {
      ...(comet.local === true ? { peer_gossip_sleep_duration: '20ms' } : {}),
      timeout_commit: `${comet.timeoutCommitMs ?? 1000}ms`,
    },
    storage: { discard_abci_responses: comet.discardResponses ?? false },
    tx_index: { indexer: comet.indexer ?? 'kv' },
  };
  const merged: Record<string, TomlEdits[string]> = { ...base };
  for (const [section, values] of Object.entries(comet.more ?? {})) {
    merged[section] = { ...merged[section], ...values };
  }
  return merged;
}
