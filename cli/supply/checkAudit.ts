import type { QuerySupplyAuditResponse } from '../../proto/generated/infinet/rewards/v1/query.ts';

/** What coins did in some blocks, told by the events of bank: sums of one denomination. */
export interface Flow {
  readonly minted: bigint;
  readonly burned: bigint;
}

/** What does not hold in an audit, added up again here; empty when everything does. */
export function checkAudit(audit: QuerySupplyAuditResponse): string[] {
  const of = (digits: string): bigint => BigInt(digits);
  const pooled = audit.pools.reduce((sum, { balance }) => sum + of(balance), 0n);
  const sums: readonly (readonly [string, bigint, bigint])[] = [
    ['scheduled', of(audit.scheduled), of(audit.issued) + of(audit.reserve) + of(audit.lapsed)],
    ['issued', of(audit.issued), of(audit.community) + of(audit.claimed) + of(audit.unclaimed) + of(audit.paying)],
    ['supply', of(audit.supply), of(audit.genesisSupply) + of(audit.issued) - of(audit.burned)],
    ['supply by holder', of(audit.supply), pooled + of(audit.elsewhere)],
  ];
  const wrong = sums.flatMap(([name, says, parts]) =>
    says === parts ? [] : [`${name} is ${says}, its parts sum to ${parts}`],
  );
  return [...wrong, ...audit.problems];
}

/** What does not fit between two audits and the events of the blocks after the first, up to the second. */
export function checkFlow(from: QuerySupplyAuditResponse, to: QuerySupplyAuditResponse, flow: Flow): string[] {
  const issued = BigInt(to.issued) - BigInt(from.issued);
  const burned = BigInt(to.burned) - BigInt(from.burned);
  return [
    ...(issued === flow.minted ? [] : [`rewards issued ${issued}, the blocks minted ${flow.minted}`]),
    ...(burned === flow.burned ? [] : [`${burned} disappeared, the blocks burned ${flow.burned}`]),
  ];
}

/** Sum of one denomination in a text of coins, "5uinf,3other". */
export function amountOf(coins: string, denom: string): bigint {
  const digits = coins.split(',').map((coin) => /^(\d+)(.+)$/.exec(coin));
  return digits.reduce((sum, match) => (match?.[2] === denom ? sum + BigInt(match[1] ?? '0') : sum), 0n);
}
