import type { cometParams } from '../../sdk/codec/index.ts';
import { jsonTime } from '../time.ts';

/** A committed state as a new chain may begin with it. */
export interface ExportedState {
  readonly height: bigint;
  /** Time of the block, nanoseconds since the Unix epoch. */
  readonly time: bigint;
  readonly consensusParams: cometParams.ConsensusParams | undefined;
  readonly appState: Readonly<Record<string, unknown>>;
}

/**
 * The genesis file of a chain that goes on from a committed state, in CometBFT's JSON: the first height follows the
 * exported one (or is 1, of a state that was exported so), the first validators are those that the state has bonded.
 */
export function exportedGenesis(
  chainId: string,
  state: ExportedState,
  { forZeroHeight = false }: { readonly forZeroHeight?: boolean } = {},
): Record<string, unknown> {
  const initialHeight = forZeroHeight ? 1n : state.height + 1n;
  const { block, evidence, validator, version, abci } = state.consensusParams ?? {};
  const age = evidence?.maxAgeDuration;
  const enabled = abci?.voteExtensionsEnableHeight ?? 0n;
  // Votes of heights that the new chain does not have cannot be asked for.
  const counted = forZeroHeight && enabled > 0n ? enabled - state.height : enabled;
  const enableHeight = enabled > 0n && counted < initialHeight ? initialHeight : counted;
  return {
    genesis_time: jsonTime(state.time),
    chain_id: chainId,
    initial_height: initialHeight.toString(),
    consensus_params: {
      block: { max_bytes: text(block?.maxBytes ?? 4_194_304n), max_gas: text(block?.maxGas ?? -1n) },
      evidence: {
        max_age_num_blocks: text(evidence?.maxAgeNumBlocks ?? 100_000n),
        max_age_duration: text(
          age === undefined ? 172_800_000_000_000n : age.seconds * 1_000_000_000n + BigInt(age.nanos),
        ),
        max_bytes: text(evidence?.maxBytes ?? 1_048_576n),
      },
      validator: { pub_key_types: validator?.pubKeyTypes ?? ['ed25519'] },
      version: { app: text(version?.app ?? 0n) },
      abci: { vote_extensions_enable_height: text(enableHeight) },
    },
    app_hash: '',
    app_state: state.appState,
  };
}

function text(value: bigint): string {
  return value.toString();
}
