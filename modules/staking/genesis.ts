import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { ValidatorUpdate } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { Delegating } from './delegating.ts';
import {
  readDelegation,
  readParams,
  readRedelegation,
  readUnbonding,
  readValidator,
  toDelegationJson,
  toParamsJson,
  toRedelegationJson,
  toUnbondingJson,
  toValidatorJson,
} from './genesisJson.ts';
import type { Pools } from './pools.ts';
import type { Redelegating } from './redelegating.ts';
import type { StakingState } from './state.ts';
import { BondStatus, consensusKey, isBonded } from './validator.ts';
import type { ValidatorSet } from './validatorSet.ts';

export interface GenesisParts {
  readonly state: StakingState;
  readonly pools: Pools;
  readonly set: ValidatorSet;
  readonly delegating: Delegating;
  readonly redelegating: Redelegating;
  readonly addresses: AddressCodec;
}

/**
 * Reads `app_state.staking` in the SDK's JSON form and returns the first validator set. The pools' balances, which bank
 * has read before, must be exactly what validators and unbondings say.
 */
export function initStakingGenesis(ctx: Context, value: unknown, parts: GenesisParts): ValidatorUpdate[] {
  const { state, pools, set, delegating, redelegating, addresses } = parts;
  const root = new JsonNode(value, 'app_state.staking');
  state.params.set(ctx, readParams(root.field('params')));
  const total = root.field('last_total_power');
  state.lastTotalPower.set(ctx, total.isAbsent ? 0n : total.integer());
  pools.open(ctx);
  let bonded = 0n;
  let notBonded = 0n;
  for (const node of root.field('validators').list()) {
    const validator = readValidator(node, addresses);
    if (state.validators.has(ctx, validator.operator)) node.fail('the validator is there twice');
    state.setValidator(ctx, validator);
    state.setConsensusAddress(ctx, validator);
    state.addToRanking(ctx, validator);
    if (validator.status === BondStatus.BOND_STATUS_UNBONDING) set.queue(ctx, validator);
    if (isBonded(validator)) bonded += validator.tokens;
    else notBonded += validator.tokens;
  }
  for (const node of root.field('delegations').list()) {
    const { delegator, operator, delegation } = readDelegation(node, addresses);
    if (!state.validators.has(ctx, operator)) node.fail('the delegation is to an unknown validator');
    state.setDelegation(ctx, delegator, operator, delegation);
  }
  for (const node of root.field('unbonding_delegations').list()) {
    const { delegator, operator, unbonding } = readUnbonding(node, addresses);
    state.setUnbonding(ctx, delegator, operator, unbonding);
    for (const entry of unbonding.entries) {
      delegating.queue(ctx, entry.completionTime, unbonding.delegatorAddress, unbonding.validatorAddress);
      notBonded += entry.balance;
    }
  }
  for (const node of root.field('redelegations').list()) {
    const { key, redelegation } = readRedelegation(node, addresses);
    state.setRedelegation(ctx, key, redelegation);
    for (const entry of redelegation.entries) redelegating.queue(ctx, entry.completionTime, redelegation);
  }
  const held = pools.balances(ctx);
  if (held.bonded !== bonded) {
    root.fail(`bonded pool balance is different from bonded coins: ${held.bonded} <-> ${bonded}`);
  }
  if (held.notBonded !== notBonded) {
    root.fail(`not bonded pool balance is different from not bonded coins: ${held.notBonded} <-> ${notBonded}`);
  }
  return root.field('exported').flagOr(false) ? restoreSet(ctx, root, parts) : set.update(ctx);
}

export function exportStakingGenesis(ctx: Context, { state, addresses }: GenesisParts): unknown {
  return {
    params: toParamsJson(state.params.require(ctx)),
    last_total_power: (state.lastTotalPower.get(ctx) ?? 0n).toString(),
    last_validator_powers: [...state.lastPower.walk(ctx)].map(([operator, power]) => ({
      address: addresses.operatorText(operator),
      power: power.toString(),
    })),
    validators: [...state.validators.walk(ctx)].map(([, validator]) => toValidatorJson(validator)),
    delegations: [...state.delegations.walk(ctx)].map(([, delegation]) => toDelegationJson(delegation)),
    unbonding_delegations: [...state.unbondings.walk(ctx)].map(([, unbonding]) => toUnbondingJson(unbonding)),
    redelegations: [...state.redelegations.walk(ctx)].map(([, redelegation]) => toRedelegationJson(redelegation)),
    exported: true,
  };
}

/** The set as it was at the export, whatever the ranking says by now. */
function restoreSet(ctx: Context, root: JsonNode, { state, addresses }: GenesisParts): ValidatorUpdate[] {
  return root
    .field('last_validator_powers')
    .list()
    .map((node) => {
      const text = node.field('address').text();
      const operator = node.field('address').read(() => addresses.operator(text));
      const validator = state.validators.get(ctx, operator);
      if (validator === undefined) return node.fail(`validator ${text} not found`);
      const power = node.field('power').integer();
      state.lastPower.set(ctx, operator, power);
      return { publicKey: consensusKey(validator.consensusPubkey), power };
    });
}
