import type { JsonNode } from '../../chain/json/node.ts';
import { publicKeyJson, readPublicKey } from '../../chain/json/publicKey.ts';
import { jsonDuration, jsonTime, parseDuration, parseTime } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { staking } from '../../sdk/codec/index.ts';
import type { Delegation, Redelegation, UnbondingDelegation } from './delegations.ts';
import { paramsProblem, type StakingParams } from './params.ts';
import { consensusKey, type Validator } from './validator.ts';

/** Staking's part of a genesis in the SDK's JSON form, both ways. */

export function readParams(node: JsonNode): StakingParams {
  const params = {
    unbondingTime: node.field('unbonding_time').read(() => parseDuration(node.field('unbonding_time').text())),
    maxValidators: node.field('max_validators').u32(),
    maxEntries: node.field('max_entries').u32(),
    historicalEntries: node.field('historical_entries').u32(0),
    bondDenom: node.field('bond_denom').text(),
    minCommissionRate: node.field('min_commission_rate').dec(),
  };
  const problem = paramsProblem(params);
  return problem === undefined ? params : node.fail(problem);
}

export function toParamsJson(params: StakingParams): unknown {
  return {
    unbonding_time: jsonDuration(params.unbondingTime),
    max_validators: params.maxValidators,
    max_entries: params.maxEntries,
    historical_entries: params.historicalEntries,
    bond_denom: params.bondDenom,
    min_commission_rate: params.minCommissionRate.toString(),
  };
}

export function readValidator(node: JsonNode, addresses: AddressCodec): Validator {
  const operatorAddress = node.field('operator_address').text();
  const pubkey = node.field('consensus_pubkey');
  const consensusPubkey = readPublicKey(pubkey) ?? pubkey.fail('a key is missing');
  pubkey.read(() => consensusKey(consensusPubkey));
  const rates = node.field('commission').field('commission_rates');
  return {
    operator: node.field('operator_address').read(() => addresses.operator(operatorAddress)),
    operatorAddress,
    consensusPubkey,
    jailed: node.field('jailed').flagOr(false),
    status: readStatus(node.field('status')),
    tokens: nonNegative(node.field('tokens')),
    delegatorShares: node.field('delegator_shares').dec(),
    description: readDescription(node.field('description')),
    unbondingHeight: node.field('unbonding_height').u64(0n),
    unbondingTime: readTime(node.field('unbonding_time')),
    commission: {
      rate: rates.field('rate').dec(),
      maxRate: rates.field('max_rate').dec(),
      maxChangeRate: rates.field('max_change_rate').dec(),
      updateTime: readTime(node.field('commission').field('update_time')),
    },
    minSelfDelegation: nonNegative(node.field('min_self_delegation')),
    unbondingOnHoldRefCount: node.field('unbonding_on_hold_ref_count').u64(0n),
    unbondingIds: node
      .field('unbonding_ids')
      .list()
      .map((id) => id.u64()),
  };
}

export function toValidatorJson(validator: Validator): unknown {
  const { description, commission } = validator;
  return {
    operator_address: validator.operatorAddress,
    consensus_pubkey: publicKeyJson(validator.consensusPubkey),
    jailed: validator.jailed,
    status: staking.bondStatusToJSON(validator.status),
    tokens: validator.tokens.toString(),
    delegator_shares: validator.delegatorShares.toString(),
    description: {
      moniker: description.moniker,
      identity: description.identity,
      website: description.website,
      security_contact: description.securityContact,
      details: description.details,
    },
    unbonding_height: validator.unbondingHeight.toString(),
    unbonding_time: jsonTime(validator.unbondingTime),
    commission: {
      commission_rates: {
        rate: commission.rate.toString(),
        max_rate: commission.maxRate.toString(),
        max_change_rate: commission.maxChangeRate.toString(),
      },
      update_time: jsonTime(commission.updateTime),
    },
    min_self_delegation: validator.minSelfDelegation.toString(),
    unbonding_on_hold_ref_count: validator.unbondingOnHoldRefCount.toString(),
    unbonding_ids: validator.unbondingIds.map((id) => id.toString()),
  };
}

export function readDescription(node: JsonNode): staking.Description {
  return {
    moniker: node.field('moniker').textOr(''),
    identity: node.field('identity').textOr(''),
    website: node.field('website').textOr(''),
    securityContact: node.field('security_contact').textOr(''),
    details: node.field('details').textOr(''),
  };
}

export function readDelegation(
  node: JsonNode,
  addresses: AddressCodec,
): { delegator: Uint8Array; operator: Uint8Array; delegation: Delegation } {
  const pair = readPair(node, addresses);
  const { delegatorAddress, validatorAddress } = pair;
  return { ...pair, delegation: { delegatorAddress, validatorAddress, shares: node.field('shares').dec() } };
}

export function toDelegationJson({ delegatorAddress, validatorAddress, shares }: Delegation): unknown {
  return { delegator_address: delegatorAddress, validator_address: validatorAddress, shares: shares.toString() };
}

export function readUnbonding(
  node: JsonNode,
  addresses: AddressCodec,
): { delegator: Uint8Array; operator: Uint8Array; unbonding: UnbondingDelegation } {
  const pair = readPair(node, addresses);
  const { delegatorAddress, validatorAddress } = pair;
  const entries = node
    .field('entries')
    .list()
    .map((entry) => ({ ...readEntry(entry), balance: nonNegative(entry.field('balance')) }));
  return { ...pair, unbonding: { delegatorAddress, validatorAddress, entries } };
}

export function toUnbondingJson({ delegatorAddress, validatorAddress, entries }: UnbondingDelegation): unknown {
  return {
    delegator_address: delegatorAddress,
    validator_address: validatorAddress,
    entries: entries.map((entry) => ({
      creation_height: entry.creationHeight.toString(),
      completion_time: jsonTime(entry.completionTime),
      initial_balance: entry.initialBalance.toString(),
      balance: entry.balance.toString(),
      unbonding_id: entry.unbondingId.toString(),
      unbonding_on_hold_ref_count: entry.unbondingOnHoldRefCount.toString(),
    })),
  };
}

export function readRedelegation(
  node: JsonNode,
  addresses: AddressCodec,
): { key: readonly [Uint8Array, Uint8Array, Uint8Array]; redelegation: Redelegation } {
  const operator = (name: string) => node.field(name).read(() => addresses.operator(node.field(name).text()));
  const delegator = node.field('delegator_address');
  const key = [
    delegator.read(() => addresses.account(delegator.text())),
    operator('validator_src_address'),
    operator('validator_dst_address'),
  ] as const;
  const entries = node
    .field('entries')
    .list()
    .map((entry) => ({ ...readEntry(entry), sharesDst: entry.field('shares_dst').dec() }));
  return {
    key,
    redelegation: {
      delegatorAddress: delegator.text(),
      validatorSrcAddress: node.field('validator_src_address').text(),
      validatorDstAddress: node.field('validator_dst_address').text(),
      entries,
    },
  };
}

export function toRedelegationJson(redelegation: Redelegation): unknown {
  return {
    delegator_address: redelegation.delegatorAddress,
    validator_src_address: redelegation.validatorSrcAddress,
    validator_dst_address: redelegation.validatorDstAddress,
    entries: redelegation.entries.map((entry) => ({
      creation_height: entry.creationHeight.toString(),
      completion_time: jsonTime(entry.completionTime),
      initial_balance: entry.initialBalance.toString(),
      shares_dst: entry.sharesDst.toString(),
      unbonding_id: entry.unbondingId.toString(),
      unbonding_on_hold_ref_count: entry.unbondingOnHoldRefCount.toString(),
    })),
  };
}

function readPair(node: JsonNode, addresses: AddressCodec) {
  const delegatorAddress = node.field('delegator_address').text();
  const validatorAddress = node.field('validator_address').text();
  return {
    delegatorAddress,
    validatorAddress,
    delegator: node.field('delegator_address').read(() => addresses.account(delegatorAddress)),
    operator: node.field('validator_address').read(() => addresses.operator(validatorAddress)),
  };
}

function readEntry(entry: JsonNode) {
  return {
    creationHeight: entry.field('creation_height').u64(),
    completionTime: readTime(entry.field('completion_time')),
    initialBalance: nonNegative(entry.field('initial_balance')),
    unbondingId: entry.field('unbonding_id').u64(0n),
    unbondingOnHoldRefCount: entry.field('unbonding_on_hold_ref_count').u64(0n),
  };
}

function readStatus(node: JsonNode): staking.BondStatus {
  const status = staking.bondStatusFromJSON(node.text());
  return status >= 1 && status <= 3 ? status : node.fail(`unknown status ${node.text()}`);
}

function readTime(node: JsonNode): bigint {
  return node.read(() => parseTime(node.text()));
}

function nonNegative(node: JsonNode): bigint {
  const value = node.integer();
  return value < 0n ? node.fail('negative') : value;
}
