import type { Context } from '../../chain/context.ts';
import { Dec } from '../../chain/math/dec.ts';
import { minAmount } from '../../chain/math/integer.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { Delegating } from './delegating.ts';
import { isMature, type Redelegation, type RedelegationEntry, type UnbondingEntry } from './delegations.ts';
import { bondedPool, notBondedPool, type Pools, poolOf } from './pools.ts';
import { addressPrefix, type StakingState } from './state.ts';
import { BondStatus, isBonded, type Validator } from './validator.ts';

/** Burning stake for a fault. */
export class Slashing {
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
   * Burns `fraction` of `stake`, the tokens that stood behind a fault at `faultHeight`. What has begun to leave since then
   * pays its part first; the validator pays the rest. Returns the tokens burned from the validator. An unbonded
   * validator is not slashed, and neither is a fault of the future. (x/staking/keeper/slash.go)
   */
  slash(ctx: Context, validator: Validator, faultHeight: bigint, stake: bigint, fraction: Dec): bigint {
    if (validator.status === BondStatus.BOND_STATUS_UNBONDED || faultHeight > ctx.block.height) return 0n;
    if (fraction.isNegative) throw new Error(`a fraction of ${fraction} cannot be slashed`);
    let owed = Dec.fromInt(stake).mul(fraction).truncateInt();
    if (faultHeight < ctx.block.height) {
      owed -= this.#slashUnbondings(ctx, validator.operator, faultHeight, fraction);
      owed -= this.#slashRedelegations(ctx, validator.operator, faultHeight, fraction);
    }
    const current = this.#state.validators.get(ctx, validator.operator);
    if (current === undefined) return 0n;
    const burned = minAmount(owed, current.tokens);
    if (burned <= 0n) return 0n;
    this.#state.removeFromRanking(ctx, current);
    const poorer = { ...current, tokens: current.tokens - burned };
    this.#state.setValidator(ctx, poorer);
    this.#state.addToRanking(ctx, poorer);
    this.#pools.burn(ctx, poolOf(poorer), burned);
    return burned;
  }

  /** The tokens that stood behind the validator at `faultHeight`, as far as they can still be reached. */
  stakeAt(ctx: Context, validator: Validator, faultHeight: bigint): bigint {
    const prefix = addressPrefix(validator.operator);
    let stake = validator.tokens;
    if (faultHeight >= ctx.block.height) return stake;
    const count = (entry: UnbondingEntry | RedelegationEntry) => {
      if (entry.creationHeight >= faultHeight && !isMature(entry, ctx.block.time)) stake += entry.initialBalance;
    };
    for (const [[, delegator]] of this.#state.unbondingsByValidator.walk(ctx, { prefix })) {
      this.#state.unbondings.get(ctx, [delegator, validator.operator])?.entries.forEach(count);
    }
    for (const [[, delegator, destination]] of this.#state.redelegationsBySource.walk(ctx, { prefix })) {
      this.#state.redelegations.get(ctx, [delegator, validator.operator, destination])?.entries.forEach(count);
    }
    return stake;
  }

  /** Returns what the unbondings owed; less is burned if they held less. */
  #slashUnbondings(ctx: Context, operator: Uint8Array, faultHeight: bigint, fraction: Dec): bigint {
    let owed = 0n;
    const prefix = addressPrefix(operator);
    const delegators = [...this.#state.unbondingsByValidator.walk(ctx, { prefix })].map(([[, delegator]]) => delegator);
    for (const delegator of delegators) {
      const unbonding = this.#state.unbondings.get(ctx, [delegator, operator]);
      if (unbonding === undefined) continue;
      let burned = 0n;
      const entries = unbonding.entries.map((entry) => {
        if (entry.creationHeight < faultHeight || isMature(entry, ctx.block.time)) return entry;
        const share = fraction.mulInt(entry.initialBalance).truncateInt();
        owed += share;
        const taken = minAmount(share, entry.balance);
        burned += taken;
        return { ...entry, balance: entry.balance - taken };
      });
      if (burned === 0n) continue;
      this.#state.setUnbonding(ctx, delegator, operator, { ...unbonding, entries });
      this.#pools.burn(ctx, notBondedPool, burned);
    }
    return owed;
  }

  /** Returns what the redelegations owed. */
  #slashRedelegations(ctx: Context, source: Uint8Array, faultHeight: bigint, fraction: Dec): bigint {
    let owed = 0n;
    const walk = this.#state.redelegationsBySource.walk(ctx, { prefix: addressPrefix(source) });
    for (const [, delegator, destination] of [...walk].map(([key]) => key)) {
      const redelegation = this.#state.redelegations.get(ctx, [delegator, source, destination]);
      if (redelegation !== undefined) owed += this.#slashRedelegation(ctx, redelegation, faultHeight, fraction);
    }
    return owed;
  }

  #slashRedelegation(ctx: Context, redelegation: Redelegation, faultHeight: bigint, fraction: Dec): bigint {
    const delegator = this.#addresses.account(redelegation.delegatorAddress);
    const destination = this.#addresses.operator(redelegation.validatorDstAddress);
    let owed = 0n;
    let fromBonded = 0n;
    let fromNotBonded = 0n;
    for (const entry of redelegation.entries) {
      if (entry.creationHeight < faultHeight || isMature(entry, ctx.block.time)) continue;
      const share = fraction.mulInt(entry.initialBalance).truncateInt();
      owed += share;
      // What was moved may be leaving its new validator already: that pays first.
      const leaving = this.#takeLeaving(ctx, delegator, destination, faultHeight, share);
      fromNotBonded += leaving;
      const delegation = this.#state.delegations.get(ctx, [delegator, destination]);
      let shares = fraction.mul(entry.sharesDst);
      if (shares.isZero || leaving === share || delegation === undefined) continue;
      if (shares.greaterThan(delegation.shares)) shares = delegation.shares;
      // Unbonding the last shares may remove the validator, whose status says which pool holds the tokens.
      const wasBonded = isBonded(this.#delegating.validator(ctx, destination));
      const tokens = this.#delegating.unbond(ctx, delegator, destination, shares);
      if (wasBonded) fromBonded += tokens;
      else fromNotBonded += tokens;
    }
    this.#pools.burn(ctx, bondedPool, fromBonded);
    this.#pools.burn(ctx, notBondedPool, fromNotBonded);
    return owed;
  }

  /** Takes up to `amount` out of what a delegator is unbonding from a validator since the fault, for the caller to burn. */
  #takeLeaving(ctx: Context, delegator: Uint8Array, operator: Uint8Array, faultHeight: bigint, amount: bigint): bigint {
    const unbonding = this.#state.unbondings.get(ctx, [delegator, operator]);
    if (unbonding === undefined) return 0n;
    let taken = 0n;
    const entries = unbonding.entries.map((entry) => {
      if (entry.creationHeight < faultHeight || isMature(entry, ctx.block.time)) return entry;
      const part = minAmount(amount - taken, entry.balance);
      taken += part;
      return { ...entry, balance: entry.balance - part };
    });
    if (taken > 0n) this.#state.setUnbonding(ctx, delegator, operator, { ...unbonding, entries });
    return taken;
  }
}
