import { SymbolPrice, VoteExtension } from '../../proto/generated/infinet/oracle/v1/tx.ts';
import { reason } from './failure.ts';

/** The longest extension that any node accepts. */
export const MAX_EXTENSION_BYTES = 256;

/** Randomness that this validator owes the beacon now. */
export interface BeaconInput {
  readonly round: bigint;
  /** What the round's proof is over. */
  readonly alpha: Uint8Array;
}

export interface ExtensionDeps {
  /** This node's view of prices, by symbol, in 10^-6. */
  readonly prices: () => ReadonlyMap<string, bigint>;
  /** When the oldest of them was seen, seconds since the Unix epoch; 0 or left out: the chain is not told. */
  readonly observedSeconds?: () => bigint;
  /** The oracle's symbols in the order of its parameters; an extension names them by index. */
  readonly symbols: () => readonly string[];
  /** Left out when the node has no VRF key. */
  readonly beacon?: {
    /** The round to prove, or undefined when this validator has no registered key or has already delivered. */
    readonly input: () => BeaconInput | undefined;
    /** ECVRF-EDWARDS25519-SHA512-TAI proof over alpha (RFC 9381), 80 bytes. */
    readonly prove: (alpha: Uint8Array) => Uint8Array;
  };
  /** Told when a part could not be made; the vote goes out without it. */
  readonly onProblem?: (part: 'prices' | 'beacon', problem: string) => void;
}

/** Makes what this validator signs into its precommit. Never throws: a part that fails is left out. */
export function createExtensionBuilder(deps: ExtensionDeps): () => Uint8Array {
  let proved: { round: bigint; alpha: string; proof: Uint8Array } | undefined;

  const attempt = <T>(part: 'prices' | 'beacon', work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      deps.onProblem?.(part, reason(error));
      return undefined;
    }
  };

  const beaconPart = () => {
    const input = deps.beacon?.input();
    if (deps.beacon === undefined || input === undefined) return undefined;
    const alpha = Buffer.from(input.alpha).toString('hex');
    // A proof takes milliseconds and a window lasts several blocks: the last one is kept.
    if (proved?.round !== input.round || proved.alpha !== alpha) {
      proved = { round: input.round, alpha, proof: deps.beacon.prove(input.alpha) };
    }
    return { beaconRound: proved.round, vrfProof: proved.proof };
  };

  const pricePart = () => {
    const known = deps.prices();
    return deps.symbols().flatMap((symbol, index) => {
      const valueMicro = known.get(symbol);
      return valueMicro === undefined ? [] : [SymbolPrice.fromPartial({ symbol: index, valueMicro })];
    });
  };

  return () => {
    const beacon = attempt('beacon', beaconPart) ?? {};
    let prices = attempt('prices', pricePart) ?? [];
    for (;;) {
      const observedSeconds = prices.length === 0 ? 0n : (attempt('prices', () => deps.observedSeconds?.()) ?? 0n);
      const said = VoteExtension.fromPartial({ ...beacon, prices, observedSeconds });
      const bytes = VoteExtension.encode(said).finish();
      if (bytes.length <= MAX_EXTENSION_BYTES) return bytes;
      // Randomness first: a price that finds no room is one opinion less, a missing proof a penalty.
      if (prices.length === 0) return new Uint8Array();
      prices = prices.slice(0, -1);
    }
  };
}
