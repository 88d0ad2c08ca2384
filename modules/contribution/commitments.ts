/** Promises to submit: who knew a root first is settled before anyone shows it. */
import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import type { Commitment } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { contributionErrors as errors } from './errors.ts';
import * as events from './events.ts';
import { contributionCommitment } from './formulas.ts';
import * as state from './state.ts';

/** Commitments that one block forgets; the rest follows in the next. */
const EXPIRED_PER_BLOCK = 512;

/** An address in both forms. */
export interface Account {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Returns the last height at which it can be opened. Throws `contribution` 9 if it is there already. */
export function addCommitment(ctx: Context, contributor: Account, commitment: Uint8Array): bigint {
  ensure(!state.commitments.has(ctx, [contributor.bytes, commitment]), errors.commitmentExists);
  const { height } = ctx.block;
  const expiresHeight = height + state.params.require(ctx).commitmentLifetimeBlocks;
  storeCommitment(ctx, contributor.bytes, { contributor: contributor.text, commitment, height, expiresHeight });
  return expiresHeight;
}

export function storeCommitment(ctx: Context, contributor: Uint8Array, commitment: Commitment): void {
  state.commitments.set(ctx, [contributor, commitment.commitment], commitment);
  state.commitmentExpiries.add(ctx, [commitment.expiresHeight, contributor, commitment.commitment]);
}

/** Uses a commitment up and returns its height. Throws `contribution` 6, 7 or 8 when there is none to open. */
export function openCommitment(ctx: Context, contributor: Uint8Array, root: Uint8Array, salt: Uint8Array): bigint {
  const commitment = contributionCommitment(root, contributor, salt);
  const found = state.commitments.get(ctx, [contributor, commitment]);
  ensure(found !== undefined, errors.commitmentNotFound);
  ensure(found.height < ctx.block.height, errors.commitmentTooYoung, `made at height ${found.height}`);
  ensure(ctx.block.height <= found.expiresHeight, errors.commitmentExpired, `at height ${found.expiresHeight}`);
  forget(ctx, found.expiresHeight, contributor, commitment);
  return found.height;
}

export function expireCommitments(ctx: Context, addresses: AddressCodec): void {
  const due: (readonly [bigint, Uint8Array, Uint8Array])[] = [];
  for (const entry of state.commitmentExpiries.walk(ctx)) {
    if (entry[0] > ctx.block.height || due.length === EXPIRED_PER_BLOCK) break;
    due.push(entry);
  }
  for (const [expires, contributor, commitment] of due) {
    forget(ctx, expires, contributor, commitment);
    ctx.log.emit(events.commitmentExpired.encode({ contributor: addresses.accountText(contributor), commitment }));
  }
}

function forget(ctx: Context, expires: bigint, contributor: Uint8Array, commitment: Uint8Array): void {
  state.commitments.remove(ctx, [contributor, commitment]);
  state.commitmentExpiries.remove(ctx, [expires, contributor, commitment]);
}
