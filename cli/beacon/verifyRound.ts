import { fromBech32 } from '@cosmjs/encoding';
import { verify } from '../../modules/beacon/ecvrf.ts';
import { roundAlpha, roundValue, VALUE_BEFORE_FIRST_ROUND } from '../../modules/beacon/formulas.ts';
import type { KeyEntry, ValidatorOutput } from '../../proto/generated/infinet/beacon/v1/query.ts';
import type { Round } from '../../proto/generated/infinet/beacon/v1/types.ts';

/** What a node says about a closed round. */
export interface RoundRecord {
  readonly chainId: string;
  readonly round: Round;
  readonly outputs: readonly ValidatorOutput[];
  /** Value of the round before; absent where the node has dropped it, or for a first round. */
  readonly previousValue?: Uint8Array;
  /** The keys that are registered now. */
  readonly keys: readonly KeyEntry[];
}

/** Whose key an output is under: `registered`, `replaced` since (the chain keeps the last two), or `foreign`. */
export type KeyStanding = 'registered' | 'replaced' | 'foreign';

export interface CheckedOutput {
  readonly operator: string;
  readonly key: KeyStanding;
  /** Whether the proof shows an output of this key for the round's input, computed here. */
  readonly proves: boolean;
  /** Whether the chain says so too. */
  readonly agrees: boolean;
}

export interface CheckedRound {
  readonly round: bigint;
  readonly outputs: readonly CheckedOutput[];
  /** The input that follows from the round before; absent without it. */
  readonly alpha?: Uint8Array;
  readonly value: Uint8Array;
  /** What is not as it should be, one sentence each; empty when everything is equal. */
  readonly problems: readonly string[];
}

/** Computes input and value of a closed round again from its proofs. Never throws for what a node may answer. */
export function verifyRound(record: RoundRecord): CheckedRound {
  const { round, outputs } = record;
  const problems: string[] = [];
  const previous = round.round === 1n ? VALUE_BEFORE_FIRST_ROUND : record.previousValue;
  const alpha = previous === undefined ? undefined : roundAlpha(record.chainId, previous, round.round);
  if (alpha !== undefined && !equal(alpha, round.alpha))
    problems.push('the input does not follow from the round before');
  const checked = outputs.map((output): CheckedOutput => {
    const proves = verify(output.publicKey, round.alpha, output.proof) !== undefined;
    const agrees = proves === output.valid;
    const key = standing(record, output);
    if (!agrees) problems.push(`${output.operator}: the chain says ${output.valid}, the proof says ${proves}`);
    if (key === 'foreign') problems.push(`${output.operator}: the key of its output is not one that it registered`);
    return { operator: output.operator, key, proves, agrees };
  });
  if (!inOrder(outputs)) problems.push("the outputs are not in the order of the operators' addresses, each once");
  const good = outputs.filter((_, at) => checked[at]?.proves === true);
  const value = roundValue(good.map(({ proof }) => proof));
  if (!equal(value, round.value)) problems.push('the value does not follow from the outputs');
  return { round: round.round, outputs: checked, alpha, value, problems };
}

/** Of a round before the last registration only the key that it replaced is known, not those before that one. */
function standing({ keys, round: { round } }: RoundRecord, { operator, publicKey }: ValidatorOutput): KeyStanding {
  const key = keys.find((entry) => entry.operator === operator)?.key;
  if (key === undefined) return 'foreign';
  if (round < key.registeredRound) {
    if (equal(key.publicKey, publicKey)) return 'registered';
    return equal(key.nextPublicKey, publicKey) ? 'foreign' : 'replaced';
  }
  const counts = key.nextPublicKey.length > 0 && round >= key.nextRound ? key.nextPublicKey : key.publicKey;
  return equal(counts, publicKey) ? 'registered' : 'foreign';
}

function inOrder(outputs: readonly ValidatorOutput[]): boolean {
  try {
    const bytes = outputs.map(({ operator }) => fromBech32(operator, 1023).data);
    return bytes.every((address, at) => at === 0 || Buffer.compare(bytes[at - 1] ?? address, address) < 0);
  } catch {
    return false;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
