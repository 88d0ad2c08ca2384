import type { Context } from './context.ts';
import type { MessageRoute, QueryRoute } from './message.ts';

/** A change of the validator set that CometBFT is told about; power 0 removes. */
export interface ValidatorUpdate {
  /** Ed25519 consensus public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly power: bigint;
}

/** One validator's part in the last block's commit, as the injected extended commit proves it. */
export interface ExtendedVote {
  /** Consensus address, 20 bytes. */
  readonly validator: Uint8Array;
  /** Power in the set that signed, taken from the state, never from the proposer. */
  readonly power: bigint;
  /** The signed extension; undefined when the validator was absent or voted nil. */
  readonly extension: Uint8Array | undefined;
}

/** One validator's place in the commit of the last block, as CometBFT decided it. */
export interface CommitVote {
  /** Consensus address, 20 bytes. */
  readonly validator: Uint8Array;
  /** Power in the set that signed. */
  readonly power: bigint;
  /** No vote at all; a vote for no block counts as present. */
  readonly absent: boolean;
}

/** A fault against consensus that CometBFT has proven and the block carries. What it names need not be known to anyone here. */
export interface Misbehavior {
  readonly kind: 'duplicate_vote' | 'light_client_attack';
  /** Consensus address, 20 bytes. */
  readonly validator: Uint8Array;
  /** The validator's power in the set of `height`, as CometBFT has checked it. */
  readonly power: bigint;
  /** Where it happened. */
  readonly height: bigint;
  /** Time of the block at `height`, nanoseconds since the Unix epoch. */
  readonly time: bigint;
}

/** A property of the whole state that must hold after each block; returns what is wrong, or undefined. */
export interface Invariant {
  readonly name: string;
  check(ctx: Context): string | undefined;
}

/** How the state goes over into a chain that begins at height 1 again. */
export interface ZeroHeight {
  /** A mark in the past, of which only that it is past counts: 0, or what is left from the old chain's last height on. */
  readonly past: (height: bigint) => bigint;
  /** A height at which something falls due or was decided, 0 for none: at least 1 where it was not 0. */
  readonly due: (height: bigint) => bigint;
  /** Operator addresses that stay free to validate, all others are jailed; undefined leaves everyone as they are. */
  readonly free: ReadonlySet<string> | undefined;
}

/** What a module offers the kernel; every hook is optional. Hooks run in the order in which modules are wired. */
export interface Module {
  readonly name: string;
  /** Names of the committed stores that this module owns (`acc` for auth, else its own name). */
  readonly stores: readonly string[];
  readonly messages?: readonly MessageRoute[];
  readonly queries?: readonly QueryRoute[];
  /** `state` is the module's part of `app_state`. Throws with the path of the wrong field. */
  initGenesis?(ctx: Context, state: unknown): readonly ValidatorUpdate[];
  /** Runs after the genesis txs of `app_state.genutil`: what they changed in the validator set. */
  afterGenesisTxs?(ctx: Context): readonly ValidatorUpdate[];
  /** The inverse of `initGenesis`, JSON-ready. */
  exportGenesis?(ctx: Context): unknown;
  /** Prepares the state, before it is exported and dropped, for a chain that begins at height 1. */
  beginAnew?(ctx: Context, zero: ZeroHeight): void;
  /** Runs before everything else of a block; whatever it throws stops the node, and nothing of the block is kept. */
  preBlock?(ctx: Context): void;
  /** Version of the module's state, 1 if left out; an upgrade migrates older states to it. */
  readonly version?: bigint;
  /** From each earlier version to the next one. */
  readonly migrations?: ReadonlyMap<bigint, (ctx: Context) => void>;
  /** Runs when the block carries the injected extended commit, before `beginBlock`. Votes are in the set's order. */
  voteExtensions?(ctx: Context, votes: readonly ExtendedVote[]): void;
  /** Runs with the votes on the last block, none at the first one; before `misbehavior`. A throw stops the chain for good. */
  lastCommit?(ctx: Context, votes: readonly CommitVote[]): void;
  /** Runs when the block carries evidence, before `beginBlock`. A throw stops the chain for good: nodes replay the block. */
  misbehavior?(ctx: Context, faults: readonly Misbehavior[]): void;
  beginBlock?(ctx: Context): void;
  endBlock?(ctx: Context): readonly ValidatorUpdate[];
  readonly invariants?: readonly Invariant[];
}
