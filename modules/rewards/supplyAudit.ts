import type { Context } from '../../chain/context.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { QuerySupplyAuditRequest, QuerySupplyAuditResponse } from '../../proto/generated/infinet/rewards/v1/query.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { RewardsBank, RewardsStaking } from './expected.ts';
import { sum } from './formulas.ts';
import { createInvariants } from './invariants.ts';
import { emission } from './state.ts';
import { burned, genesisSupply } from './supply.ts';

export interface AuditDeps {
  readonly bank: RewardsBank;
  readonly staking: RewardsStaking;
  readonly addresses: AddressCodec;
  /** Names of all module accounts. */
  readonly pools: readonly string[];
}

export function supplyQuery(deps: AuditDeps): QueryRoute {
  return query('/infinet.rewards.v1.Query/SupplyAudit', QuerySupplyAuditRequest, QuerySupplyAuditResponse, (ctx) =>
    auditSupply(ctx, deps),
  );
}

/** Where every coin is and where it came from, in the state of `ctx`. */
export function auditSupply(ctx: Context, { bank, staking, addresses, pools }: AuditDeps): QuerySupplyAuditResponse {
  const denom = staking.bondDenom(ctx);
  const { scheduled, issued, reserve, community, claimed, unclaimed, paying } = emission.require(ctx);
  const supply = bank.supply(ctx, denom);
  const held = pools.map((name) => {
    const account = bank.moduleAddress(name);
    return { name, address: addresses.accountText(account), amount: bank.balance(ctx, account, denom) };
  });
  const problems = createInvariants(bank, staking).flatMap(({ check }) => check(ctx) ?? []);
  const text = (value: bigint): string => value.toString();
  return {
    height: ctx.block.height,
    time: ctx.block.time,
    denom,
    genesisSupply: text(genesisSupply.require(ctx)),
    scheduled: text(scheduled),
    issued: text(issued),
    reserve: text(reserve),
    lapsed: text(scheduled - issued - reserve),
    community: text(community),
    claimed: text(claimed),
    unclaimed: text(unclaimed),
    paying: text(paying),
    supply: text(supply),
    burned: text(burned(ctx, bank, denom)),
    pools: held.map(({ name, address, amount }) => ({ name, address, balance: text(amount) })),
    elsewhere: text(supply - sum(held.map(({ amount }) => amount))),
    problems,
  };
}
