import { type CometClient, connectComet } from '@cosmjs/tendermint-rpc';
import type { Task, Verifier } from '../../proto/generated/infinet/verification/v1/types.ts';
import { rewardsQueries, verificationQueries } from '../../sdk/queries.ts';
import { createQuerier, orUndefined, type Querier } from '../../sdk/query.ts';
import { type SeatStory, storyOf } from './seats.ts';

export interface StatusReport {
  readonly operator: string;
  readonly height: number;
  /** Absent when the operator is no verifier. */
  readonly verifier?: Verifier;
  /** What rewards the operator may claim now, in the smallest unit. */
  readonly claimable: { readonly denom: string; readonly amount: string };
  /** Newest first, open ones before those that are done. */
  readonly seats: readonly SeatStory[];
}

/** What a chain knows of an operator's work: nothing of it depends on this machine's memory. */
export async function readStatus(rpc: string, operator: string, tasks: number): Promise<StatusReport> {
  const comet = await connected(rpc);
  try {
    const querier = createQuerier(comet);
    const { lastBlockHeight: height = 0 } = await comet.abciInfo();
    const found = await orUndefined(querier.ask(verificationQueries.verifier, { address: operator }));
    const { amount } = await querier.ask(rewardsQueries.claimable, { address: operator });
    const open = await seatsOf(querier, operator, false, tasks);
    const done = await seatsOf(querier, operator, true, tasks);
    const seats = [...open, ...done].slice(0, tasks).map((task) => storyOf(task, operator));
    const claimable = amount ?? { denom: '', amount: '0' };
    return { operator, height, verifier: found?.verifier, claimable, seats };
  } finally {
    comet.disconnect();
  }
}

async function seatsOf(querier: Querier, operator: string, done: boolean, limit: number): Promise<readonly Task[]> {
  const pagination = { key: new Uint8Array(0), offset: 0n, limit: BigInt(limit), countTotal: false, reverse: true };
  const { tasks } = await querier.ask(verificationQueries.tasksForOperator, { operator, done, pagination });
  return [...tasks].sort((a, b) => (a.id < b.id ? 1 : -1));
}

async function connected(rpc: string): Promise<CometClient> {
  try {
    return await connectComet(rpc);
  } catch (cause) {
    throw new Error(`no node answers at ${rpc}: name one with --rpc`, { cause });
  }
}

/** The report as lines for people. */
export function describeStatus({ operator, height, verifier, claimable, seats }: StatusReport): string[] {
  if (verifier === undefined) {
    return [`${operator} is no verifier at height ${height}: see infinet-verifier init and registration`];
  }
  const { assigned, agreed, disagreed, missed, slashed, paused, keys } = verifier;
  const lines = [
    `operator   ${operator}${paused ? ' (paused: takes no new seats)' : ''}`,
    `worker     ${keys?.worker ?? ''}, backend ${keys?.backend ?? ''}`,
    `seats      ${assigned} given: ${agreed} paid, ${disagreed} voted otherwise than the outcome, ${missed} missed`,
    `slashed    ${slashed === 1n ? 'once' : `${slashed} times`}`,
    `claimable  ${claimable.amount}${claimable.denom}`,
    `height     ${height}`,
    '',
  ];
  if (seats.length === 0) return [...lines, 'no seat was drawn yet'];
  const rows = seats.map(({ task, subject, said, outcome, result, why }) => [
    `${task}`,
    subject,
    said,
    outcome,
    result,
    why,
  ]);
  return [...lines, ...aligned([['task', 'about', 'said', 'outcome', 'result', 'why'], ...rows])];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
