import type { Session } from '../../cli/session.ts';
import { until } from '../../cli/until.ts';
import { MsgClaimRewardsResponse } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import type { EpochSummary } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { rewardsQueries } from '../../sdk/queries.ts';
import { orUndefined } from '../../sdk/query.ts';
import { expectThat, inf, percent, type Stage } from './stage.ts';

export interface Earned {
  readonly contributionId: bigint;
  readonly session: Session;
  readonly epoch: bigint;
  readonly amount: bigint;
}

/** Scene 4: the epoch ends, rewards are paid by weight and claimed, and every token is accounted for. */
export async function closeEpoch(
  stage: Stage,
  works: readonly { readonly contributionId: bigint; readonly session: Session }[],
): Promise<readonly Earned[]> {
  const earned = await Promise.all(
    works.map(async ({ contributionId, session }) => {
      const explanation = await until(`the reward of contribution ${contributionId}`, 120, async () => {
        const answer = await orUndefined(session.querier.ask(rewardsQueries.rewardExplanation, { contributionId }));
        return answer === undefined || answer.pending ? undefined : answer;
      });
      expectThat(explanation.amount > 0n, `contribution ${contributionId} should earn something`);
      const { epoch, amount, weight, stream } = explanation;
      stage.say(
        `4  epoch ${epoch} paid ${inf(amount)} for contribution ${contributionId} from the ${stream} stream ` +
          `(weight ${weight} of ${explanation.streamWeight}${explanation.rateBound ? ', bound by the rate' : ''})`,
      );
      return { contributionId, session, epoch, amount };
    }),
  );
  for (const epoch of new Set(earned.map((entry) => entry.epoch))) await checkEpoch(stage, works, epoch);
  for (const { session } of works) await claim(stage, session);
  await checkBooks(stage, works);
  return earned;
}

async function checkEpoch(
  stage: Stage,
  [first]: readonly { readonly session: Session }[],
  epoch: bigint,
): Promise<EpochSummary> {
  const { summary } = (await first?.session.querier.ask(rewardsQueries.epochSummary, { epoch })) ?? {};
  expectThat(summary !== undefined, `epoch ${epoch} should have a summary`);
  const paidByStreams = summary.streams.reduce((sum, { paid }) => sum + paid, 0n);
  expectThat(
    paidByStreams + summary.dust === summary.paid,
    `streams (${paidByStreams}) and dust (${summary.dust}) should sum to what epoch ${epoch} paid (${summary.paid})`,
  );
  expectThat(summary.paid <= summary.budget, `epoch ${epoch} should not pay more than its budget`);
  stage.say(
    `4  epoch ${epoch}: cap ${inf(summary.cap)}, Bitcoin index ${percent(summary.indexPpm)}, the ${summary.limit} limit binds, ` +
      `paid ${inf(summary.paid)} = ${summary.streams
        .filter(({ paid }) => paid > 0n)
        .map(({ name, paid }) => `${name} ${inf(paid)}`)
        .join(' + ')}${summary.dust > 0n ? ` + dust ${summary.dust}` : ''}`,
  );
  return summary;
}

async function claim(stage: Stage, session: Session): Promise<void> {
  const { denom } = stage.network.topology;
  const before = BigInt((await session.client.getBalance(session.address, denom)).amount);
  const tx = await session.send([
    { typeUrl: '/infinet.rewards.v1.MsgClaimRewards', value: { claimant: session.address } },
  ]);
  const [response] = tx.responses;
  expectThat(response !== undefined, 'a claim should answer with its amount');
  const claimed = BigInt(MsgClaimRewardsResponse.decode(response).amount?.amount ?? '0');
  const fee = await feeOf(session, tx.hash);
  const after = BigInt((await session.client.getBalance(session.address, denom)).amount);
  expectThat(
    after === before - fee + claimed,
    `${session.address} should hold ${before} - ${fee} + ${claimed}, holds ${after}`,
  );
  stage.say(
    `4  ${session.address} claimed ${inf(claimed)} at height ${tx.height}; the balance grew by just that, less the fee`,
  );
}

async function feeOf(session: Session, hash: string): Promise<bigint> {
  const indexed = await session.client.getTx(hash);
  const event = indexed?.events.find(
    ({ type, attributes }) => type === 'tx' && attributes.some(({ key }) => key === 'fee'),
  );
  const text = event?.attributes.find(({ key }) => key === 'fee')?.value ?? '';
  return BigInt(/^\d+/.exec(text)?.[0] ?? '0');
}

/** What was ever issued is what was claimed, what waits to be claimed and what went to the community pool. */
async function checkBooks(stage: Stage, [first]: readonly { readonly session: Session }[]): Promise<void> {
  const { emission } = (await first?.session.querier.ask(rewardsQueries.emission, {})) ?? {};
  expectThat(emission !== undefined, 'the chain should say what it has issued');
  const { issued, claimed, unclaimed, community } = emission;
  expectThat(
    issued === claimed + unclaimed + community,
    `issued ${issued} should be ${claimed} + ${unclaimed} + ${community}`,
  );
  stage.say(
    `4  the books: issued ${issued} = claimed ${claimed} + unclaimed ${unclaimed} + community ${community} uinf`,
  );
}
