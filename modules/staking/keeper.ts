import type { Context } from '../../chain/context.ts';
import { Dec } from '../../chain/math/dec.ts';
import type { ValidatorUpdate } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { slash as slashEvent } from './events.ts';
import type { Slashing } from './slashing.ts';
import type { StakingState } from './state.ts';
import {
  consensusAddress,
  consensusKey,
  consensusPower,
  isBonded,
  potentialPower,
  powerReduction,
  tokensFromShares,
  type Validator,
} from './validator.ts';
import type { ValidatorSet } from './validatorSet.ts';

/** What other modules see of a validator in the active set. */
export interface BondedValidator {
  /** Address of the operator's account, raw. */
  readonly operator: Uint8Array;
  /** Address in CometBFT, 20 bytes. */
  readonly consensusAddress: Uint8Array;
  /** Stake in tokens of the bond denomination. */
  readonly tokens: bigint;
  /** tokens / 10^6. */
  readonly power: bigint;
}

/** A validator as far as its operator's own stake goes. */
export interface OwnStake {
  /** Rounded down; undefined if the operator has no delegation to itself. */
  readonly tokens: bigint | undefined;
  /** What it promised to keep staked. */
  readonly least: bigint;
  readonly jailed: boolean;
  readonly consensusAddress: Uint8Array;
}

const micro = 1_000_000n;

/** What other modules may ask of staking. Addresses are raw bytes. */
export class StakingKeeper {
  readonly #state: StakingState;
  readonly #set: ValidatorSet;
  readonly #slashing: Slashing;
  readonly #addresses: AddressCodec;

  constructor(state: StakingState, set: ValidatorSet, slashing: Slashing, addresses: AddressCodec) {
    this.#state = state;
    this.#set = set;
    this.#slashing = slashing;
    this.#addresses = addresses;
  }

  bondDenom(ctx: Context): string {
    return this.#state.params.require(ctx).bondDenom;
  }

  validatorByOperator(ctx: Context, operator: Uint8Array): Validator | undefined {
    return this.#state.validators.get(ctx, operator);
  }

  validatorByConsensusAddress(ctx: Context, address: Uint8Array): Validator | undefined {
    const operator = this.#state.byConsensusAddress.get(ctx, address);
    return operator === undefined ? undefined : this.#state.validators.get(ctx, operator);
  }

  /** What the operator itself has staked with its validator; undefined if it operates none. */
  ownStake(ctx: Context, operator: Uint8Array): OwnStake | undefined {
    const validator = this.#state.validators.get(ctx, operator);
    if (validator === undefined) return undefined;
    const delegation = this.#state.delegations.get(ctx, [operator, operator]);
    return {
      tokens: delegation && tokensFromShares(validator, delegation.shares).truncateInt(),
      least: validator.minSelfDelegation,
      jailed: validator.jailed,
      consensusAddress: consensusAddress(consensusKey(validator.consensusPubkey)),
    };
  }

  /** Every validator, by operator's address. */
  *validators(ctx: Context): Iterable<Validator> {
    for (const [, validator] of this.#state.validators.walk(ctx)) yield validator;
  }

  /** The active set that is not jailed, by power descending, then by operator's address. */
  bondedValidators(ctx: Context): BondedValidator[] {
    // Not the ranking: anyone may add to it, and several hooks a block ask.
    const bonded: BondedValidator[] = [];
    for (const [operator] of this.#state.lastPower.walk(ctx)) {
      const validator = this.#set.require(ctx, operator);
      if (isBonded(validator) && !validator.jailed && potentialPower(validator) > 0n) bonded.push(describe(validator));
    }
    return bonded.sort(byRank);
  }

  /** Power of the active set as CometBFT was last told. */
  totalBondedPower(ctx: Context): bigint {
    return this.#state.lastTotalPower.get(ctx) ?? 0n;
  }

  /**
   * Burns `fractionMicro` / 10^6 of the stake behind a validator and returns the tokens burned from the validator itself.
   * With `faultHeight` in the past, what has been unbonded or redelegated since then pays its part too. Unknown and
   * unbonded validators are left alone.
   */
  slash(
    ctx: Context,
    operator: Uint8Array,
    fractionMicro: bigint,
    reason: string,
    faultHeight: bigint = ctx.block.height,
  ): bigint {
    if (fractionMicro < 0n || fractionMicro > micro) throw new Error(`a fraction of ${fractionMicro} ppm`);
    const validator = this.#state.validators.get(ctx, operator);
    if (validator === undefined) return 0n;
    const fraction = Dec.ratio(fractionMicro, micro);
    const stake = this.#slashing.stakeAt(ctx, validator, faultHeight);
    const burned = this.#slashing.slash(ctx, validator, faultHeight, stake, fraction);
    ctx.log.emit(
      slashEvent.encode({
        address: this.#addresses.consensusText(consensusAddress(consensusKey(validator.consensusPubkey))),
        power: consensusPower(validator),
        reason,
        burned_coins: burned,
      }),
    );
    return burned;
  }

  /**
   * Burns `fraction` of the stake that `power` was at `faultHeight`, as CometBFT tells it, and returns the tokens burned from
   * the validator itself. What has been unbonded or redelegated since then pays its part first. Tells nobody: the caller
   * knows the reason. Unknown and unbonded validators and faults of the future burn nothing.
   */
  slashPower(ctx: Context, operator: Uint8Array, faultHeight: bigint, power: bigint, fraction: Dec): bigint {
    const validator = this.#state.validators.get(ctx, operator);
    if (validator === undefined) return 0n;
    return this.#slashing.slash(ctx, validator, faultHeight, power * powerReduction, fraction);
  }

  /** Takes a validator out of the active set at the end of this block; unknown and jailed ones are left as they are. */
  jail(ctx: Context, operator: Uint8Array): void {
    const validator = this.#state.validators.get(ctx, operator);
    if (validator !== undefined && !validator.jailed) this.#set.jail(ctx, validator);
  }

  /** Lets a validator, found by its consensus address as the SDK finds it, back into the ranking. */
  unjail(ctx: Context, address: Uint8Array): void {
    const validator = this.validatorByConsensusAddress(ctx, address);
    if (validator?.jailed) this.#set.unjail(ctx, validator);
  }

  /** Brings the active set in line after genesis txs; each block's end does it by itself. */
  applyValidatorSetUpdates(ctx: Context): ValidatorUpdate[] {
    return this.#set.update(ctx);
  }
}

function byRank(a: BondedValidator, b: BondedValidator): number {
  return a.power > b.power ? -1 : a.power < b.power ? 1 : Buffer.compare(a.operator, b.operator);
}

function describe(validator: Validator): BondedValidator {
  return {
    operator: validator.operator,
    consensusAddress: consensusAddress(consensusKey(validator.consensusPubkey)),
    tokens: validator.tokens,
    power: potentialPower(validator),
  };
}
