import type { Difference } from './compare.ts';
import type { Peer } from './ours.ts';

/** A difference from simd that is meant to be there. */
export interface Wanted {
  readonly reason: string;
  /** True for what comes of modules that simd has and the smaller peer has not. */
  readonly onlySimd?: boolean;
  matches(difference: Difference): boolean;
}

function withoutRewards(events: string): string {
  const lines = events.split('\n');
  return lines.filter((line) => !line.startsWith('withdraw_rewards{')).join('\n');
}

/** Events of a block without those of its begin, where fees are moved on; what slashing says there stays. */
function afterBegin(events: string): string {
  const lines = events.split('\n');
  return lines.filter((line) => !line.endsWith('mode=BeginBlock}') || /^(slash|burn|liveness)\{/.test(line)).join('\n');
}

function sorted(lines: string): string {
  return lines.split('\n').sort().join('\n');
}

const named =
  (...names: readonly string[]) =>
  ({ name }: Difference) =>
    names.some((each) => name === each || name.endsWith(`: ${each}`));

/** Messages that move stake: simd's distribution pays rewards and slashing keeps books then, with events and gas. */
const movesStake = /delegation|unbonding|validator|commission|self |rate|name|description|staking|elegate/i;

export const wanted: readonly Wanted[] = [
  {
    onlySimd: true,
    reason: "gas of messages that touch validators: simd's distribution and slashing hooks read and write too",
    matches: ({ kind, name, field }) => kind === 'block' && field === 'gasUsed' && movesStake.test(name),
  },
  {
    onlySimd: true,
    reason: "events of messages and slashes that move stake: simd's distribution withdraws rewards of nothing",
    matches: ({ field, name, theirs, ours }) =>
      field === 'events' && (movesStake.test(name) || /^block \d+$/.test(name)) && withoutRewards(theirs) === ours,
  },
  {
    reason: 'validator updates are ordered by key, so that a node need not keep the order of powers',
    matches: ({ field, theirs, ours }) => field === 'validators' && sorted(theirs) === sorted(ours),
  },
  {
    reason: 'an absent amount is refused by name, where simd meets a nil pointer',
    matches: ({ said, field, ours }) =>
      said.includes('nil pointer dereference') && ['code', 'log'].includes(field) && !ours.startsWith(' 0'),
  },
  {
    reason:
      'parameters are answered when a block changes them, not with each block: CometBFT would store them each time',
    matches: ({ kind, field }) => kind === 'block' && field === 'params',
  },
  {
    reason: "what is wrong with a multisignature's bytes is said in other words than Go's decoder finds",
    matches: ({ name, field }) => field === 'log' && name.endsWith('group: a single signature'),
  },
  {
    reason: 'Anys in Anys are refused beyond ten, the limit that the SDK documents: simd unpacks these deeper',
    matches: ({ name }) => /^allowed: \d+ deep, far/.test(name),
  },
  {
    reason: "what is wrong with bytes that do not decode is said in other words than Go's decoders find",
    matches: ({ field, answer, ours }) => field === 'log' && answer === 'sdk/2' && ours.endsWith(': tx parse error'),
  },
  {
    reason: 'simulations fail in other words than Go where a tx does not decode or simd panics',
    matches: ({ kind, field, name, ours }) =>
      kind === 'query' && field === 'log' && name.includes('simulate: ') && /tx parse error|: panic/.test(ours),
  },
  {
    reason: "a simulation's failure tells gas 0 before the meter is set up, simd what its shared meter holds",
    matches: ({ kind, field, theirs, ours }) =>
      kind === 'query' && field === 'log' && theirs.replace(/gas used: '11\d\d'/, "gas used: '0'") === ours,
  },
  {
    reason: 'an unsupported sign mode is named by our own list of modes',
    matches: ({ field, ours }) => field === 'log' && ours.includes('(unsupported sign mode '),
  },
  {
    onlySimd: true,
    reason: 'gas runs out elsewhere in messages whose gas is another, since simd has more hooks',
    matches: ({ field, name, answer }) => field === 'log' && answer === 'sdk/11' && /^random \d+: .*elegate/.test(name),
  },
  {
    reason: 'after a case that one chain takes and the other refuses the fee of one is missing',
    matches: ({ name, field, theirs, ours }) =>
      /^block \d+$/.test(name) && field === 'events' && afterBegin(theirs) === afterBegin(ours),
  },
  {
    reason: 'a consensus key of the wrong size is refused with a text, where simd panics',
    matches: named('a validator with a short key'),
  },
  {
    reason: 'a fee granter that is no address is refused like a fee payer, where simd panics',
    matches: ({ said, field, ours }) =>
      said.includes('recovered: decoding bech32 failed') && (field !== 'code' || /^sdk [27]$/.test(ours)),
  },
  {
    reason: 'the version is ours',
    matches: named('path /app/version', 'path /app/version/x'),
  },
  {
    reason: "what is wrong with a request that does not decode is said in other words than Go's decoders find",
    matches: named('a broken request'),
  },
  {
    reason: 'simd panics where a page goes backwards from a key below all; we answer what there is',
    matches: named('/cosmos.staking.v1beta1.Query/ValidatorDelegations , reverse, odd key'),
  },
  {
    reason: "a limit of 2^64-1 ends simd's page at the first entry that is filtered out: its count wraps around",
    matches: named('/cosmos.staking.v1beta1.Query/Validators bonded, limit 2^64-1'),
  },
  {
    reason: "staking's store differs: simd keeps historical infos there",
    matches: ({ name, field }) => name.startsWith('store: a validator') && field === 'proofOps[0].data',
  },
  {
    reason: '/app/simulate gives no msg_responses in JSON; clients use the tx service',
    matches: ({ name, field }) => name.startsWith('app/simulate: ') && field === 'value',
  },
  {
    reason: "a panic's text is what Go's runtime says; code and codespace are the same",
    matches: ({ field, answer, ours }) => field === 'log' && answer === 'undefined/111222' && ours.endsWith(': panic'),
  },
  {
    reason: 'before the gas meter of a tx is set up simd reports what its shared meter holds, we report none',
    matches: ({ field, answer, ours }) =>
      field === 'gasUsed' && ours === '0' && ['sdk/2', 'sdk/18', 'undefined/111222'].includes(answer),
  },
  {
    reason: 'simd prints an address as raw bytes, we print Bech32',
    matches: ({ field, theirs, ours }) =>
      field === 'log' && (ours.includes('does not exist') || ours.includes('does not allow')) && theirs !== ours,
  },
  {
    reason: 'TxRaw and AuthInfo are strict (ADR-027): a field twice is refused, simd takes the last',
    matches: named('the body twice'),
  },
  {
    reason:
      'a field that is there once in the type and twice in the bytes is refused: decoders disagree on which counts',
    matches: named('a field twice'),
  },
  {
    reason: 'no historical infos are kept: only handshakes of IBC read them',
    matches: ({ name, answer }) => name.startsWith('/cosmos.staking.v1beta1.Query/HistoricalInfo') && answer === '/0',
  },
  { reason: 'tips are gone from the SDK after 0.50; we refuse them, simd ignores them', matches: named('a tip') },
  {
    reason: 'an amount that is the empty text is refused when the tx is decoded',
    matches: named('a fee without amount'),
  },
];

/** Splits differences into those of the list, counted by reason, and all others. */
export function sortOut(
  differences: readonly Difference[],
  peer: Peer,
): {
  readonly unwanted: readonly Difference[];
  readonly counts: ReadonlyMap<string, number>;
} {
  const counts = new Map<string, number>();
  const unwanted = differences.filter((difference) => {
    const rule = wanted.find((each) => (peer === 'simd' || each.onlySimd !== true) && each.matches(difference));
    if (rule !== undefined) counts.set(rule.reason, (counts.get(rule.reason) ?? 0) + 1);
    return rule === undefined;
  });
  return { unwanted, counts };
}
