import type { CometClient } from '@cosmjs/tendermint-rpc';
import type { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { ValuationRound } from '../../proto/generated/infinet/valuation/v1/round.ts';
import type { Dispute, Params, Run, Task } from '../../proto/generated/infinet/verification/v1/types.ts';
import { bankQuery } from '../../sdk/codec/index.ts';
import { contributionQueries, rewardsQueries, valuationQueries, verificationQueries } from '../../sdk/queries.ts';
import { createQuerier, orUndefined, type Querier } from '../../sdk/query.ts';
import type { Standing } from './stats.ts';

const balanceQuery = {
  path: '/cosmos.bank.v1beta1.Query/Balance',
  request: bankQuery.QueryBalanceRequest,
  response: bankQuery.QueryBalanceResponse,
} as const;

/** What a worker reads of the chain. Each answer is of the latest committed height. */
export class ChainView {
  readonly #comet: CometClient;
  readonly #querier: Querier;

  constructor(comet: CometClient) {
    this.#comet = comet;
    this.#querier = createQuerier(comet);
  }

  /** Nanoseconds since the Unix epoch. */
  async blockTime(height: bigint): Promise<bigint> {
    const { header } = (await this.#comet.block(Number(height))).block;
    return BigInt(header.time.getTime()) * 1_000_000n + BigInt(header.time.nanoseconds ?? 0);
  }

  /** Height of the last committed block. */
  async height(): Promise<bigint> {
    return BigInt((await this.#comet.abciInfo()).lastBlockHeight ?? 0);
  }

  async params(): Promise<Params> {
    const { params } = await this.#querier.ask(verificationQueries.params, {});
    return present(params, 'verification parameters');
  }

  /** Tasks in which the operator holds a seat and that are not done. */
  async openTasks(operator: string): Promise<readonly Task[]> {
    return (await this.#querier.ask(verificationQueries.tasksForOperator, { operator, done: false })).tasks;
  }

  /** What the chain has counted of an operator, and what it and its hot key own in `denom`. */
  async standing(operator: string, worker: string, denom: string): Promise<Standing> {
    const found = await orUndefined(this.#querier.ask(verificationQueries.verifier, { address: operator }));
    const { amount } = await this.#querier.ask(rewardsQueries.claimable, { address: operator });
    const { balance } = await this.#querier.ask(balanceQuery, { address: worker, denom });
    return {
      record: found?.verifier,
      claimable: BigInt(amount?.amount ?? '0'),
      balance: BigInt(balance?.amount ?? '0'),
    };
  }

  async task(id: bigint): Promise<Task> {
    return present((await this.#querier.ask(verificationQueries.task, { id })).task, `task ${id}`);
  }

  async run(id: bigint): Promise<Run> {
    return present((await this.#querier.ask(verificationQueries.run, { id })).run, `run ${id}`);
  }

  async contribution(contributionId: bigint): Promise<Contribution> {
    const { contribution } = await this.#querier.ask(contributionQueries.contribution, { contributionId });
    return present(contribution, `contribution ${contributionId}`);
  }

  async objective(objectiveId: bigint): Promise<Objective> {
    const { objective } = await this.#querier.ask(contributionQueries.objective, { objectiveId });
    return present(objective, `objective ${objectiveId}`);
  }

  async valuationRound(id: bigint): Promise<ValuationRound> {
    return present((await this.#querier.ask(valuationQueries.round, { id })).round, `round ${id}`);
  }

  async disputes(runId: bigint): Promise<readonly Dispute[]> {
    const answer = await orUndefined(this.#querier.ask(verificationQueries.disputes, { runId }));
    return answer?.disputes ?? [];
  }
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the node answered without ${what}`);
  return value;
}
