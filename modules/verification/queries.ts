import type { Context } from '../../chain/context.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { paginate } from '../../chain/pagination.ts';
import { orRefuse, queryInvalid, queryNotFound } from '../../chain/queryErrors.ts';
import * as q from '../../proto/generated/infinet/verification/v1/query.ts';
import type { Env } from './env.ts';
import { runFee } from './formulas.ts';
import {
  disputes,
  disputesByRun,
  doneSeats,
  openSeats,
  paramsItem,
  prefixOf,
  runs,
  runsByStatus,
  runsByTrainer,
  tasks,
  tasksByPhase,
  verifiers,
  workers,
} from './state.ts';

const service = '/infinet.verification.v1.Query/';

export function verificationQueries(env: Env): QueryRoute[] {
  const account = (text: string) => orRefuse(() => env.addresses.account(text), queryInvalid);
  return [
    query(`${service}Params`, q.QueryParamsRequest, q.QueryParamsResponse, (ctx) => ({
      params: paramsItem.require(ctx),
    })),
    query(`${service}Verifier`, q.QueryVerifierRequest, q.QueryVerifierResponse, (ctx, { address }) => {
      const bytes = account(address);
      const operator = workers.get(ctx, bytes) ?? bytes;
      return { verifier: verifiers.get(ctx, operator) ?? queryNotFound(`verifier ${address} not found`) };
    }),
    query(`${service}Verifiers`, q.QueryVerifiersRequest, q.QueryVerifiersResponse, (ctx, request) => {
      const page = paginate(ctx, verifiers, request.pagination, (_, verifier) => verifier);
      return { verifiers: page.items, pagination: page.pagination };
    }),
    query(`${service}Task`, q.QueryTaskRequest, q.QueryTaskResponse, (ctx, { id }) => ({
      task: tasks.get(ctx, id) ?? queryNotFound(`task ${id} not found`),
    })),
    query(`${service}Tasks`, q.QueryTasksRequest, q.QueryTasksResponse, answerTasks),
    query(
      `${service}TasksForOperator`,
      q.QueryTasksForOperatorRequest,
      q.QueryTasksForOperatorResponse,
      (ctx, { operator, done, pagination }) => {
        const seats = done ? doneSeats : openSeats;
        const prefix = prefixOf.address(account(operator));
        const page = paginate(ctx, seats, pagination, ([, id]) => tasks.get(ctx, id), prefix);
        return { tasks: page.items, pagination: page.pagination };
      },
    ),
    query(`${service}Run`, q.QueryRunRequest, q.QueryRunResponse, (ctx, { id }) => ({
      run: runs.get(ctx, id) ?? queryNotFound(`run ${id} not found`),
    })),
    query(`${service}Runs`, q.QueryRunsRequest, q.QueryRunsResponse, (ctx, request) =>
      answerRuns(ctx, request, account),
    ),
    query(`${service}Dispute`, q.QueryDisputeRequest, q.QueryDisputeResponse, (ctx, { id }) => ({
      dispute: disputes.get(ctx, id) ?? queryNotFound(`dispute ${id} not found`),
    })),
    query(`${service}Disputes`, q.QueryDisputesRequest, q.QueryDisputesResponse, answerDisputes),
    query(`${service}RunPrice`, q.QueryRunPriceRequest, q.QueryRunPriceResponse, (ctx, { spec }) => {
      const shape = orRefuse(() => env.training.shape(spec), queryInvalid);
      const params = paramsItem.require(ctx);
      const fee = runFee(shape, params.seats, params.unitsPerSeat, BigInt(params.gflopPriceMicro));
      return {
        units: shape.units,
        unitFlop: shape.unitFlop,
        minFee: fee.toString(),
        minStake: params.minRunStake,
      };
    }),
  ];
}

function answerTasks(ctx: Context, { phase, pagination }: q.QueryTasksRequest): q.QueryTasksResponse {
  const page =
    phase === 0
      ? paginate(ctx, tasks, pagination, (_, task) => task)
      : paginate(ctx, tasksByPhase, pagination, ([, id]) => tasks.get(ctx, id), prefixOf.number(BigInt(phase)));
  return { tasks: page.items, pagination: page.pagination };
}

function answerRuns(
  ctx: Context,
  { status, trainer, pagination }: q.QueryRunsRequest,
  account: (text: string) => Uint8Array,
): q.QueryRunsResponse {
  if (status !== 0 && trainer !== '') queryInvalid('give a status or a trainer, not both');
  if (trainer !== '') {
    const prefix = prefixOf.address(account(trainer));
    const page = paginate(ctx, runsByTrainer, pagination, ([, id]) => runs.get(ctx, id), prefix);
    return { runs: page.items, pagination: page.pagination };
  }
  const page =
    status === 0
      ? paginate(ctx, runs, pagination, (_, run) => run)
      : paginate(ctx, runsByStatus, pagination, ([, id]) => runs.get(ctx, id), prefixOf.number(BigInt(status)));
  return { runs: page.items, pagination: page.pagination };
}

function answerDisputes(ctx: Context, { runId, pagination }: q.QueryDisputesRequest): q.QueryDisputesResponse {
  const page =
    runId === 0n
      ? paginate(ctx, disputes, pagination, (_, dispute) => dispute)
      : paginate(ctx, disputesByRun, pagination, ([, id]) => disputes.get(ctx, id), prefixOf.number(runId));
  return { disputes: page.items, pagination: page.pagination };
}
