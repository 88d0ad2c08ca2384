import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import type { Contribution } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { contributionErrors as errors } from './errors.ts';
import * as state from './state.ts';

/** Throws `contribution` 3 or 16. */
export function requireOwn(ctx: Context, id: bigint, contributor: string): Contribution {
  const contribution = state.contributions.get(ctx, id);
  ensure(contribution !== undefined, errors.contributionNotFound, `contribution ${id}`);
  ensure(contribution.contributor === contributor, errors.notContributor, `contribution ${id}`);
  return contribution;
}
