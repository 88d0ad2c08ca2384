import { isDeepStrictEqual } from 'node:util';
import type { Answers } from './txs.ts';

/** What simd answers otherwise on purpose, by the question's name; each with its reason. */
const wanted: Readonly<Record<string, string>> = {
  'REST, its form: /cosmos/base/tendermint/v1beta1/node_info': 'simd lists the Go modules that it was built of',
  'REST, its form: /cosmos/base/reflection/v1beta1/interfaces/cosmos.auth.v1beta1.AccountI/implementations':
    'simd answers this service over gRPC only, though its route is described',
};

/** Answers that are not the same, in the order of the questions, without the wanted ones. */
export function differing(
  theirs: Readonly<Record<string, unknown>>,
  mine: Answers,
): { readonly name: string; readonly theirs: unknown; readonly ours: unknown }[] {
  const names = [...new Set([...Object.keys(theirs), ...mine.keys()])].filter((name) => wanted[name] === undefined);
  return names
    .map((name) => ({ name, theirs: theirs[name], ours: mine.get(name) }))
    .filter(({ theirs: left, ours: right }) => !isDeepStrictEqual(left, right));
}
