import type { Context } from '../../chain/context.ts';
import type { ValidatorUpdate } from '../../chain/module.ts';
import { fromByteString } from '../../chain/store/kv.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { toByteString } from '../../sdk/codec/byteString.ts';
import type { StakingSigners } from './expected.ts';
import type { Pools } from './pools.ts';
import { rawKeys, type StakingState } from './state.ts';
import {
  BondStatus,
  consensusAddress,
  consensusKey,
  consensusPower,
  isBonded,
  potentialPower,
  type Validator,
} from './validator.ts';

/** Who is in the active set: the validators with most stake, as many as the parameters allow. */
export class ValidatorSet {
  readonly #state: StakingState;
  readonly #pools: Pools;
  readonly #addresses: AddressCodec;
  readonly #signers: StakingSigners | undefined;

  constructor(state: StakingState, pools: Pools, addresses: AddressCodec, signers?: StakingSigners) {
    this.#state = state;
    this.#pools = pools;
    this.#addresses = addresses;
    this.#signers = signers;
  }

  /**
   * Brings the active set in line with the ranking and returns what changed for CometBFT: first the validators of the set
   * whose power is new, by rank, then those that fell out, by address, with power 0. A power of 0 is sent for no one else.
   * If nobody is left who could validate, the last set stays as it was until somebody is: CometBFT stops for good at an
   * empty one.
   */
  update(ctx: Context): ValidatorUpdate[] {
    const { maxValidators } = this.#state.params.require(ctx);
    const last = new Map(
      [...this.#state.lastPower.walk(ctx)].map(([operator, power]) => [toByteString(operator), power]),
    );
    const updates: ValidatorUpdate[] = [];
    let totalPower = 0n;
    let entering = 0n;
    const top = this.#top(ctx, maxValidators);
    if (top.length === 0) last.clear();
    for (const ranked of top) {
      const validator = isBonded(ranked) ? ranked : this.#bond(ctx, ranked);
      if (validator !== ranked) entering += validator.tokens;
      const key = toByteString(validator.operator);
      const power = consensusPower(validator);
      if (last.get(key) !== power) {
        updates.push({ publicKey: consensusKey(validator.consensusPubkey), power });
        this.#state.lastPower.set(ctx, validator.operator, power);
      }
      last.delete(key);
      totalPower += power;
    }
    let leaving = 0n;
    for (const key of [...last.keys()].sort()) {
      const validator = this.#beginUnbonding(ctx, this.require(ctx, fromByteString(key)));
      leaving += validator.tokens;
      this.#state.lastPower.remove(ctx, validator.operator);
      updates.push({ publicKey: consensusKey(validator.consensusPubkey), power: 0n });
    }
    if (entering > leaving) this.#pools.bond(ctx, entering - leaving);
    else if (leaving > entering) this.#pools.unbond(ctx, leaving - entering);
    if (updates.length > 0) this.#state.lastTotalPower.set(ctx, totalPower);
    this.#state.lastUpdates.set(ctx, {
      updates: updates.map(({ publicKey, power }) => ({
        pubKey: { ed25519: publicKey, secp256k1: undefined },
        power,
      })),
    });
    return updates;
  }

  /** Validators whose unbonding time is over are unbonded for good; without delegations they are removed. */
  unbondMature(ctx: Context): void {
    const mature: { key: readonly [bigint, bigint]; operators: string[] }[] = [];
    for (const [key, { addresses }] of this.#state.validatorQueue.walk(ctx)) {
      const [time, height] = key;
      if (time > ctx.block.time) break;
      if (height <= ctx.block.height) mature.push({ key, operators: addresses });
    }
    for (const { key, operators } of mature) {
      for (const operator of operators) {
        const validator = this.require(ctx, this.#addresses.operator(operator));
        if (validator.status !== BondStatus.BOND_STATUS_UNBONDING) {
          throw new Error(`validator ${operator} is in the unbonding queue, but not unbonding`);
        }
        if (validator.unbondingOnHoldRefCount > 0n) continue;
        for (const id of validator.unbondingIds) this.#state.unbondingIndex.remove(ctx, id);
        const unbonded = { ...validator, status: BondStatus.BOND_STATUS_UNBONDED };
        this.#state.setValidator(ctx, unbonded);
        if (unbonded.delegatorShares.isZero) this.remove(ctx, unbonded.operator);
        this.#leaveQueue(ctx, key, operator);
      }
    }
  }

  /** Takes a validator out of the ranking; it leaves the active set at the end of the block. */
  jail(ctx: Context, validator: Validator): Validator {
    const jailed = { ...validator, jailed: true };
    this.#state.setValidator(ctx, jailed);
    this.#state.removeFromRanking(ctx, jailed);
    return jailed;
  }

  unjail(ctx: Context, validator: Validator): void {
    const free = { ...validator, jailed: false };
    this.#state.setValidator(ctx, free);
    this.#state.addToRanking(ctx, free);
  }

  /** Forgets an unbonded validator without tokens. */
  remove(ctx: Context, operator: Uint8Array): void {
    const validator = this.require(ctx, operator);
    if (validator.status !== BondStatus.BOND_STATUS_UNBONDED || validator.tokens > 0n) {
      throw new Error(`validator ${validator.operatorAddress} still has stake`);
    }
    this.#state.validators.remove(ctx, validator.operator);
    const address = consensusAddress(consensusKey(validator.consensusPubkey));
    this.#state.byConsensusAddress.remove(ctx, address);
    this.#state.removeFromRanking(ctx, validator);
    this.#signers?.validatorRemoved(ctx, address);
  }

  /** Throws an `Error` for an unknown operator, which only a corrupt index can name. */
  require(ctx: Context, operator: Uint8Array): Validator {
    const validator = this.#state.validators.get(ctx, operator);
    if (validator === undefined) throw new Error(`no validator ${this.#addresses.operatorText(operator)}`);
    return validator;
  }

  /** Waits in the queue of those that unbond at its time and height. */
  queue(ctx: Context, validator: Validator): void {
    const key = [validator.unbondingTime, validator.unbondingHeight] as const;
    const addresses = this.#state.validatorQueue.get(ctx, key)?.addresses ?? [];
    this.#state.validatorQueue.set(ctx, key, { addresses: [...addresses, validator.operatorAddress] });
  }

  /** The best validators that have power at all, best first. */
  #top(ctx: Context, count: number): Validator[] {
    const top: Validator[] = [];
    for (const [, operator] of this.#state.byPower.walk(ctx, { reverse: true })) {
      if (top.length >= count) break;
      const validator = this.require(ctx, operator);
      if (validator.jailed) throw new Error(`jailed validator ${validator.operatorAddress} is in the ranking`);
      if (potentialPower(validator) === 0n) break;
      top.push(validator);
    }
    return top;
  }

  #bond(ctx: Context, validator: Validator): Validator {
    const bonded = { ...validator, status: BondStatus.BOND_STATUS_BONDED };
    this.#state.removeFromRanking(ctx, validator);
    this.#state.setValidator(ctx, bonded);
    this.#state.addToRanking(ctx, bonded);
    this.#leaveQueue(ctx, [bonded.unbondingTime, bonded.unbondingHeight], bonded.operatorAddress);
    this.#signers?.validatorBonded(ctx, consensusAddress(consensusKey(bonded.consensusPubkey)));
    return bonded;
  }

  #beginUnbonding(ctx: Context, validator: Validator): Validator {
    const { unbondingTime } = this.#state.params.require(ctx);
    this.#state.removeFromRanking(ctx, validator);
    const id = this.#state.nextUnbondingId(ctx);
    const unbonding = {
      ...validator,
      status: BondStatus.BOND_STATUS_UNBONDING,
      unbondingTime: ctx.block.time + unbondingTime,
      unbondingHeight: ctx.block.height,
      unbondingIds: [...validator.unbondingIds, id],
    };
    this.#state.setValidator(ctx, unbonding);
    this.#state.addToRanking(ctx, unbonding);
    this.queue(ctx, unbonding);
    this.#state.indexUnbonding(ctx, id, 'validator', rawKeys.validator(validator.operator));
    return unbonding;
  }

  #leaveQueue(ctx: Context, key: readonly [bigint, bigint], operator: string): void {
    const waiting = this.#state.validatorQueue.get(ctx, key)?.addresses ?? [];
    const others = waiting.filter((address) => address !== operator);
    if (others.length === 0) this.#state.validatorQueue.remove(ctx, key);
    else this.#state.validatorQueue.set(ctx, key, { addresses: others });
  }
}
