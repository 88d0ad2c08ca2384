import { Buffer } from 'node:buffer';
import type { Context } from '../../chain/context.ts';
import { fail } from '../../chain/errors.ts';
import type { Dec } from '../../chain/math/dec.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { Delegating } from './delegating.ts';
import { isMature, type Redelegation, type RedelegationEntry } from './delegations.ts';
import { stakingErrors } from './errors.ts';
import { completeRedelegation } from './events.ts';
import type { Pools } from './pools.ts';
import { addressPrefix, rawKeys, type StakingState } from './state.ts';
import { BondStatus, isBonded } from './validator.ts';

/** Moving delegations between validators. What is read twice, the SDK reads twice: each time costs gas. */
export class Redelegating {
  readonly #state: StakingState;
  readonly #pools: Pools;
  readonly #delegating: Delegating;
  readonly #addresses: AddressCodec;

  constructor(state: StakingState, pools: Pools, delegating: Delegating, addresses: AddressCodec) {
    this.#state = state;
    this.#pools = pools;
    this.#delegating = delegating;
    this.#addresses = addresses;
  }

  /**
   * Moves shares at once and remembers where they came from until the unbonding time is over. Returns that time, or
   * undefined if the source was unbonded and nothing need be remembered.
   */
  redelegate(
    ctx: Context,
    delegator: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
    shares: Dec,
  ): bigint | undefined {
    if (Buffer.compare(source, destination) === 0) fail(stakingErrors.selfRedelegation);
    const to = this.#state.validators.get(ctx, destination) ?? fail(stakingErrors.badRedelegationDestination);
    const from = this.#state.validators.get(ctx, source) ?? fail(stakingErrors.badRedelegationSource);
    if (this.#isReceiving(ctx, delegator, source)) fail(stakingErrors.transitiveRedelegation);
    const key = [delegator, source, destination] as const;
    const old = this.#state.redelegations.get(ctx, key);
    if (old !== undefined && old.entries.length >= this.#state.params.require(ctx).maxEntries) {
      fail(stakingErrors.maxRedelegationEntries);
    }

    const amount = this.#delegating.unbond(ctx, delegator, source, shares);
    if (amount === 0n) fail(stakingErrors.tinyRedelegation);
    const sharesDst = this.#delegating.delegate(ctx, delegator, amount, isBonded(from) ? 'bonded' : 'not_bonded', to);

    // Who takes the last stake of an unbonded validator removes it, and then the SDK does not know from when to count.
    const left = this.#delegating.validator(ctx, source);
    const { unbondingTime } = this.#state.params.require(ctx);
    if (left.status === BondStatus.BOND_STATUS_UNBONDED) return undefined;
    const [completionTime, creationHeight] =
      left.status === BondStatus.BOND_STATUS_UNBONDING
        ? [left.unbondingTime, left.unbondingHeight]
        : [ctx.block.time + unbondingTime, ctx.block.height];
    const unbondingId = this.#state.nextUnbondingId(ctx);
    const redelegation: Redelegation = {
      delegatorAddress: this.#addresses.accountText(delegator),
      validatorSrcAddress: from.operatorAddress,
      validatorDstAddress: to.operatorAddress,
      entries: [
        ...(this.#state.redelegations.get(ctx, key)?.entries ?? []),
        { creationHeight, completionTime, initialBalance: amount, sharesDst, unbondingId, unbondingOnHoldRefCount: 0n },
      ],
    };
    this.#state.setRedelegation(ctx, key, redelegation);
    this.#state.indexUnbonding(ctx, unbondingId, 'redelegation', rawKeys.redelegation(delegator, source, destination));
    this.queue(ctx, completionTime, redelegation);
    return completionTime;
  }

  queue(ctx: Context, completionTime: bigint, redelegation: Redelegation): void {
    const { delegatorAddress, validatorSrcAddress, validatorDstAddress } = redelegation;
    const triplets = this.#state.redelegationQueue.get(ctx, completionTime)?.triplets ?? [];
    this.#state.redelegationQueue.set(ctx, completionTime, {
      triplets: [...triplets, { delegatorAddress, validatorSrcAddress, validatorDstAddress }],
    });
  }

  /** Forgets every redelegation whose time is over. */
  completeMature(ctx: Context): void {
    const mature = [];
    for (const [time, { triplets }] of this.#state.redelegationQueue.walk(ctx)) {
      if (time > ctx.block.time) break;
      mature.push({ time, triplets });
    }
    for (const { time } of mature) this.#state.redelegationQueue.remove(ctx, time);
    for (const triplet of mature.flatMap(({ triplets }) => triplets)) {
      const key = [
        this.#addresses.account(triplet.delegatorAddress),
        this.#addresses.operator(triplet.validatorSrcAddress),
        this.#addresses.operator(triplet.validatorDstAddress),
      ] as const;
      const done = this.#complete(ctx, key);
      if (done === undefined) continue;
      ctx.log.emit(
        completeRedelegation.encode({
          amount: this.#pools.text(ctx, done),
          delegator: triplet.delegatorAddress,
          source_validator: triplet.validatorSrcAddress,
          destination_validator: triplet.validatorDstAddress,
        }),
      );
    }
  }

  #complete(ctx: Context, key: readonly [Uint8Array, Uint8Array, Uint8Array]): bigint | undefined {
    const redelegation = this.#state.redelegations.get(ctx, key);
    if (redelegation === undefined) return undefined;
    let done = 0n;
    const left: RedelegationEntry[] = [];
    for (const entry of redelegation.entries) {
      if (!isMature(entry, ctx.block.time)) {
        left.push(entry);
        continue;
      }
      this.#state.unbondingIndex.remove(ctx, entry.unbondingId);
      done += entry.initialBalance;
    }
    this.#state.setRedelegation(ctx, key, { ...redelegation, entries: left });
    return done;
  }

  /** Whether tokens that this delegator moved here are still slashable for another validator. */
  #isReceiving(ctx: Context, delegator: Uint8Array, operator: Uint8Array): boolean {
    const prefix = addressPrefix(operator) + addressPrefix(delegator);
    for (const _ of this.#state.redelegationsByDestination.walk(ctx, { prefix })) return true;
    return false;
  }
}
