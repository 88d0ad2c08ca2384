import type { Context } from '../../chain/context.ts';
import type { Invariant } from '../../chain/module.ts';
import { RunStatus } from '../../proto/generated/infinet/verification/v1/types.ts';
import { isOpen } from './disputes.ts';
import type { Env } from './env.ts';
import { amountOfCoin } from './escrow.ts';
import { disputes, disputesByRun, moduleName, openUnits, prefixOf, runs, runsByStatus } from './state.ts';

const holding = [RunStatus.RUN_STATUS_REGISTERED, RunStatus.RUN_STATUS_SEEDED, RunStatus.RUN_STATUS_COMMITTED];

/** What the module owes: stakes and fees of open runs, bonds of open disputes. */
export function escrowed(ctx: Context): bigint {
  let sum = 0n;
  for (const status of holding) {
    for (const [, id] of runsByStatus.walk(ctx, { prefix: prefixOf.number(BigInt(status)) })) {
      const run = runs.get(ctx, id);
      sum += amountOfCoin(run?.stake) + amountOfCoin(run?.fee);
    }
  }
  for (const [, id] of openUnits.walk(ctx)) sum += amountOfCoin(disputes.get(ctx, id)?.bond);
  return sum;
}

export function verificationInvariants(env: Env): Invariant[] {
  return [
    {
      name: 'verification/escrow',
      check: (ctx) => {
        const owed = escrowed(ctx);
        const held = env.bank.balance(ctx, env.bank.moduleAddress(moduleName), env.staking.bondDenom(ctx));
        // More than is owed can only be a gift to the account, which must not be able to stop the chain.
        return held >= owed ? undefined : `the module's account holds ${held}, stakes, fees and bonds are ${owed}`;
      },
    },
    {
      name: 'verification/open-disputes',
      check: (ctx) => {
        for (const [, id] of runsByStatus.walk(ctx, {
          prefix: prefixOf.number(BigInt(RunStatus.RUN_STATUS_COMMITTED)),
        })) {
          const problem = openDisputesProblem(ctx, id);
          if (problem !== undefined) return problem;
        }
        return undefined;
      },
    },
  ];
}

function openDisputesProblem(ctx: Context, runId: bigint): string | undefined {
  const counted = runs.get(ctx, runId)?.openDisputes ?? 0;
  let open = 0;
  for (const [, id] of disputesByRun.walk(ctx, { prefix: prefixOf.number(runId) })) {
    const dispute = disputes.get(ctx, id);
    if (dispute === undefined || !isOpen(dispute)) continue;
    open += 1;
    if (openUnits.get(ctx, [runId, dispute.unit]) !== id) return `unit ${dispute.unit} of run ${runId} is not marked`;
  }
  return open === counted ? undefined : `run ${runId} counts ${counted} open disputes, there are ${open}`;
}
