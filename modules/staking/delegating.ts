import { Buffer } from 'node:buffer';
import type { Context } from '../../chain/context.ts';
import { fail, sdkErrors } from '../../chain/errors.ts';
import { Dec } from '../../chain/math/dec.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { isMature, type UnbondingDelegation, type UnbondingEntry } from './delegations.ts';
import { stakingErrors } from './errors.ts';
import { completeUnbonding } from './events.ts';
import type { Pools } from './pools.ts';
import { rawKeys, type StakingState } from './state.ts';
import {
  addTokens,
  BondStatus,
  hasInvalidExchangeRate,
  isBonded,
  removeShares,
  sharesFromTokens,
  sharesFromTokensTruncated,
  tokensFromShares,
  type Validator,
} from './validator.ts';
import type { ValidatorSet } from './validatorSet.ts';

/** Where delegated tokens come from: the delegator's account, the bonded pool, or the pool of the rest. */
export type TokenSource = 'account' | 'bonded' | 'not_bonded';

/**
 * Delegating and taking back. Amounts are tokens of the bond denomination, addresses raw bytes. What is read twice, the SDK
 * reads twice: each time costs gas.
 */
export class Delegating {
  readonly #state: StakingState;
  readonly #pools: Pools;
  readonly #set: ValidatorSet;
  readonly #addresses: AddressCodec;

  constructor(state: StakingState, pools: Pools, set: ValidatorSet, addresses: AddressCodec) {
    this.#state = state;
    this.#pools = pools;
    this.#set = set;
    this.#addresses = addresses;
  }

  /** Returns the shares that the tokens bought. Throws `staking` 34 after a slash of everything, `sdk` 5 without funds. */
  delegate(ctx: Context, delegator: Uint8Array, amount: bigint, source: TokenSource, validator: Validator): Dec {
    if (hasInvalidExchangeRate(validator)) fail(stakingErrors.invalidExchangeRate);
    const { operator } = validator;
    const delegation = this.#state.delegations.get(ctx, [delegator, operator]);
    if (source === 'account') this.#pools.take(ctx, delegator, validator, amount);
    else if (source === 'not_bonded' && isBonded(validator)) this.#pools.bond(ctx, amount);
    else if (source === 'bonded' && !isBonded(validator)) this.#pools.unbond(ctx, amount);

    this.#state.removeFromRanking(ctx, validator);
    const { validator: richer, shares } = addTokens(validator, amount);
    this.#state.setValidator(ctx, richer);
    this.#state.addToRanking(ctx, richer);
    this.#state.setDelegation(ctx, delegator, operator, {
      delegatorAddress: this.#addresses.accountText(delegator),
      validatorAddress: validator.operatorAddress,
      shares: (delegation?.shares ?? Dec.zero).add(shares),
    });
    return shares;
  }

  /** The shares that `amount` tokens of a delegation are. Throws `sdk` 18 if it has fewer. */
  sharesFor(ctx: Context, delegator: Uint8Array, operator: Uint8Array, amount: bigint): Dec {
    const validator = this.validator(ctx, operator);
    const delegation = this.#state.delegations.get(ctx, [delegator, operator]) ?? fail(stakingErrors.noDelegation);
    const shares = sharesFromTokens(validator, amount);
    if (sharesFromTokensTruncated(validator, amount).greaterThan(delegation.shares)) {
      fail(sdkErrors.invalidRequest, 'invalid shares amount');
    }
    // Rounding may give a little more than there is; all of a delegation can be taken back.
    return shares.greaterThan(delegation.shares) ? delegation.shares : shares;
  }

  /** Takes shares out of a delegation and returns the tokens they were, which stay in their pool. */
  unbond(ctx: Context, delegator: Uint8Array, operator: Uint8Array, shares: Dec): bigint {
    const delegation =
      this.#state.delegations.get(ctx, [delegator, operator]) ?? fail(stakingErrors.noDelegatorForAddress);
    if (delegation.shares.lessThan(shares)) {
      fail(stakingErrors.notEnoughDelegationShares, delegation.shares.toString());
    }
    let validator = this.validator(ctx, operator);
    const left = delegation.shares.sub(shares);
    const isOwn = Buffer.compare(delegator, operator) === 0;
    if (isOwn && !validator.jailed && tokensFromShares(validator, left).truncateInt() < validator.minSelfDelegation) {
      this.#set.jail(ctx, validator);
      validator = this.validator(ctx, operator);
    }
    if (left.isZero) this.#state.removeDelegation(ctx, delegator, operator);
    else this.#state.setDelegation(ctx, delegator, operator, { ...delegation, shares: left });

    this.#state.removeFromRanking(ctx, validator);
    const { validator: poorer, tokens } = removeShares(validator, shares);
    this.#state.setValidator(ctx, poorer);
    this.#state.addToRanking(ctx, poorer);
    // One that is still unbonding is removed when its time is over.
    if (poorer.delegatorShares.isZero && poorer.status === BondStatus.BOND_STATUS_UNBONDED) {
      this.#set.remove(ctx, operator);
    }
    return tokens;
  }

  /** Starts to pay shares back; the tokens come when the unbonding time is over. Throws `staking` 27 beyond `maxEntries`. */
  undelegate(
    ctx: Context,
    delegator: Uint8Array,
    operator: Uint8Array,
    shares: Dec,
  ): { completionTime: bigint; amount: bigint } {
    const validator = this.validator(ctx, operator);
    const waiting = this.#state.unbondings.get(ctx, [delegator, operator])?.entries.length ?? 0;
    if (waiting >= this.#state.params.require(ctx).maxEntries) fail(stakingErrors.maxUnbondingEntries);
    const amount = this.unbond(ctx, delegator, operator, shares);
    if (isBonded(validator)) this.#pools.unbond(ctx, amount);
    const completionTime = ctx.block.time + this.#state.params.require(ctx).unbondingTime;
    this.#addEntry(ctx, delegator, validator, completionTime, amount);
    this.queue(ctx, completionTime, this.#addresses.accountText(delegator), validator.operatorAddress);
    return { completionTime, amount };
  }

  /** Waits in the queue of what is paid out at that time. */
  queue(ctx: Context, completionTime: bigint, delegatorAddress: string, validatorAddress: string): void {
    const pairs = this.#state.unbondingQueue.get(ctx, completionTime)?.pairs ?? [];
    this.#state.unbondingQueue.set(ctx, completionTime, { pairs: [...pairs, { delegatorAddress, validatorAddress }] });
  }

  /** Pays out every unbonding whose time is over. */
  completeMature(ctx: Context): void {
    const mature = [];
    for (const [time, { pairs }] of this.#state.unbondingQueue.walk(ctx)) {
      if (time > ctx.block.time) break;
      mature.push({ time, pairs });
    }
    for (const { time } of mature) this.#state.unbondingQueue.remove(ctx, time);
    for (const { delegatorAddress, validatorAddress } of mature.flatMap(({ pairs }) => pairs)) {
      const paid = this.#complete(
        ctx,
        this.#addresses.account(delegatorAddress),
        this.#addresses.operator(validatorAddress),
      );
      if (paid === undefined) continue;
      const amount = this.#pools.text(ctx, paid);
      ctx.log.emit(completeUnbonding.encode({ amount, validator: validatorAddress, delegator: delegatorAddress }));
    }
  }

  /** Throws `staking` 3 if there is no such validator. */
  validator(ctx: Context, operator: Uint8Array): Validator {
    return this.#state.validators.get(ctx, operator) ?? fail(stakingErrors.noValidator);
  }

  /** What was paid, or undefined if the unbonding is gone: an earlier one of the same pair took it along. */
  #complete(ctx: Context, delegator: Uint8Array, operator: Uint8Array): bigint | undefined {
    const unbonding = this.#state.unbondings.get(ctx, [delegator, operator]);
    if (unbonding === undefined) return undefined;
    let paid = 0n;
    const left: UnbondingEntry[] = [];
    for (const entry of unbonding.entries) {
      if (!isMature(entry, ctx.block.time)) {
        left.push(entry);
        continue;
      }
      this.#state.unbondingIndex.remove(ctx, entry.unbondingId);
      if (entry.balance > 0n) this.#pools.pay(ctx, delegator, entry.balance);
      paid += entry.balance;
    }
    this.#state.setUnbonding(ctx, delegator, operator, { ...unbonding, entries: left });
    return paid;
  }

  /** A second unbonding in the same block joins the first. */
  #addEntry(ctx: Context, delegator: Uint8Array, validator: Validator, completionTime: bigint, amount: bigint): void {
    const id = this.#state.nextUnbondingId(ctx);
    const { operator } = validator;
    const old: UnbondingDelegation = this.#state.unbondings.get(ctx, [delegator, operator]) ?? {
      delegatorAddress: this.#addresses.accountText(delegator),
      validatorAddress: validator.operatorAddress,
      entries: [],
    };
    const creationHeight = ctx.block.height;
    const same = old.entries.findIndex(
      (entry) => entry.creationHeight === creationHeight && entry.completionTime === completionTime,
    );
    const entries =
      same >= 0
        ? old.entries.map((entry, at) =>
            at === same
              ? { ...entry, balance: entry.balance + amount, initialBalance: entry.initialBalance + amount }
              : entry,
          )
        : [
            ...old.entries,
            {
              creationHeight,
              completionTime,
              initialBalance: amount,
              balance: amount,
              unbondingId: id,
              unbondingOnHoldRefCount: 0n,
            },
          ];
    this.#state.setUnbonding(ctx, delegator, operator, { ...old, entries });
    if (same < 0) this.#state.indexUnbonding(ctx, id, 'delegation', rawKeys.unbonding(delegator, operator));
  }
}
