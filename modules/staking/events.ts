import { defineEvent, integer, text } from '../../chain/events.ts';

/** The SDK's events with its attribute order. Amounts are coins as text, times are RFC 3339, addresses Bech32. */

export const createValidator = defineEvent('create_validator', { validator: text, amount: text });
export const editValidator = defineEvent('edit_validator', { commission_rate: text, min_self_delegation: text });
export const delegate = defineEvent('delegate', { validator: text, delegator: text, amount: text, new_shares: text });
export const unbond = defineEvent('unbond', { validator: text, delegator: text, amount: text, completion_time: text });
export const redelegate = defineEvent('redelegate', {
  source_validator: text,
  destination_validator: text,
  amount: text,
  completion_time: text,
});
export const cancelUnbonding = defineEvent('cancel_unbonding_delegation', {
  amount: text,
  validator: text,
  delegator: text,
  creation_height: integer,
});
export const completeUnbonding = defineEvent('complete_unbonding', { amount: text, validator: text, delegator: text });
export const completeRedelegation = defineEvent('complete_redelegation', {
  amount: text,
  delegator: text,
  source_validator: text,
  destination_validator: text,
});

/** Attribute names of x/slashing's event: consensus address, power before, why, tokens burned. */
export const slash = defineEvent('slash', { address: text, power: integer, reason: text, burned_coins: integer });
