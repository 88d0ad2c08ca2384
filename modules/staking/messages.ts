import { requireReadable } from '../../chain/math/coins.ts';
import type { MessageType } from '../../chain/message.ts';
import { stakingTx } from '../../sdk/codec/index.ts';

/** Creates a validator with a first delegation of its operator. */
export const msgCreateValidator: MessageType<stakingTx.MsgCreateValidator, stakingTx.MsgCreateValidatorResponse> = {
  typeUrl: '/cosmos.staking.v1beta1.MsgCreateValidator',
  request: stakingTx.MsgCreateValidator,
  response: stakingTx.MsgCreateValidatorResponse,
  validate: (message) => requireReadable([message.value]),
};

export const msgEditValidator: MessageType<stakingTx.MsgEditValidator, stakingTx.MsgEditValidatorResponse> = {
  typeUrl: '/cosmos.staking.v1beta1.MsgEditValidator',
  request: stakingTx.MsgEditValidator,
  response: stakingTx.MsgEditValidatorResponse,
};

export const msgDelegate: MessageType<stakingTx.MsgDelegate, stakingTx.MsgDelegateResponse> = {
  typeUrl: '/cosmos.staking.v1beta1.MsgDelegate',
  request: stakingTx.MsgDelegate,
  response: stakingTx.MsgDelegateResponse,
  validate: (message) => requireReadable([message.amount]),
};

/** Starts to take a delegation back; the tokens are paid out when the unbonding time is over. */
export const msgUndelegate: MessageType<stakingTx.MsgUndelegate, stakingTx.MsgUndelegateResponse> = {
  typeUrl: '/cosmos.staking.v1beta1.MsgUndelegate',
  request: stakingTx.MsgUndelegate,
  response: stakingTx.MsgUndelegateResponse,
  validate: (message) => requireReadable([message.amount]),
};

/** Moves a delegation to another validator at once; it stays slashable for what the first one did. */
export const msgBeginRedelegate: MessageType<stakingTx.MsgBeginRedelegate, stakingTx.MsgBeginRedelegateResponse> = {
  typeUrl: '/cosmos.staking.v1beta1.MsgBeginRedelegate',
  request: stakingTx.MsgBeginRedelegate,
  response: stakingTx.MsgBeginRedelegateResponse,
  validate: (message) => requireReadable([message.amount]),
};

/** Delegates tokens again that are still unbonding. */
export const msgCancelUnbonding: MessageType<
  stakingTx.MsgCancelUnbondingDelegation,
  stakingTx.MsgCancelUnbondingDelegationResponse
> = {
  typeUrl: '/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation',
  request: stakingTx.MsgCancelUnbondingDelegation,
  response: stakingTx.MsgCancelUnbondingDelegationResponse,
  validate: (message) => requireReadable([message.amount]),
};

/** Replaces the parameters; only governance may. */
export const msgUpdateParams: MessageType<stakingTx.MsgUpdateParams, stakingTx.MsgUpdateParamsResponse> = {
  typeUrl: '/cosmos.staking.v1beta1.MsgUpdateParams',
  request: stakingTx.MsgUpdateParams,
  response: stakingTx.MsgUpdateParamsResponse,
};
