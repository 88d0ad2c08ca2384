import type { abci } from '../../sdk/codec/index.ts';
import type { AbciApplication } from '../abci/handlers.ts';
import type { StateQueries } from '../api/backend.ts';
import type { ExtensionSource } from '../app/extensionSource.ts';
import type { NodeSettings } from '../app/options.ts';
import type { Logger } from '../logger.ts';
import type { Pruning } from '../store/pruning.ts';
import type { Snapshot } from '../store/snapshots.ts';
import type { ExportedState } from './exportGenesis.ts';
import type { BeaconInput } from './extension.ts';

/** What the node reads out of the committed state to make its vote extensions. */
export interface ExtensionState {
  /** The oracle's symbols in the order in which extensions number them. */
  symbols(): readonly string[];
  /** What the owner of this VRF key (32 bytes) has to prove now, if anything. */
  beaconInput(publicKey: Uint8Array): BeaconInput | undefined;
  /** RFC 9381 proof with a seed of 32 bytes. */
  prove(seed: Uint8Array, alpha: Uint8Array): Uint8Array;
}

/** A chain in which somebody holds the key of governance, and software that knows more upgrades. */
export interface SimulatedWiring {
  /** Address that may send what only governance may. */
  readonly authority: Uint8Array;
  /** Names of upgrades that the software knows; they migrate modules and do nothing else. */
  readonly upgrades: readonly string[];
}

export interface StateMachineOptions {
  readonly chainId: string;
  readonly bech32Prefix: string;
  /** Folder of the committed state; undefined keeps it in memory. */
  readonly stateFolder: string | undefined;
  /** Which versions of the state stay readable; `default` if not given. */
  readonly pruning?: Pruning;
  /** Every so many blocks a snapshot for nodes that join, and how many of them stay; none if not given. */
  readonly snapshots?: { readonly interval: number; readonly keepRecent: number };
  readonly logger: Logger;
  readonly settings: NodeSettings;
  /** Heights whose planned upgrades are skipped, as all operators have agreed. */
  readonly skipUpgrades?: readonly bigint[];
  /** What a simulated chain has otherwise than the real one; no setting reaches it. */
  readonly simulated?: SimulatedWiring;
  /** Makes the source of vote extensions once the state can be read. */
  readonly extensions: (state: ExtensionState) => ExtensionSource;
}

/** An export for a chain that begins at height 1. */
export interface ZeroHeightExport {
  /** Operator addresses that stay free to validate, all others are jailed; undefined leaves everyone as they are. */
  readonly free: ReadonlySet<string> | undefined;
}

/** The wired application with its open store; `chain/main.ts` makes one. */
export interface StateMachine {
  readonly application: AbciApplication;
  /** Its `finalizeBlock` with `pause` every few milliseconds. */
  finalizeInSlices(request: abci.RequestFinalizeBlock, pause: () => Promise<void>): Promise<abci.ResponseFinalizeBlock>;
  /** Every query that committed state answers. */
  readonly queries: StateQueries;
  /** Height of the last committed block; 0 before the first. */
  readonly height: bigint;
  /** 32 bytes. */
  readonly appHash: Uint8Array;
  /** The state of a kept height, 0 for the last one. Throws `sdk` 18 or 26 for others. */
  exportState(height: bigint, anew?: ZeroHeightExport): ExportedState;
  /** Takes a snapshot of a kept height, 0 for the last one, and resolves with the height. */
  takeSnapshot(height: bigint): Promise<bigint>;
  /** Makes the state anew from a snapshot of this home; only one without blocks takes it. Rejects unless it has this app hash. */
  restoreSnapshot(
    snapshot: Snapshot,
    appHash: Uint8Array,
    onProgress: (done: number, of: number) => void,
  ): Promise<void>;
  /** What the first block would begin with, of a state without blocks; throws with the path of what is wrong. */
  tryGenesis(request: abci.RequestInitChain): readonly abci.ValidatorUpdate[];
  /** Closes the store's files. */
  close(): Promise<void>;
}

export type OpenStateMachine = (options: StateMachineOptions) => Promise<StateMachine>;
