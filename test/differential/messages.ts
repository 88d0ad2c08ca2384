import { bankTx, type protoAny, slashingTx, stakingTx } from '../../sdk/codec/index.ts';
import { denom, type Key } from './keys.ts';

/** Messages packed as `Any`. */

export interface Coin {
  readonly denom: string;
  readonly amount: string;
}

/** "5stake,3zzz", as it stands, in any order and with any digits. */
export function coins(text: string): Coin[] {
  if (text === '') return [];
  return text.split(',').map((part) => {
    const amount = /^[+-]?[0-9.]*/.exec(part)?.[0] ?? '';
    return { denom: part.slice(amount.length), amount };
  });
}

export function send(from: Key | string, to: Key | string, amount: string): protoAny.Any {
  const message = { fromAddress: textOf(from), toAddress: textOf(to), amount: coins(amount) };
  return { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: bankTx.MsgSend.encode(message).finish() };
}

export interface Part {
  readonly address: string;
  readonly coins: Coin[];
}

export function part(who: Key | string, amount: string): Part {
  return { address: textOf(who), coins: coins(amount) };
}

export function multiSend(inputs: Part[], outputs: Part[]): protoAny.Any {
  const value = bankTx.MsgMultiSend.encode({ inputs, outputs }).finish();
  return { typeUrl: '/cosmos.bank.v1beta1.MsgMultiSend', value };
}

export function delegate(who: Key | string, operator: string, amount: string): protoAny.Any {
  return staking('MsgDelegate', stakingTx.MsgDelegate.encode(delegation(who, operator, amount)).finish());
}

export function undelegate(who: Key | string, operator: string, amount: string): protoAny.Any {
  return staking('MsgUndelegate', stakingTx.MsgUndelegate.encode(delegation(who, operator, amount)).finish());
}

export function redelegate(who: Key | string, from: string, to: string, amount: string): protoAny.Any {
  const message = {
    delegatorAddress: textOf(who),
    validatorSrcAddress: from,
    validatorDstAddress: to,
    amount: coin(amount),
  };
  return staking('MsgBeginRedelegate', stakingTx.MsgBeginRedelegate.encode(message).finish());
}

export function cancelUnbonding(
  who: Key | string,
  operator: string,
  amount: string,
  creationHeight: bigint,
): protoAny.Any {
  const message = { ...delegation(who, operator, amount), creationHeight };
  return staking('MsgCancelUnbondingDelegation', stakingTx.MsgCancelUnbondingDelegation.encode(message).finish());
}

/** Rates in units of 10^-18, as they stand on the wire. */
export interface ValidatorSpec {
  readonly key: Key;
  readonly pubkey?: protoAny.Any;
  readonly moniker?: string;
  readonly details?: string;
  readonly rates?: readonly [rate: string, maxRate: string, maxChangeRate: string];
  readonly minSelfDelegation?: string;
  readonly value?: string;
  readonly operator?: string;
  /** The deprecated field of the message. */
  readonly delegator?: string;
}

export const percent = (value: number): string => `${BigInt(value) * 10n ** 16n}`;

export function createValidator(spec: ValidatorSpec): protoAny.Any {
  const [rate, maxRate, maxChangeRate] = spec.rates ?? [percent(10), percent(20), percent(1)];
  const message = stakingTx.MsgCreateValidator.fromPartial({
    description: { moniker: spec.moniker ?? 'm', details: spec.details ?? '' },
    commission: { rate, maxRate, maxChangeRate },
    minSelfDelegation: spec.minSelfDelegation ?? '1',
    delegatorAddress: spec.delegator ?? '',
    validatorAddress: spec.operator ?? spec.key.operator,
    pubkey: spec.pubkey,
    value: coin(spec.value ?? `1000000${denom}`),
  });
  return staking('MsgCreateValidator', stakingTx.MsgCreateValidator.encode(message).finish());
}

export function editValidator(
  operator: string,
  changes: { moniker?: string; details?: string; rate?: string; minSelfDelegation?: string; empty?: boolean },
): protoAny.Any {
  const keep = changes.empty === true ? '' : '[do-not-modify]';
  const message = stakingTx.MsgEditValidator.fromPartial({
    description: {
      moniker: changes.moniker ?? keep,
      identity: keep,
      website: keep,
      securityContact: keep,
      details: changes.details ?? keep,
    },
    validatorAddress: operator,
    commissionRate: changes.rate ?? '',
    minSelfDelegation: changes.minSelfDelegation ?? '',
  });
  return staking('MsgEditValidator', stakingTx.MsgEditValidator.encode(message).finish());
}

export function unjail(operator: string): protoAny.Any {
  const value = slashingTx.MsgUnjail.encode({ validatorAddr: operator }).finish();
  return { typeUrl: '/cosmos.slashing.v1beta1.MsgUnjail', value };
}

export function textOf(who: Key | string): string {
  return typeof who === 'string' ? who : who.text;
}

function delegation(who: Key | string, operator: string, amount: string) {
  return { delegatorAddress: textOf(who), validatorAddress: operator, amount: coin(amount) };
}

function coin(text: string): Coin {
  return coins(text)[0] ?? { denom: '', amount: '' };
}

function staking(name: string, value: Uint8Array): protoAny.Any {
  return { typeUrl: `/cosmos.staking.v1beta1.${name}`, value };
}
